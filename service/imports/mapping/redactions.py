"""Placeholders that hide somebody: each becomes a text of its own, and is remembered with its lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from pyroaring import BitMap64

from service.imports.buffers.spilling_dict import SET, Shelf
from service.imports.mapping.row_layout import Frame


class Hidden:
    """One placeholder: the lines in which it stands, by file, those of them that nothing tells apart but their place, and the texts that the others became."""

    def __init__(self, directory: Path | None) -> None:
        self.lines: defaultdict[str, BitMap64] = defaultdict(BitMap64)
        self.alone: defaultdict[str, BitMap64] = defaultdict(BitMap64)
        self.apart: Shelf[str, bool] = Shelf(directory, SET)

    def parties(self) -> int:
        """How many texts of their own it became."""
        return len(self.apart) + sum(map(len, self.alone.values()))


class Slots(NamedTuple):
    """Where a redaction reads and writes: the column, the one that keeps the placeholder, and where the line is."""

    column: int
    kept: int | None
    file: int
    line: int


def redactor(slots: Slots, placeholders: frozenset[str], apart: list[Callable[[Frame], Any]], found: defaultdict[str, Hidden]) -> Callable[[Frame], None]:
    """What makes of each placeholder in a line a text of its own, and remembers it."""
    column, kept, file, line = slots

    def redact(frame: Frame) -> None:
        placeholder = frame[column]
        if placeholder in placeholders:
            if kept is not None:
                frame[kept] = placeholder
            keys = [get(frame) for get in apart]
            known = bool(keys) and None not in keys
            place = f"{frame[file]} line {frame[line]}"
            frame[column] = text = f"{placeholder} ({'/'.join(map(str, keys)) if known else place})"
            hidden = found[placeholder]
            hidden.lines[frame[file]].add(frame[line])
            if not known:
                hidden.alone[frame[file]].add(frame[line])
            elif hidden.apart.get(text) is None:
                hidden.apart[text] = True

    return redact
