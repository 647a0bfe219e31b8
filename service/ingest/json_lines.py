"""Reads NDJSON of anything: one object a line, nested objects flattened to ``a.b``, lists of plain values to lines of one cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec

from graph_models.errors import FieldError, InvalidInput
from service.ingest.sources import FileOfSet, encoding_name, encoding_of, opened, text_lines
from service.ingest.tables import Line, ReadOptions, Table

MAX_COLUMNS = 10_000
MAX_NESTING = 32
LIST_SEPARATOR = "\n"
"""Between the items of a list in one cell: ``split: "\\n"`` takes them apart."""
Item = tuple[int, "dict[str, str] | FieldError"]
# numbers keep the digits that they are written with
_decode = msgspec.json.Decoder(float_hook=str).decode


@contextmanager
def json_lines_table(file: FileOfSet, options: ReadOptions) -> Iterator[Table]:
    """The file as a table. It is read twice: columns are all the names that any line has, in the order in which they appear."""
    with opened(file) as source:
        codec = encoding_of(source, options.encoding)
        columns = names_of(file, flat(_numbered(text_lines(source, codec)), options.lists))
    with opened(file) as source:
        shown = {"format": "ndjson", "encoding": encoding_name(codec)}
        yield Table(file, columns, ordered(flat(_numbered(text_lines(source, codec)), options.lists), columns), shown, source.position, source.size)


def _numbered(lines: Iterator[str]) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(lines, 1) if line and not line.isspace())


def names_of(file: FileOfSet, items: Iterator[Item]) -> list[str]:
    """The names that any item has, in the order in which they appear."""
    names: dict[str, None] = {}
    for _, cells in items:
        if not isinstance(cells, FieldError):
            names.update(dict.fromkeys(cells))
        if len(names) > MAX_COLUMNS:
            raise InvalidInput.of("too-many-columns", f"{file.name}: the lines have more than {MAX_COLUMNS} different names")
    if not names:
        raise InvalidInput.of("empty-file", f"{file.name}: no line holds a JSON object with a name")
    return list(names)


def ordered(items: Iterator[Item], columns: list[str]) -> Iterator[Line]:
    """The cells of each item in the order of the columns."""
    for line, cells in items:
        yield line, cells if isinstance(cells, FieldError) else [cells.get(name, "") for name in columns]


def flat(items: Iterator[tuple[int, str]], lists: Mapping[str, str]) -> Iterator[Item]:
    """Each numbered JSON text as cells by name, or what is wrong with it. ``lists``: by which member the items of a list of objects are told apart."""
    for number, line in items:
        try:
            fields = _decode(line)
            if not isinstance(fields, dict):
                yield number, FieldError("bad-json", "the line is no JSON object")
                continue
            cells: dict[str, str] = {}
            _flatten(fields, "", cells, lists, MAX_NESTING)
        except (msgspec.DecodeError, UnicodeError, ValueError, RecursionError) as error:
            yield number, FieldError("bad-json", str(error))
        else:
            yield number, cells


def _flatten(fields: dict[str, Any], before: str, cells: dict[str, str], lists: Mapping[str, str], depth: int) -> None:
    if depth == 0:
        raise ValueError(f"objects are nested deeper than {MAX_NESTING} levels")
    for key, value in fields.items():
        name = before + key
        if isinstance(value, dict):
            _flatten(value, name + ".", cells, lists, depth - 1)
        elif name in cells:
            raise ValueError(f"the name {name!r} is there twice")
        elif name in lists and isinstance(value, list):
            cells[name] = _told_apart(name, value, cells, lists, depth)
        else:
            cells[name] = _list_text(name, value) if isinstance(value, list) else _text(value)


def _told_apart(name: str, items: list[Any], cells: dict[str, str], lists: Mapping[str, str], depth: int) -> str:
    """The items of a list of objects, each under what tells it apart; the cell of the list itself holds these."""
    keys = []
    for item in items:
        key = item.get(lists[name]) if isinstance(item, dict) else None
        if not isinstance(key, str) or not key:
            raise ValueError(f"an item of the list {name!r} has no {lists[name]!r} that tells it apart")
        if key in keys:
            raise ValueError(f"two items of the list {name!r} have the {lists[name]!r} {key!r}")
        keys.append(key)
        _flatten({inner: value for inner, value in item.items() if inner != lists[name]}, f"{name}.{key}.", cells, lists, depth - 1)
    return _list_text(name, keys)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else "true" if value is True else "false" if value is False else str(value)


def _list_text(name: str, values: list[Any]) -> str:
    if any(isinstance(value, (dict, list)) for value in values):
        raise ValueError(f"{name!r} is a list of objects or lists, which has no place in a table; `lists` of a mapping tells its items apart")
    texts = [_text(value) for value in values]
    if any(LIST_SEPARATOR in text for text in texts):
        raise ValueError(f"an item of the list {name!r} has a line end in it")
    return LIST_SEPARATOR.join(texts)
