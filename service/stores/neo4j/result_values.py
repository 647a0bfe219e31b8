"""What Cypher returns as JSON: parties and facts by their ids, and beside the rows the records themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from math import isfinite
from typing import Any

import msgspec
from neo4j.graph import Node, Path, Relationship
from neo4j.spatial import Point
from neo4j.time import Date, DateTime, Duration, Time

_INT64 = 1 << 63
_DEEPEST = 32
MAX_NESTING = 256
"""Deeper values are not shown: what reads JSON gives up at some depth."""


def is_parameter(value: Any, depth: int = 0) -> bool:
    """Can a value go to the server? Its whole numbers have 64 bits."""
    if isinstance(value, bool) or value is None or isinstance(value, float):
        return True
    if isinstance(value, int):
        return -_INT64 <= value < _INT64
    if isinstance(value, str):
        return not any("\ud800" <= character <= "\udfff" for character in value)
    if depth > _DEEPEST:
        return False
    if isinstance(value, Mapping):
        return all(isinstance(name, str) and is_parameter(item, depth + 1) for name, item in value.items())
    return isinstance(value, (list, tuple)) and all(is_parameter(item, depth + 1) for item in value)


class Answer:
    """An answer while its rows come in; parties and facts are collected, each once."""

    def __init__(self, columns: Iterable[str]) -> None:
        self._columns = list(columns)
        self._rows: list[list[Any]] = []
        self._bytes = 0
        self._parties: dict[str, Any] = {}
        self._facts: dict[tuple[str, str], Any] = {}

    def add(self, values: Sequence[Any], most_bytes: int) -> bool:
        """Take a row; ``False``, and it is left out, where the answer would be larger than so many bytes with it."""
        parties, facts = len(self._parties), len(self._facts)
        row = [self._json(value) for value in values]
        added = [*islice(self._parties.values(), parties, None), *islice(self._facts.values(), facts, None)]
        self._bytes += len(msgspec.json.encode((row, added)))
        if self._bytes > most_bytes:
            for found, before in ((self._parties, parties), (self._facts, facts)):
                while len(found) > before:
                    found.popitem()
            return False
        self._rows.append(row)
        return True

    def as_json(self, truncated: Mapping[str, Any] | None) -> dict[str, Any]:
        graph = {"parties": list(self._parties.values()), "facts": list(self._facts.values())}
        return {"columns": self._columns, "rows": self._rows, "graph": graph, "truncated": truncated}

    def _json(self, value: Any, depth: int = 0) -> Any:
        """A JSON value: what JSON has no word for is text, what is no number is null."""
        if value is None or isinstance(value, (bool, int, str)):
            return value
        if isinstance(value, float):
            return value if isfinite(value) else None
        if isinstance(value, (Node, Relationship)):
            return self._named(value)
        if isinstance(value, Path):
            return [self._named(item) for pair in zip(value.nodes, (*value.relationships, None), strict=True) for item in pair if item is not None]
        if depth > MAX_NESTING:
            raise RecursionError
        if isinstance(value, Mapping):
            return {name: self._json(item, depth + 1) for name, item in value.items()}
        if isinstance(value, (list, tuple)) and not isinstance(value, (Duration, Point)):
            return [self._json(item, depth + 1) for item in value]
        return _text(value)

    def _named(self, value: Node | Relationship) -> Any:
        """The id of what has a record, which goes into the graph; of the rest, what ties two nodes is its type, a node its properties."""
        if "record" in value and "Superseded" not in getattr(value, "labels", ()):
            record = msgspec.json.decode(value["record"])
            if isinstance(value, Node) and value.labels & {"Party", "PartySlice"}:
                self._parties.setdefault(value["id"], record)
            elif not (isinstance(value, Node) and value.labels & {"Document", "ExchangeRate"}):
                self._facts.setdefault((record["type"], value["id"]), record)
            return value["id"]
        if isinstance(value, Relationship):
            return value.type
        return value["id"] if "Party" in value.labels else {name: self._json(item) for name, item in value.items()}


def _text(value: Any) -> str:
    """Dates, times and durations in ISO form; bytes as hexadecimal digits; points as Cypher writes them."""
    if isinstance(value, (Date, DateTime, Time, Duration)):
        return str(value.iso_format())
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).hex()
    if isinstance(value, Point):
        axes = ", ".join(f"{name}: {number:g}" for name, number in zip("xyz", value, strict=False))
        return f"point({{srid: {value.srid}, {axes}}})"
    if isinstance(value, timedelta):
        return str(value.total_seconds())
    raise ValueError(f"a value of the kind {type(value).__name__} has no text")  # such as what the driver puts where a date is beyond its calendar
