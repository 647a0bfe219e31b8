"""What one process of a first load does with some lines: records of them, checked, are rows of its own part of the files."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import NamedTuple

import numpy as np

from graph_models.errors import FieldError, InvalidInput
from graph_models.evidence import Fact
from graph_models.party import Party
from graph_models.quick_validation import all_sound
from graph_models.records import BY_CLASS, BY_NAME, Record, documents_named, finished, parties_named
from graph_models.role import Role
from graph_models.validation import faults
from graph_models.vocabulary import Terms, Vocabulary
from service.checks import by_class
from service.stores.neo4j_files import Part, property_cells
from service.stores.neo4j_rows import role_label
from service.stores.store import NewRow
from service.writes import collector_paused, parse_ndjson

DRAFT = "draft"
"""The files of rows of parties that have no number and no labels yet."""


class Setup(NamedTuple):
    """What all processes know: where the files go, the terms, the numbers of the parties' nodes, and the next number that is free."""

    directory: Path
    vocabulary: Vocabulary
    numbers: Mapping[str, str]
    free: Synchronized[int]

    def take(self, count: int) -> range:
        """So many numbers for new nodes."""
        with self.free.get_lock():
            first = self.free.value
            self.free.value = first + count
        return range(first, first + count)


class OfType(NamedTuple):
    """The records of one type in some lines: hashes of their ids, where they are, for which days they hold, and the stages of roles."""

    ids: np.ndarray
    places: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    stages: list[str | None]


class Seen(NamedTuple):
    """What was in some lines, as far as it matters to the whole."""

    errors: list[FieldError]
    records: dict[str, OfType]
    labels: set[tuple[str, str]]
    documents: list[str]
    named: dict[str, int]
    """Documents that facts name, and where first."""


_setup: Setup


def begin(setup: Setup) -> None:
    """A process begins."""
    global _setup
    _setup = setup


@collector_paused()
def parties_drafted(places: Sequence[int], lines: Sequence[bytes], own: Sequence[Terms]) -> tuple[list[tuple[str, int]], list[FieldError]]:
    """The parties of the lines as drafts: their ids and places, and what is wrong with them. Whatever else is there comes the next time."""
    vocabulary = _setup.vocabulary
    for terms in own:
        vocabulary = vocabulary.extended(terms)
    errors: list[FieldError] = []
    good: list[tuple[int, Record]] = []
    for at, record in parse_ndjson(lines, 0).records:
        if isinstance(record, Party):
            found = faults(record, vocabulary)
            errors += [fault.at(places[at]) for fault in found]
            if not found:
                good.append((places[at], record))
    errors += _added("party", good, lambda rows: _part().add(DRAFT, property_cells("party", rows)))
    return [(record.id, place) for place, record in good], errors


@collector_paused()
def records_added(places: Sequence[int], lines: Sequence[bytes]) -> Seen:
    """All but the parties of the lines, added to the files."""
    parsed = parse_ndjson(lines, 0)
    errors = [error._replace(line=places[error.line or 0]) for error in parsed.errors]
    good: defaultdict[str, list[tuple[int, Record]]] = defaultdict(list)
    named: dict[str, int] = {}
    numbers, vocabulary = _setup.numbers, _setup.vocabulary
    sound = {kind for kind, pairs in by_class(parsed.records).items() if all_sound([record for _, record in pairs], vocabulary)}
    for at, record in parsed.records:
        place = places[at]
        if isinstance(record, Party):
            if record.id not in numbers and not faults(record, vocabulary):
                errors.append(FieldError("unread", 'the type of a party is written plainly, "party"', "type", place))
            continue
        found = [] if type(record) in sound else faults(record, vocabulary)
        if isinstance(record, Fact) and (record.target not in numbers or (record.source is not None and record.source not in numbers)):
            found += [FieldError("dangling", f"there is no party {party!r}", field) for field, party in parties_named(record) if party not in numbers]
        if found:
            errors += [fault.at(place) for fault in found]
            continue
        if isinstance(record, Fact) and record.evidence:
            for document in documents_named(record):
                named.setdefault(document, place)
        good[BY_CLASS[type(record)].name].append((place, finished(record)))
    for type_name, numbered in good.items():
        errors += _added(type_name, numbered, lambda rows, name=type_name: _part().add_records(name, rows, numbers, _setup.take))  # type: ignore[misc]
    return Seen(
        errors,
        {name: _of_type(name, numbered) for name, numbered in good.items()},
        {(record.source, role_label(record.role)) for _, record in good.get("role", ()) if isinstance(record, Role)},
        [record.id for _, record in good.get("document", ())],
        named,
    )


def _of_type(type_name: str, numbered: Sequence[tuple[int, Record]]) -> OfType:
    count = len(numbered)
    periods = [record.period() for _, record in numbered] if BY_NAME[type_name].is_state else []
    return OfType(
        np.fromiter((hash(record.id) for _, record in numbered), np.int64, count),
        np.fromiter((place for place, _ in numbered), np.int64, count),
        np.fromiter((period.start for period in periods), np.int32),
        np.fromiter((period.end for period in periods), np.int32),
        [record.stage if isinstance(record, Role) else None for _, record in numbered] if type_name == "role" else [],
    )


def _part() -> Part:
    return Part(_setup.directory, str(os.getpid()))


def _added(type_name: str, numbered: Sequence[tuple[int, Record]], add: Callable[[list[NewRow]], None]) -> list[FieldError]:
    """Add the records; what files cannot carry is a fault of its line."""
    if not numbered:
        return []
    try:
        add([NewRow(type_name, record.id, record.period(), record, 1) for _, record in numbered])
    except InvalidInput:
        return [fault.at(place) for place, record in numbered for fault in _uncarried(type_name, record)]
    return []


def _uncarried(type_name: str, record: Record) -> Sequence[FieldError]:
    try:
        property_cells(type_name, [NewRow(type_name, record.id, record.period(), record, 1)])
    except InvalidInput as error:
        return error.errors
    return ()
