"""The one way from JSON values to a type: decoded whole, or refused with a stable code and the path of the field that is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from graph_models.errors import FieldError, InvalidInput

T = TypeVar("T")

_WHERE = re.compile(r" - at `(?:key` in `)?\$\.?(.*)`$", re.DOTALL)
_FIELDS = (
    ("unknown-field", re.compile(r"Object contains unknown field `(.*?)`", re.DOTALL)),
    ("missing", re.compile(r"Object missing required field `(.*?)`")),
)
_CODES = (
    ("unknown-value", re.compile(r"Invalid enum value|Invalid value")),
    ("invalid", re.compile(r"Expected `str` matching regex")),
    ("out-of-range", re.compile(r".*(?:[<>]=? |length|range|multiple)")),
    ("wrong-type", re.compile(r"Expected")),
)
"""The first that fits the beginning of a message of msgspec is the code of what it says."""
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(?:\d+|\.\.\.)\]")
TOO_DEEP = FieldError("too-deep", "this is nested deeper than is read here")


def decode_request(fields: Any, kind: type[T], *, strict: bool = True) -> T:
    """``fields`` as a ``kind``; ``strict=False`` also reads numbers from text, as queries have them.

    Raises ``InvalidInput`` with the field that is wrong and one of the codes ``unknown-field missing unknown-value out-of-range wrong-type
    too-deep invalid``.
    """
    try:
        return msgspec.convert(fields, kind, strict=strict)
    except (msgspec.ValidationError, RecursionError) as error:
        fault = field_error(error, kind)
        raise InvalidInput(fault.message, errors=[fault]) from None


def decode_query(pairs: Iterable[tuple[str, str]], kind: type[T]) -> T:
    """The parameters of a query as a ``kind``: one that is unknown is ``unknown-parameter``, one that is given twice ``repeated``."""
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given:
            raise InvalidInput.of("repeated", f"{name} is given more than once", name)
        given[name] = value
    try:
        return decode_request(given, kind, strict=False)
    except InvalidInput as error:
        faults = [fault._replace(code="unknown-parameter") if fault.code == "unknown-field" else fault for fault in error.errors]
        raise InvalidInput(error.message, errors=faults) from None


def field_error(error: Exception, kind: Any = None) -> FieldError:
    """What an error of msgspec says: its code, and the field as a path. With the ``kind`` that was wanted, the values that are allowed are listed."""
    if isinstance(error, RecursionError):
        return TOO_DEEP
    text = str(error)
    where = _WHERE.search(text)
    path = where[1] if where else ""
    message = _WHERE.sub("", text)
    field = path.split("[...]")[0] or None
    for code, pattern in _FIELDS:
        if found := pattern.match(message):
            return FieldError(code, message, f"{field}.{found[1]}" if field else found[1])
    code = next((code for code, pattern in _CODES if pattern.match(message)), "invalid")
    values = allowed_values(kind, path) if code == "unknown-value" and kind is not None else ()
    return FieldError(code, f"{message}; it is one of {', '.join(map(str, values))}" if values else message, field)


def allowed_values(kind: Any, path: str) -> tuple[Any, ...]:
    """The values that the field at a path may have, where its type lists them."""
    here = list(_alternatives([_type_info(kind)]))
    for step in _STEP.finditer(path):
        here = list(_alternatives(inner for each in here for inner in _inside(each, step[1])))
    return tuple(dict.fromkeys(value for each in here if isinstance(each, inspect.LiteralType) for value in each.values))


@lru_cache(maxsize=64)
def _type_info(kind: Any) -> inspect.Type:
    return inspect.type_info(kind)


def _alternatives(types: Iterable[inspect.Type]) -> Iterator[inspect.Type]:
    """Types, with unions taken apart."""
    for each in types:
        if isinstance(each, inspect.Metadata):
            yield from _alternatives([each.type])
        elif isinstance(each, inspect.UnionType):
            yield from _alternatives(each.types)
        else:
            yield each


def _inside(each: inspect.Type, name: str | None) -> Iterator[inspect.Type]:
    """The types one step down: of the field ``name``, or (``None``) of any item."""
    if name is None:
        if isinstance(each, inspect.ListType | inspect.VarTupleType):
            yield each.item_type
        elif isinstance(each, inspect.DictType):
            yield each.value_type
    elif isinstance(each, inspect.StructType):
        yield from (field.type for field in each.fields if field.encode_name == name)
