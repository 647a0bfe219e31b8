"""Where the values of a line are while it is mapped: its cells, what is derived from them, and the lines of other files that it looks up.

A line is a list, its frame: the cells in the order of the columns (``None`` where empty), then slots for all the rest. A
column of a mapping is compiled into a getter once; no name is looked up line by line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any

from graph_models.errors import FieldError
from service.imports.mapping.model import FileSpec
from service.imports.mapping.yaml_text import Lines, Path

Frame = list[Any]
Getter = Callable[[Frame], Any]
Scope = frozenset[str] | None
"""The names that may be read: all (``None``), or those that a group has in common."""
LINE, LINES, FILE = "#line", "#lines", "#file"


class CellError(Exception):
    """A line cannot be mapped: what is wrong, and with which column and value."""

    def __init__(self, code: str, message: str, column: str | None = None, value: Any = None) -> None:
        super().__init__(message)
        self.code, self.message, self.column, self.value = code, message, column, value

    def fault(self, field: str | None) -> FieldError:
        return FieldError(self.code, self.message if self.column is None else f"{shown(self.column, self.value)}: {self.message}", field)


class Problems:
    """What is wrong with a mapping, collected while it is compiled."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.found: list[FieldError] = []

    def add(self, code: str, message: str, path: Path) -> None:
        self.found.append(self.lines.error(code, message, path))


def shown(column: str, value: Any) -> str:
    """A column and its value, as errors show them."""
    text = "empty" if value is None else repr(text_of(value))
    return f"column {column!r} is {text if len(text) <= 80 else text[:77] + '...'}"


def text_of(value: Any) -> str:
    """A value of a line as text, numbers without an exponent."""
    return value if isinstance(value, str) else format(value, "f") if isinstance(value, Decimal) else str(value)


class Layout:
    """The frame of one file spec, and which of its columns a mapping uses."""

    def __init__(self, name: str, spec: FileSpec, columns: Sequence[str], problems: Problems) -> None:
        self.name, self.spec, self.problems = name, spec, problems
        self.columns = list(columns)
        self.slots: dict[str, int] = {column: place for place, column in enumerate(columns)}
        self.width = len(columns)
        self.numeric: set[str] = {LINE}
        self.look_ups: dict[str, tuple[Layout, Getter]] = {}
        self.keys: dict[str, str] = {}
        """Look-up -> the column by which it looks up."""
        self.used: set[str] = set()
        self.read: set[int] | None = None
        """While a record is compiled: the slots that it reads."""
        for name_of_slot in (LINE, FILE, LINES):
            self.slot(name_of_slot)

    def slot(self, name: str) -> int:
        """A further place in the frame, under a name."""
        place = self.slots[name] = self.width
        self.width += 1
        return place

    def getter(self, name: str, path: Path, scope: Scope = None) -> Getter:
        """What reads a column (a derived one, ``look_up.column``): its text or number, ``None`` where it is empty."""
        if scope is not None and name not in scope and name not in (LINES, FILE):
            self.problems.add("not-grouped", f"{name!r} differs within a group: name it in `group_by`, or take its sum, min, max, count or first", path)
            return _nothing
        if name in self.slots:
            place = self.slots[name]
            if name in self.spec.ignore:
                self.problems.add("mapped-and-ignored", f"column {name!r} is used, and listed under `ignore` too", path)
            self.used.add(name)
            if self.read is not None:
                self.read.add(place)
            return itemgetter(place)
        alias, _, column = name.partition(".")
        if column and alias in self.look_ups:
            target, find = self.look_ups[alias]
            self._reads(alias)
            inner = target.getter(column, path)
            return lambda frame: None if (found := find(frame)) is None else inner(found)
        known = [*self.columns, *(f"{alias}.…" for alias in self.look_ups)]
        self.problems.add("unknown-column", f"there is no column {name!r} in {self.name!r}; it has {', '.join(known)}", path)
        return _nothing

    def is_numeric(self, name: str) -> bool:
        """Does the column hold numbers already, not text?"""
        alias, _, column = name.partition(".")
        if name not in self.slots and alias in self.look_ups:
            return self.look_ups[alias][0].is_numeric(column)
        return name in self.numeric

    def look_up(self, alias: str, by: str, target: Layout, index: dict[str, Frame], missing: str, path: Path) -> None:
        """Let ``alias.column`` read the line of another file whose key is the value of ``by``."""
        get = self.getter(by, path)

        def find(frame: Frame) -> Frame | None:
            key = get(frame)
            if key is None:
                return None
            found = index.get(key)
            if found is None and missing == "error":
                raise CellError("no-match", f"no line of {target.name!r} has this {target.spec.key!r}", by, key)
            return found

        self.look_ups[alias] = (target, find)
        self.keys[alias] = by

    def _reads(self, alias: str) -> None:
        """A look-up reads the cell by which it finds its line, perhaps by another look-up."""
        while alias in self.keys and self.keys[alias] not in self.slots:
            alias = self.keys[alias].partition(".")[0]
        if self.read is not None and alias in self.keys:
            self.read.add(self.slots[self.keys[alias]])

    def frame(self, cells: Iterable[str | None], line: int, file: str) -> Frame:
        """The frame of a line, its further slots still empty."""
        frame: Frame = [*cells, line, file, f"line {line}"]
        if len(frame) < self.width:
            frame.extend([None] * (self.width - len(frame)))
        return frame


def _nothing(frame: Frame) -> None:
    return None
