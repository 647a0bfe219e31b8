"""The names of parties in the language of a page."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from service.stores.interface.store import At, Store


class _Name(msgspec.Struct):
    text: str
    language: str | None = None


class _Named(msgspec.Struct):
    name: str
    names: list[_Name] = []


_read = msgspec.json.Decoder(_Named).decode


def names_of(store: Store, parties: Collection[str], at: At, locale: str) -> dict[str, str]:
    """Party id -> its name in the language where it has one, else its name. Who is not there has none."""
    found: dict[str, str] = {}
    for row in store.get("party", sorted(parties), at):
        if row.body is not None:
            named = _read(row.body)
            found[row.id] = next((name.text for name in named.names if (name.language or "").startswith(locale)), named.name)
    return found
