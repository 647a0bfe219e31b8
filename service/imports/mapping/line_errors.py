"""All that is wrong with a line, told at once and each thing once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any

from graph_models.errors import FieldError
from service.imports.formats.table import FaultyCells
from service.imports.mapping.row_layout import CellError, Frame, Getter
from service.imports.mapping.seen_records import Produced


def derived_faults(frame: Frame, steps: list[tuple[int, str, Callable[[Frame], Any]]]) -> tuple[FieldError, ...]:
    """Fill in what is derived from a line's cells; what is wrong with any of it."""
    wrong: list[FieldError] = []
    for slot, column, get in steps:
        try:
            frame[slot] = get(frame)
        except CellError as error:
            wrong.append(error.fault(column))
    return tuple(wrong)


def faults_of(getters: Iterator[tuple[str, Getter]], frame: Frame) -> Iterator[FieldError]:
    """What is wrong with the fields that are still to be read."""
    for name, get in getters:
        try:
            get(frame)
        except CellError as error:
            yield error.fault(name)


def faults_of_cells(cells: FaultyCells, columns: list[str], used: set[str]) -> tuple[FieldError, ...]:
    """The faults of the cells of which something is made; what is ignored is not looked at."""
    wrong = [(columns[place], fault) for place, fault in sorted(cells.faults.items()) if columns[place] in used]
    return tuple(fault._replace(message=f"column {column!r}: {fault.message}", field=column) for column, fault in wrong)


def told_once(out: list[Produced]) -> list[Produced]:
    """A cell that is wrong in several records of a line is one fault."""
    if FieldError not in set(map(type, map(itemgetter(1), out))):
        return out
    told: set[tuple[int, str]] = set()
    kept: list[Produced] = []
    for place, item in out:
        if isinstance(item, FieldError):
            if (place, item.message) in told:
                continue
            told.add((place, item.message))
        kept.append((place, item))
    return kept
