"""What one process of a first load does with some lines: records of them, checked, are rows of its own part of the files."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from graph_models.errors import FieldError
from graph_models.records.bulk_validation import all_listed, all_sound
from graph_models.records.closed_lists import identified
from graph_models.records.json_codec import encode_records
from graph_models.records.party import Party
from graph_models.records.record_types import BY_CLASS, BY_NAME, Fields, Record, documents_named, fields_of, finished, parties_named
from graph_models.records.validation import faults
from graph_models.records.vocabulary import Terms, Vocabulary
from service.core.child_processes import end_with_parent
from service.facts.batch_checks import Numbered, by_class, dangling
from service.facts.ndjson import collector_paused, parse_ndjson
from service.imports.pipeline.record_files import lines_of
from service.stores.neo4j.bulk_files import Part, property_cells, uncarried

PARTY = b'"party"'
"""A line of a party holds this."""
PIECE = 500
"""Lines that are worked on together: what becomes of so many fits into the processor's cache; ten times as many take a sixth longer."""


class Setup(NamedTuple):
    """What all processes know: where the files go, the terms, the numbers of the parties' nodes, and the next number that is free."""

    directory: Path
    vocabulary: Vocabulary
    numbers: Mapping[str, str]
    free: Synchronized[int]
    labels: Sequence[str] = ()
    """Of each party's node, by its number."""
    apart: Collection[str] = ()
    """The parties that are written apart, since they have several slices."""

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
    stages: Sequence[str | None]


class Seen(NamedTuple):
    """What was in some lines, as far as it matters to the whole."""

    errors: list[FieldError]
    records: dict[str, OfType]
    roles: dict[str, np.ndarray]
    """Roles, and the nodes of the parties that have them."""
    documents: list[str]
    named: dict[str, int]
    """Documents that facts name, and where first."""


class Several(NamedTuple):
    """Records of one type, at least one: where they are, their fields as columns, and the numbers of the parties that facts name, where they are there."""

    type_name: str
    places: Sequence[int]
    records: Sequence[Any]
    fields: Fields
    ends: Mapping[str, Sequence[Any]]

    def are_tied(self) -> bool:
        """Are all parties there that these name?"""
        return all(found.count(None) == self.fields[end].count(None) for end, found in self.ends.items())


def several(places: Sequence[int], records: Sequence[Any]) -> Several:
    fields = fields_of(records)
    ends = {end: list(map(_setup.numbers.get, fields[end])) for end in ("source", "target") if end in fields}
    return Several(BY_CLASS[type(records[0])].name, places, records, fields, ends)


_setup: Setup


def begin(setup: Setup, parent: int) -> None:
    """A process begins, started by the one with this process id."""
    global _setup
    end_with_parent(parent)
    _setup = setup


@collector_paused()
def parties_seen(places: Sequence[int], lines: Sequence[bytes], own: Sequence[Terms]) -> tuple[Sequence[str], Sequence[int], list[FieldError]]:
    """The parties of the lines: their ids and places, and what is wrong with them. Whatever else is there comes the next time."""
    vocabulary = _setup.vocabulary
    for terms in own:
        vocabulary = vocabulary.extended(terms)
    parties = by_class(parse_ndjson(lines, 0).records).get(Party, ())
    good, errors = _sound(places, parties, vocabulary)
    return ((), (), errors) if good is None else (good.fields["id"], good.places, errors)


@collector_paused()
def parties_added(lines: Sequence[bytes]) -> None:
    """The parties of the lines, all of which are sound, added to the files."""
    for first in range(0, len(lines), PIECE):
        parties = [party for _, party in by_class(parse_ndjson(lines[first : first + PIECE]).records).get(Party, ()) if party.id not in _setup.apart]
        if parties:
            fields = fields_of(parties)
            if not all_listed("party", fields, _setup.vocabulary):
                parties = [identified(party, _setup.vocabulary) for party in parties]
                fields = fields_of(parties)
            numbers = list(map(_setup.numbers.__getitem__, fields["id"]))
            cells = property_cells("party", fields, encode_records(parties), [party.period() for party in parties])
            _part().add("party", [numbers, *cells, map(_setup.labels.__getitem__, map(int, numbers))])


@collector_paused()
def facts_added(places: Sequence[int], items: bytes | list[bytes]) -> list[Seen]:
    """All but the parties of a block, added to the files."""
    lines = lines_of(items)
    return [_facts_added(places[first : first + PIECE], lines[first : first + PIECE]) for first in range(0, len(lines), PIECE)]


def _facts_added(places: Sequence[int], lines: Sequence[bytes]) -> Seen:
    parsed = parse_ndjson(lines, 0)
    seen = Seen([error._replace(line=places[error.line or 0]) for error in parsed.errors], {}, {}, [], {})
    classes = by_class(parsed.records)
    for at, party in classes.pop(Party, ()):
        if PARTY not in lines[at] and not faults(party, _setup.vocabulary):
            seen.errors.append(FieldError("unread", 'the type of a party is written plainly, "party"', "type", places[at]))
    for numbered in classes.values():
        good, errors = _sound(places, numbered, _setup.vocabulary)
        seen.errors.extend(errors)
        if good is not None:
            _add(seen, good)
    return seen


def _sound(places: Sequence[int], numbered: Sequence[Numbered], vocabulary: Vocabulary) -> tuple[Several | None, list[FieldError]]:
    """The records, all of one type, with which nothing is wrong, and what is wrong with the others."""
    if not numbered:
        return None, []
    found = several([places[at] for at, _ in numbered], [record for _, record in numbered])
    name = found.type_name
    if found.are_tied() and all_sound(found.records, vocabulary, found.fields) and not any(uncarried(name, found.fields)):
        return found, []
    good: list[Numbered] = []
    errors: list[FieldError] = []
    for at, record in numbered:
        record = identified(record, vocabulary)
        wrong = [*faults(record, vocabulary), *_dangling(record)] or [*uncarried(name, fields_of([record]))]
        errors += [fault.at(places[at]) for fault in wrong]
        if not wrong:
            good.append((places[at], finished(record)))
    return several(*zip(*good, strict=True)) if good else None, errors


def _dangling(record: Record) -> list[FieldError]:
    return [dangling(field, party) for field, party in parties_named(record) if party not in _setup.numbers]


def _add(seen: Seen, good: Several) -> None:
    """Records added to the files and to what was seen."""
    name, places, records, fields, ends = good
    periods = [record.period() for record in records]
    _part().add_facts(name, fields, encode_records(records), periods, ends, _setup.take)
    ids = np.fromiter(map(hash, fields["id"]), np.int64, len(records))
    days = np.asarray(periods if BY_NAME[name].is_state else [], np.int32).reshape(-1, 2)
    seen.records[name] = OfType(ids, np.asarray(places, np.int64), days[:, 0], days[:, 1], fields.get("stage", ()))
    for place, record in zip(places, records, strict=True) if any(fields.get("evidence", ())) else ():
        for document in documents_named(record):
            seen.named.setdefault(document, place)
    if name == "document":
        seen.documents.extend(fields["id"])
    if name == "role":
        roles, nodes = np.asarray(fields["role"]), np.fromiter(map(int, ends["source"]), np.int64, len(records))
        seen.roles.update({role: np.unique(nodes[roles == role]) for role in set(fields["role"])})


def _part() -> Part:
    return Part(_setup.directory, str(os.getpid()))
