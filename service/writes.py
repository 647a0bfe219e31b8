"""From records to one revision: what a batch changes, decided inside the store's transaction and written as a whole.

A plan asks what is believed, applies each line to it (``slices.py``), and gives the store the rows that end and the rows
that begin. It has no effects of its own.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec

from graph_models.errors import FieldError, InvalidInput, TooLarge
from graph_models.evidence import Fact
from graph_models.quick_validation import all_sound
from graph_models.records import (
    BY_CLASS,
    BY_NAME,
    Record,
    decode_plainly,
    decode_record,
    documents_named,
    encode_records,
    finished,
    parties_named,
)
from graph_models.role import Role
from graph_models.slices import Restatement, Slice, adjoining, restate
from graph_models.time import Period
from graph_models.validation import clash, faults
from graph_models.vocabulary import Terms, Vocabulary, terms_of
from service.stores.store import UNSIGNED, Believed, Change, NewRow, Row, Store, Writing

MAX_RECORD_BYTES = 1 << 20
MAX_BATCH_RECORDS = 50_000
NOTHING_COMES: Mapping[str, Container[str]] = {}
Numbered = tuple[int, Record]
_RECORD = itemgetter(1)
_ORDER = {kind.record: place for place, kind in enumerate(BY_NAME.values())}
"""Parties come before facts, so that a store writes them first."""
_tuple: Any = tuple.__new__
_json = msgspec.json.Encoder()


class Outcome(NamedTuple):
    """What a batch did; ``accepted`` = created + updated + unchanged."""

    accepted: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    errors: tuple[FieldError, ...]
    revision: int | None

    def as_json(self) -> dict[str, Any]:
        return {**self._asdict(), "errors": [error._asdict() for error in self.errors]}


@contextmanager
def collector_paused() -> Iterator[None]:
    """A batch makes many objects and no cycles: looking for cycles among them took a third of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Parsed(NamedTuple):
    """The lines of an NDJSON body: records, what could not be read, and the workspace's own terms, if it brings some."""

    records: list[Numbered]
    errors: list[FieldError]
    terms: list[tuple[int, Terms]]


@collector_paused()
def parse_ndjson(lines: Sequence[bytes], first_line: int = 1) -> Parsed:
    """Read lines of NDJSON; lines count from ``first_line``, blank ones too. Never raises for what a line holds."""
    try:
        if len(max(lines, key=len, default=b"")) <= MAX_RECORD_BYTES:
            return Parsed(list(enumerate(map(decode_plainly, lines), first_line)), [], [])
    except (msgspec.MsgspecError, UnicodeError):
        pass  # one of them is no plain record: each is looked at
    return _parsed_one_by_one(lines, first_line)


def _parsed_one_by_one(lines: Iterable[bytes], first_line: int) -> Parsed:
    records: list[Numbered] = []
    errors: list[FieldError] = []
    terms: list[tuple[int, Terms]] = []
    for number, line in enumerate(lines, first_line):
        try:
            if len(line) > MAX_RECORD_BYTES:
                errors.append(FieldError("too-large", "a record is at most 1 MiB", None, number))
            elif line and not line.isspace():
                records.append((number, decode_record(line)))
        except InvalidInput as error:
            own = _own_terms(line) if error.errors[0].code == "unknown-type" else None
            if isinstance(own, Terms):
                terms.append((number, own))
            else:
                errors += [fault.at(number) for fault in (own or error).errors]
    return Parsed(records, errors, terms)


def _own_terms(line: bytes) -> Terms | InvalidInput | None:
    fields = msgspec.json.decode(line)
    if fields.get("type") != "vocabulary":
        return None
    try:
        return terms_of(fields)
    except InvalidInput as error:
        return error


@collector_paused()
def write_batch(
    store: Store,
    vocabulary: Vocabulary,
    records: Sequence[Numbered],
    failed: Sequence[FieldError] = (),
    *,
    on_error: str = "abort",
    writing: Writing = UNSIGNED,
    dry_run: bool = False,
    coming: Mapping[str, Container[str]] = NOTHING_COMES,
    checked: bool = False,
) -> Outcome:
    """Write records of a batch as one revision (``dry_run``: only say what it would do). ``failed`` are lines that could not even be read.

    ``coming`` are the parties and documents that are taken to be there, since another part of the same dry run would write them.
    ``checked``: the records passed :func:`check_records` together, with this vocabulary.

    With ``on_error="abort"`` raises ``InvalidInput`` (or ``TooLarge``) with every error and writes nothing; with ``"skip"``
    writes what is good and lists the rest. A used idempotency key gives the answer that it was given.
    """
    good, errors = (records, list(failed)) if checked else check_records(vocabulary, records, failed)
    if on_error == "abort" and errors:
        raise batch_refused(errors)
    outcome: list[Outcome] = []

    def plan(believed: Believed) -> Change | None:
        batch = _Batch(believed, vocabulary, good, errors, coming)
        if on_error == "abort" and len(batch.errors) > len(errors):
            raise batch_refused(batch.errors)
        outcome[:] = [batch.outcome()]
        counts = {"created": batch.created, "updated": batch.updated, "unchanged": batch.unchanged, "rejected": outcome[0].rejected}
        if dry_run or (not batch.insert and writing.key is None):
            return None
        return Change(batch.supersede, batch.insert, counts, lambda number: _json.encode(outcome[0]._replace(revision=number).as_json()))

    revision = store.write(plan, writing)
    if revision is None:
        return outcome[0]._replace(revision=store.head())
    return outcome_of(revision.answer) if revision.answer else outcome[0]._replace(revision=revision.number)


def outcome_of(answer: bytes) -> Outcome:
    """The outcome that a revision remembers."""
    fields = msgspec.json.decode(answer)
    return Outcome(**{**fields, "errors": tuple(FieldError(**error) for error in fields["errors"])})


def batch_refused(errors: Sequence[FieldError]) -> InvalidInput | TooLarge:
    """The one error for all that is wrong with a batch."""
    ordered = sorted(errors, key=lambda error: error.line or 0)
    if all(error.code == "too-large" for error in ordered):
        return TooLarge("A record is larger than 1 MiB; nothing was written", errors=ordered)
    return InvalidInput(f"{len({error.line for error in ordered})} lines of the batch are not valid; nothing was written", errors=ordered)


def check_records(vocabulary: Vocabulary, records: Sequence[Numbered], failed: Sequence[FieldError] = ()) -> tuple[list[Numbered], list[FieldError]]:
    """What can be checked without the store: each record by itself, and no two of them at odds."""
    errors = list(failed)
    sound: dict[type, Collection[str]] = {}
    for kind, pairs in (classes := by_class(records)).items():
        if all_sound(of_kind := [record for _, record in pairs], vocabulary):
            sound[kind] = _repeated([record.id for record in of_kind])
    if len(sound) == len(classes) and not any(sound.values()):
        return list(records), errors
    good: list[Numbered] = []
    seen: dict[tuple[type, str], list[tuple[Period, int]]] = {}
    for line, record in records:
        kind = type(record)
        if kind in sound and record.id not in sound[kind]:
            good.append((line, record))
            continue
        found = [] if kind in sound else faults(record, vocabulary)
        record = finished(record) if not found else record
        if not found and (others := seen.setdefault((kind, record.id), [])) is not None:
            period = record.period()
            if others and (rival := clash(kind, period, others)):
                found = [rival]
            others.append((period, line))
        if found:
            errors += [fault.at(line) for fault in found]
        else:
            good.append((line, record))
    return good, errors


def by_class(records: Sequence[Numbered]) -> dict[type, Sequence[Numbered]]:
    """The records of each class, in their order."""
    classes = dict.fromkeys(map(type, map(_RECORD, records)))
    if len(classes) <= 1:
        return dict.fromkeys(classes, records)
    return {kind: [pair for pair in records if type(pair[1]) is kind] for kind in classes}


def _repeated(ids: Sequence[str]) -> Collection[str]:
    """The ids that are there more than once."""
    return () if len(set(ids)) == len(ids) else {name for name, count in Counter(ids).items() if count > 1}


class Working:
    """The slices of one id while a plan is made: those stored, and those that come."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.slices: list[tuple[Slice, Row | None]] = []
        self.version = max((row.version for row in rows), default=0) + 1
        self.was_there = any(row.body is not None for row in rows)
        self.supersede: list[Row] = []
        self._decoded = False

    def decoded(self) -> list[Slice]:
        if not self._decoded:
            self.slices = [(Slice(row.period, None if row.body is None else decode_record(row.body)), row) for row in self.rows]
            self._decoded = True
        return [part for part, _ in self.slices]

    def apply(self, change: Restatement) -> None:
        gone = set(change.superseded)
        self.supersede += [row for place, (_, row) in enumerate(self.slices) if place in gone and row is not None]
        self.slices = [pair for place, pair in enumerate(self.slices) if place not in gone] + [(part, None) for part in change.inserted]

    def inserted(self, type_name: str, record_id: str) -> list[NewRow]:
        return [NewRow(type_name, record_id, part.period, part.record, self.version) for part, row in self.slices if row is None]


class _Batch:
    """What the lines of a batch do to what is believed."""

    def __init__(
        self, believed: Believed, vocabulary: Vocabulary, records: Sequence[Numbered], errors: Sequence[FieldError], coming: Mapping[str, Container[str]]
    ) -> None:
        self.errors = list(errors)
        self.coming = coming
        self.vocabulary = vocabulary
        self.supersede: list[Row] = []
        self.insert: list[NewRow] = []
        self.created = self.updated = self.unchanged = 0
        classes = by_class(self._without_dangling(believed, records))
        for kind in sorted(classes, key=_ORDER.__getitem__):
            self._take(believed, BY_CLASS[kind].name, classes[kind])

    def _without_dangling(self, believed: Believed, records: Sequence[Numbered]) -> Sequence[Numbered]:
        """Leave out facts that name what is neither believed nor in the batch."""
        coming: dict[str, set[str]] = {"party": set(), "document": set()}
        named: dict[str, set[str]] = {"party": set(), "document": set()}
        for kind, pairs in by_class(records).items():
            if (name := BY_CLASS[kind].name) in coming:
                coming[name] = {record.id for _, record in pairs}
            if issubclass(kind, Fact):
                facts: list[Any] = [record for _, record in pairs]
                named["party"].update([fact.source for fact in facts], [fact.target for fact in facts])
                named["document"].update(document for fact in facts if fact.evidence for document in documents_named(fact))
        named["party"].discard(None)
        missing = {name: ids - coming[name] for name, ids in named.items()}
        missing = {name: {record_id for record_id in ids if record_id not in self.coming.get(name, ())} for name, ids in missing.items()}
        missing = {name: ids.difference(believed.present(name, ids)) if ids else ids for name, ids in missing.items()}
        return records if not any(missing.values()) else [pair for pair in records if not self._dangling(*pair, missing)]

    def _dangling(self, line: int, record: Record, missing: Mapping[str, set[str]]) -> bool:
        found = [FieldError("dangling", f"there is no party {party!r}", field, line) for field, party in parties_named(record) if party in missing["party"]]
        found += [
            FieldError("dangling", f"there is no document {document!r}", "evidence", line)
            for document in documents_named(record)
            if document in missing["document"]
        ]
        self.errors += found
        return bool(found)

    def _take(self, believed: Believed, type_name: str, pairs: Sequence[Numbered]) -> None:
        """All lines of one type: those that are alone with their id at once, the others by id."""
        several: dict[str, list[Numbered]] = {name: [] for name in _repeated([record.id for _, record in pairs])}
        alone = [pair for pair in pairs if pair[1].id not in several] if several else pairs
        for pair in pairs if several else ():
            if pair[1].id in several:
                several[pair[1].id].append(pair)
        records = [record for _, record in alone]
        bodies = encode_records(records) if records else []
        ids = [record.id for record in records]
        same, rows = believed.compared(type_name, dict(zip(ids, bodies, strict=True)))
        self.unchanged += len(same)
        if len(same) < len(ids):
            new = [_tuple(NewRow, (type_name, name, record.period(), record, 1, body)) for name, record, body in zip(ids, records, bodies, strict=True)]
            if same or rows:
                new = [row for row in new if row.id not in same and row.id not in rows]
            self.insert += new
            self.created += len(new)
        for pair, body in zip(alone, bodies, strict=True) if rows else ():
            before = rows.get(pair[1].id, ())
            if len(before) == 1 and before[0].body == body:
                self.unchanged += 1
            elif before:
                self._apply(type_name, pair[1].id, [pair], before)
        live = believed.live(type_name, several) if several else {}
        for name, lines in several.items():
            self._apply(type_name, name, lines, live.get(name, ()))

    def _apply(self, type_name: str, record_id: str, lines: Sequence[Numbered], before: Sequence[Row]) -> None:
        working, changed, lines = self._worked(before, lines)
        self.unchanged += len(lines) - changed
        self.created += min(changed, 1) * (not working.was_there)
        self.updated += changed - min(changed, 1) * (not working.was_there)
        self.supersede += working.supersede
        self.insert += working.inserted(type_name, record_id)

    def _worked(self, before: Sequence[Row], lines: Sequence[Numbered]) -> tuple[Working, int, Sequence[Numbered]]:
        """All lines of one id, applied; lines whose stage may not follow are left out and the rest is done again."""
        while True:
            working, changed = Working(before), 0
            for _, record in lines:
                change = restate(working.decoded(), record)
                working.apply(change)
                changed += not change.changes_nothing
            refused = stage_faults(self.vocabulary, before, working, lines)
            if not refused:
                return working, changed, lines
            self.errors += refused
            bad = {error.line for error in refused}
            lines = [pair for pair in lines if pair[0] not in bad]

    def outcome(self) -> Outcome:
        rejected = len({error.line for error in self.errors})
        accepted = self.created + self.updated + self.unchanged
        return Outcome(accepted, self.created, self.updated, self.unchanged, rejected, tuple(sorted(self.errors, key=lambda error: error.line or 0)), None)


def stage_faults(vocabulary: Vocabulary, before: Sequence[Row], working: Working, lines: Sequence[Numbered]) -> list[FieldError]:
    """The lines whose stage may not stand beside its neighbours, once all lines of the id are applied (api.md, "Records")."""
    if not lines or not isinstance(lines[0][1], Role):
        return []
    own_periods = {row.period for row in before if row.body is not None}
    after = working.decoded()
    found: dict[int, FieldError] = {}
    starts = {record.period().start: line for line, record in lines}
    for line, record in lines:
        period = record.period()
        if period in own_periods:
            continue
        earlier, later = adjoining(after, period)
        for first, second, blamed in ((earlier, record, line), (record, later, starts.get(period.end, line))):
            old, new = _stage(first), _stage(second)
            if not vocabulary.stage_may_follow(old, new):
                found[blamed] = FieldError("stage-not-allowed", f"from {old} to {new} is not a change that the vocabulary allows", "stage", blamed)
    return list(found.values())


def _stage(record: Record | None) -> str | None:
    return record.stage if isinstance(record, Role) else None
