"""JSON objects as lines of a table: nested ones flattened to ``a.b``, lists of plain values to lines of one cell, lists of objects as the options say."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from graph_models.errors import FieldError, InvalidInput
from service.facts.repeated_names import fault_of_names
from service.imports.formats.byte_source import FileOfSet
from service.imports.formats.table import LIST_SEPARATOR, Density, FaultyCells, Line

MAX_COLUMNS = 10_000
MAX_NESTING = 32
ITEM_NUMBER = "#"
"""The column ``a.#`` is the number of an item where ``lines_of: a`` makes lines of the items of ``a``."""
NO_KEY = "unknown"
"""What an item is called that has no member to tell it apart, where ``lists`` allows it by a ``?`` behind the member."""
Named = dict[str, "str | FieldError | None"]
"""Cells by name; ``None`` where there is no value (null, an empty list), an error where it cannot be given."""
Item = tuple[int, "Named | FieldError"]
# numbers keep the digits that they are written with
_decode = msgspec.json.Decoder(float_hook=str).decode


class Shape(NamedTuple):
    """What becomes of lists of objects: ``lists`` tells their items apart by a member, ``lines_of`` names the one whose items are lines."""

    lists: Mapping[str, str]
    lines_of: str | None = None


def names_of(file: FileOfSet, items: Iterator[Item]) -> list[str]:
    """The names that any item has, in the order in which they appear. A name that never has a value gives way to names within it."""
    names: dict[str, bool] = {}
    for _, cells in items:
        if isinstance(cells, FieldError):
            continue
        for name, value in cells.items():
            if type(value) is str:
                names[name] = True
            else:
                names.setdefault(name, False)
        if len(names) > MAX_COLUMNS:
            raise InvalidInput.of("too-many-columns", f"{file.name}: the lines have more than {MAX_COLUMNS} different names")
    if not names:
        raise InvalidInput.of("empty-file", f"{file.name}: no line holds a JSON object with a name")
    in_order = _InOrder(list(names))
    return [name for name, has_value in names.items() if has_value or not in_order.within(name)]


class _InOrder:
    """Names in the order of the alphabet, in which those within an object stand together."""

    def __init__(self, names: list[str]) -> None:
        self._sorted = sorted((name, place) for place, name in enumerate(names))

    def within(self, name: str) -> list[int]:
        """The places of the names that begin with this one and a dot."""
        first, last = bisect_left(self._sorted, (f"{name}.",)), bisect_left(self._sorted, (f"{name}/",))
        return [place for _, place in self._sorted[first:last]]


def ordered(file: FileOfSet, items: Iterator[Item], columns: list[str]) -> Iterator[Line]:
    """The cells of each item in the order of the columns. What cannot be given is a fault of its column and of all columns within it."""
    density, in_order = Density(file.name), _InOrder(columns)
    places = {name: place for place, name in enumerate(columns)}
    within: dict[str, list[int]] = {}
    for line, cells in items:
        if isinstance(cells, FieldError):
            yield line, cells
            continue
        density.add(len(columns), len(cells))
        row = [value if type(value := cells.get(name)) is str else "" for name in columns]
        faults: dict[int, FieldError] = {}
        for name, value in cells.items():
            if isinstance(value, FieldError):
                if name not in within:
                    within[name] = in_order.within(name) + ([places[name]] if name in places else [])
                faults.update(dict.fromkeys(within[name], value))
        yield line, FaultyCells(row, faults) if faults else row


def flat(items: Iterator[tuple[int, str]], shape: Shape) -> Iterator[Item]:
    """Each numbered JSON text as cells by name, or what is wrong with it; several where a list of it is lines."""
    for number, line in items:
        try:
            fields = _decode(line)
            if not isinstance(fields, dict):
                yield number, FieldError("bad-json", "the line is no JSON object")
                continue
            if (twice := fault_of_names(line, fields)) is not None:
                yield number, twice
                continue
            several = [_cells(one, shape) for one in _lines(fields, shape.lines_of)]
        except (msgspec.DecodeError, UnicodeError, ValueError, RecursionError) as error:
            yield number, FieldError("bad-json", str(error))
        else:
            yield from ((number, cells) for cells in several)


def _lines(fields: dict[str, Any], path: str | None) -> Iterator[dict[str, Any]]:
    """The object itself; or with ``lines_of`` one for each item of that list, which stands in its place."""
    if path is None:
        return iter([fields])
    before, name = _holder(fields, path)
    items = None if before is None else before.get(name)
    if before is None or not isinstance(items, list) or not items:
        return iter([fields])
    return (_with(fields, path.split("."), {ITEM_NUMBER: place} | (item if isinstance(item, dict) else {"": item})) for place, item in enumerate(items, 1))


def _holder(fields: dict[str, Any], path: str) -> tuple[dict[str, Any] | None, str]:
    *outer, name = path.split(".")
    inner: Any = fields
    for part in outer:
        inner = inner.get(part) if isinstance(inner, dict) else None
    return (inner if isinstance(inner, dict) else None), name


def _with(fields: dict[str, Any], path: list[str], item: dict[str, Any]) -> dict[str, Any]:
    return fields | {path[0]: item if len(path) == 1 else _with(fields[path[0]], path[1:], item)}


def _cells(fields: dict[str, Any], shape: Shape) -> Named:
    cells: Named = {}
    _flatten(fields, "", cells, shape.lists, MAX_NESTING)
    return cells


def _flatten(fields: dict[str, Any], before: str, cells: Named, lists: Mapping[str, str], depth: int) -> None:
    if depth == 0:
        raise ValueError(f"the objects are nested more than {MAX_NESTING} deep")
    for inner, value in fields.items():
        name = before + inner if inner or not before else before[:-1]
        if isinstance(value, list) and name not in lists and len(value) == 1 and isinstance(value[0], dict):
            value = value[0]
        if isinstance(value, dict):
            _flatten(value, f"{name}.", cells, lists, depth - 1)
        elif name in cells:
            raise ValueError(f"the name {name!r} is there twice")
        elif isinstance(value, list):
            cells[name] = _told_apart(name, value, cells, lists, depth) if name in lists else _list_text(name, value)
        else:
            cells[name] = _text(value)


def _told_apart(name: str, items: list[Any], cells: Named, lists: Mapping[str, str], depth: int) -> str | FieldError | None:
    """The items of a list of objects, each under what tells it apart; the cell of the list itself holds these."""
    keys: dict[str, Any] = {}
    member = lists[name].removesuffix("?")
    for item in items:
        key = item.get(member) if isinstance(item, dict) else None
        if key is None and isinstance(item, dict) and lists[name].endswith("?"):
            key = NO_KEY
        if not isinstance(key, str) or not key:
            return FieldError("nested-list", f"an item of the list {name!r} has no {member!r} that tells it apart", name)
        if key in keys:
            return FieldError("nested-list", f"two items of the list {name!r} have the {member!r} {key!r}", name)
        keys[key] = item
    for key, item in keys.items():
        _flatten({inner: value for inner, value in item.items() if inner != member}, f"{name}.{key}.", cells, lists, depth - 1)
    return _list_text(name, list(keys))


def _text(value: Any) -> str | None:
    if isinstance(value, str) or value is None:
        return value
    return "true" if value is True else "false" if value is False else str(value)


def _list_text(name: str, values: list[Any]) -> str | FieldError | None:
    if not values:
        return None
    if any(isinstance(value, (dict, list)) for value in values):
        message = f"{name!r} is a list of several objects or of lists: `lists` of a mapping tells its items apart, `lines_of` makes lines of them"
        return FieldError("nested-list", message, name)
    texts = [_text(value) or "" for value in values]
    if any(LIST_SEPARATOR in text for text in texts):
        return FieldError("nested-list", f"an item of the list {name!r} has a line end in it", name)
    return LIST_SEPARATOR.join(texts)
