"""The shape of each answer and each body of the API, as one msgspec struct; ``/openapi.json`` is made of them.

A field that is always in an answer has no default; one that is there only in some cases is ``UNSET`` by default. ``None`` in a type means
that the field can be null.
"""
