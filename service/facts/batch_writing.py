"""From records to one revision: what a batch changes, decided inside the store's transaction and written as a whole.

A plan asks what is believed, applies each line to it (``slices.py``), and gives the store the rows that end and the rows
that begin. It has no effects of its own.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from graph_models.errors import FieldError, InvalidInput, TooLarge
from graph_models.records.json_codec import decode_record
from graph_models.records.record_types import BY_NAME, Record
from graph_models.records.role import Role
from graph_models.records.timeline import Restatement, Slice, adjoining, restate
from graph_models.records.vocabulary import Terms, Vocabulary
from service.facts.batch_checks import Numbered, checked_blocks, dangling, repeated
from service.facts.ndjson import collector_paused
from service.facts.overlays import overlay_of, pieces
from service.stores.interface.record_batch import Block, by_type
from service.stores.interface.store import UNSIGNED, Believed, Change, NewRow, Row, Store, Writing
from service.workspaces.own_terms import terms_with

MAX_BATCH_RECORDS = 50_000
NOTHING_COMES: Mapping[str, Container[str]] = {}
_ORDER = {name: place for place, name in enumerate(BY_NAME)}
"""Parties come before facts, so that a store writes them first."""
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


@collector_paused()
def write_batch(
    store: Store,
    vocabulary: Vocabulary,
    records: Sequence[Numbered],
    failed: Sequence[FieldError] = (),
    *,
    on_error: str = "abort",
    writing: Writing = UNSIGNED,
    terms: Sequence[Terms] = (),
) -> Outcome:
    """Write records of a batch as one revision. ``failed`` are lines that could not even be read; ``terms`` are written with them (in ``vocabulary`` they are).

    With ``on_error="abort"`` raises ``InvalidInput`` (or ``TooLarge``) with every error and writes nothing; with ``"skip"``
    writes what is good and lists the rest. A used idempotency key gives the answer that it was given.
    """
    blocks, errors = checked_blocks(vocabulary, records, failed)
    return write_blocks(store, vocabulary, blocks, errors, on_error=on_error, writing=writing, terms=terms)


@collector_paused()
def write_blocks(
    store: Store,
    vocabulary: Vocabulary,
    blocks: Sequence[Block],
    errors: Sequence[FieldError] = (),
    *,
    on_error: str = "abort",
    writing: Writing = UNSIGNED,
    dry_run: bool = False,
    coming: Mapping[str, Container[str]] = NOTHING_COMES,
    terms: Sequence[Terms] = (),
) -> Outcome:
    """As :func:`write_batch`, of what :func:`~service.facts.batch_checks.checked_blocks` gave with this vocabulary (``dry_run``: only say what it would do).

    ``coming`` are the parties and documents that are taken to be there, since another part of the same import writes them.
    """
    if on_error == "abort" and errors:
        raise batch_refused(errors)
    outcome: list[Outcome] = []

    def plan(believed: Believed) -> Change | None:
        batch = _Batch(believed, vocabulary, blocks, errors, coming)
        if on_error == "abort" and len(batch.errors) > len(errors):
            raise batch_refused(batch.errors)
        outcome[:] = [batch.outcome()]
        counts = {"created": batch.created, "updated": batch.updated, "unchanged": batch.unchanged, "rejected": outcome[0].rejected}
        own = terms_with(believed, vocabulary, terms) if terms else None
        if dry_run or (not (batch.insert or batch.new) and own is None and writing.key is None):
            return None
        return Change(batch.supersede, batch.insert, counts, lambda number: _json.encode(outcome[0]._replace(revision=number).as_json()), batch.new, own)

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


class Stated(NamedTuple):
    """A line of a batch: its place, its record, and how it is laid over what is stored."""

    place: int
    record: Record
    overlay: str = ""


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

    def restated(self, record: Record) -> Restatement:
        """State a record, and give what that changes."""
        change = restate(self.decoded(), record)
        self.apply(change)
        return change

    def inserted(self, type_name: str, record_id: str) -> list[NewRow]:
        return [NewRow(type_name, record_id, part.period, part.record, self.version) for part, row in self.slices if row is None]


class _Batch:
    """What the lines of a batch do to what is believed."""

    def __init__(
        self, believed: Believed, vocabulary: Vocabulary, blocks: Sequence[Block], errors: Sequence[FieldError], coming: Mapping[str, Container[str]]
    ) -> None:
        self.errors = list(errors)
        self.coming = coming
        self.vocabulary = vocabulary
        self.supersede: list[Row] = []
        self.new: list[Block] = []
        self.insert: list[NewRow] = []
        self.created = self.updated = self.unchanged = 0
        for block in sorted(self._without_dangling(believed, by_type(blocks)), key=lambda block: _ORDER[block.type]):
            self._take(believed, block)

    def _without_dangling(self, believed: Believed, blocks: Mapping[str, Block]) -> Sequence[Block]:
        """Leave out facts that name what is neither believed nor in the batch."""
        missing: dict[str, set[str]] = {"party": set(), "document": set()}
        for block in blocks.values():
            missing["party"] |= block.parties()
            missing["document"].update(*block.documents())
        for name, ids in missing.items():
            ids.difference_update(blocks[name].ids if name in blocks else ())
            ids.difference_update([record_id for record_id in ids if record_id in self.coming.get(name, ())])
            if ids:
                ids.difference_update(believed.present(name, ids))
        if not any(missing.values()):
            return list(blocks.values())
        return [self._without(block, missing) for block in blocks.values()]

    def _without(self, block: Block, missing: Mapping[str, set[str]]) -> Block:
        """The block without the records that name something missing."""
        found = list(block.naming(missing))
        self.errors += [dangling(field, record_id, block.places[at]) for at, field, record_id in found]
        bad = {at for at, _, _ in found}
        return block.of([at not in bad for at in range(block.size)])

    def _take(self, believed: Believed, block: Block) -> None:
        """All lines of one type: those that are alone with their id at once, the others by id."""
        several: dict[str, list[Stated]] = {name: [] for name in repeated(block.ids)}
        overlays = block.overlays or [""] * block.size
        for place, name, body, overlay in zip(block.places, block.ids, block.bodies, overlays, strict=True) if several else ():
            if name in several:
                several[name].append(Stated(place, decode_record(body or b""), overlay))
        alone = block.of([name not in several for name in block.ids]) if several else block
        bodies: dict[str, Any] = dict(zip(alone.ids, alone.bodies, strict=True))
        same, rows = believed.compared(block.type, bodies)
        self.unchanged += len(same)
        new = alone.of([name not in same and name not in rows for name in alone.ids]) if same or rows else alone
        if new.size:
            self.new.append(new)
            self.created += new.size
        for place, name, overlay in zip(alone.places, alone.ids, alone.overlays or [""] * alone.size, strict=True) if rows else ():
            before = rows.get(name, ())
            if len(before) == 1 and before[0].body == bodies[name]:
                self.unchanged += 1
            elif before:
                self._apply(block.type, name, [Stated(place, decode_record(bodies[name]), overlay)], before)
        live = believed.live(block.type, several) if several else {}
        for name, lines in several.items():
            self._apply(block.type, name, lines, live.get(name, ()))

    def _apply(self, type_name: str, record_id: str, lines: Sequence[Stated], before: Sequence[Row]) -> None:
        working, changed, lines = self._worked(before, lines)
        self.unchanged += len(lines) - changed
        self.created += min(changed, 1) * (not working.was_there)
        self.updated += changed - min(changed, 1) * (not working.was_there)
        self.supersede += working.supersede
        self.insert += working.inserted(type_name, record_id)

    def _worked(self, before: Sequence[Row], lines: Sequence[Stated]) -> tuple[Working, int, Sequence[Stated]]:
        """All lines of one id, applied; lines whose stage may not follow are left out and the rest is done again."""
        while True:
            working, changed = Working(before), 0
            stated: list[Numbered] = []
            for place, record, overlay in lines:
                parts = pieces(record, overlay_of(overlay), working.decoded()) if overlay else [record]
                changes = [change for part in parts if not (change := working.restated(part)).changes_nothing]
                changed += bool(changes)
                stated += [(place, part) for part in parts]
            refused = stage_faults(self.vocabulary, before, working, stated)
            if not refused:
                return working, changed, lines
            self.errors += refused
            bad = {error.line for error in refused}
            lines = [line for line in lines if line.place not in bad]

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
