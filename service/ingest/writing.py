"""Writes what an import reads: small ones as one revision, larger ones as many with one import id, facts never before their parties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from msgspec.structs import replace

from graph_models.errors import FieldError, InvalidInput
from graph_models.party import Party
from graph_models.records import BY_CLASS, Record, documents_named, parties_named
from graph_models.role import Role
from graph_models.vocabulary import Terms, Vocabulary
from service.ingest.mapping import Columns
from service.stores.store import At, Store, Writing
from service.writes import MAX_BATCH_RECORDS, Outcome, batch_refused, check_records, write_batch

Item = tuple[int, Record | FieldError | Terms]
HELD_RECORDS = 200_000
"""An import of so many records is read once and kept in memory between its check and its write; a larger one is read twice."""


class Source(Protocol):
    """What an import reads from: a bound mapping, or files of records."""

    size: int

    def records(self, progress: Callable[[int], None]) -> Iterator[Item]:
        """Everything, in order; may be asked for again."""

    def columns(self) -> Columns:
        """What of the files is used."""

    def read_as(self) -> list[dict[str, str]]:
        """How each file is read."""

    def left_out(self) -> list[dict[str, Any]]:
        """The lines that a rule of the mapping leaves out, by file."""

    def redacted(self) -> list[dict[str, Any]]:
        """The placeholders that were found: in which column, in how many lines, and how many parties they became."""


class Chunk:
    """Some records and faults that are written together."""

    def __init__(self) -> None:
        self.records: list[tuple[int, Record]] = []
        self.errors: list[FieldError] = []
        self.terms: list[tuple[int, Terms]] = []

    def __len__(self) -> int:
        return len(self.records) + len(self.errors)


def chunks(items: Iterable[Item], size: int = MAX_BATCH_RECORDS) -> Iterator[Chunk]:
    """The items in chunks of at most ``size`` records."""
    chunk = Chunk()
    for place, item in items:
        if isinstance(item, FieldError):
            chunk.errors.append(item.at(place))
        elif isinstance(item, Terms):
            chunk.terms.append((place, item))
        else:
            chunk.records.append((place, item))
        if len(chunk) >= size:
            yield chunk
            chunk = Chunk()
    if len(chunk) or chunk.terms:
        yield chunk


class Check:
    """What can be known of a whole import before anything is written."""

    def __init__(self, store: Store, vocabulary: Vocabulary) -> None:
        self.store, self.vocabulary = store, vocabulary
        self.errors: list[FieldError] = []
        self.held: list[Chunk] | None = []
        self.coming: dict[str, set[str]] = {"party": set(), "document": set()}
        self.named: dict[tuple[str, str], tuple[int, str]] = {}
        self.staged: list[tuple[int, Record]] = []

    def run(self, parts: Iterable[Chunk]) -> list[Chunk] | None:
        """The chunks, if there are few enough to be kept. Raises ``InvalidInput`` with every fault."""
        held = self.faults(parts)
        if self.errors:
            raise batch_refused(self.errors)
        return held

    def faults(self, parts: Iterable[Chunk]) -> list[Chunk] | None:
        """The chunks, if there are few enough to be kept; every fault is in ``errors``."""
        count = 0
        for chunk in parts:
            count += len(chunk)
            if self.held is not None:
                self.held = [*self.held, chunk] if count <= HELD_RECORDS else None
            self._take(chunk)
        self._check_named()
        if not self.errors and self.staged:
            self._check_stages()
        return self.held

    def _take(self, chunk: Chunk) -> None:
        for _, terms in chunk.terms:
            self.vocabulary = self.vocabulary.extended(terms)
        good, errors = check_records(self.vocabulary, chunk.records, chunk.errors)
        self.errors += errors
        for place, record in good:
            name = BY_CLASS[type(record)].name
            if name in self.coming:
                self.coming[name].add(record.id)
            for field, party in parties_named(record):
                self.named.setdefault(("party", party), (place, field))
            for document in documents_named(record):
                self.named.setdefault(("document", document), (place, "evidence"))
            if isinstance(record, Role) and record.stage is not None:
                self.staged.append((place, record))

    def _check_named(self) -> None:
        missing = {key: where for key, where in self.named.items() if key[1] not in self.coming[key[0]]}
        for type_name in self.coming:
            there = present(self.store, type_name, [record_id for name, record_id in missing if name == type_name])
            self.errors += [
                FieldError("dangling", f"there is no {type_name} {record_id!r}", field, place)
                for (name, record_id), (place, field) in missing.items()
                if name == type_name and record_id not in there
            ]

    def _check_stages(self) -> None:
        """Whether a stage may follow another is known only beside what is stored: a plan of the roles, which is not carried out."""
        parties = {party for _, record in self.staged for _, party in parties_named(record)}
        stand_ins: list[tuple[int, Record]] = [(0, Party(id=party, name=party, kind=min(self.vocabulary.party_kinds))) for party in sorted(parties)]
        try:
            write_batch(self.store, self.vocabulary, [*stand_ins, *self._bare_roles()], dry_run=True)
        except InvalidInput as error:
            self.errors += error.errors

    def _bare_roles(self) -> Iterator[tuple[int, Record]]:
        return ((place, replace(record, evidence=None)) for place, record in self.staged)


def present(store: Store, type_name: str, ids: Iterable[str]) -> set[str]:
    """Those of the ids that are stored."""
    wanted = list(ids)
    found: set[str] = set()
    for start in range(0, len(wanted), 1000):
        found.update(row.id for row in store.get(type_name, wanted[start : start + 1000], At()))
    return found


class Total:
    """What all chunks did together."""

    def __init__(self) -> None:
        self.sums: Counter[str] = Counter()
        self.by_type: Counter[str] = Counter()
        self.errors: list[FieldError] = []
        self.revision: int | None = None

    def add(self, outcome: Outcome) -> None:
        for name in ("accepted", "created", "updated", "unchanged", "rejected"):
            self.sums[name] += getattr(outcome, name)
        self.errors += outcome.errors
        self.revision = outcome.revision


class ChunkWriter:
    """Writes chunk after chunk; a fact whose party or document has not come yet waits for the end."""

    def __init__(self, store: Store, vocabulary: Vocabulary, extend: Callable[[Terms], Vocabulary], on_error: str, writing: Writing) -> None:
        self.store, self.vocabulary, self.extend = store, vocabulary, extend
        self.on_error, self.writing = on_error, writing
        self.known: dict[str, set[str]] = {"party": set(), "document": set()}
        self.late = Chunk()
        self.total = Total()

    def write(self, parts: Iterable[Chunk], written: Callable[[int], None]) -> Total:
        """Write all; ``written`` hears how many records are done."""
        done = 0
        for chunk in parts:
            for place, terms in chunk.terms:
                try:
                    self.vocabulary = self.extend(terms)
                except InvalidInput as error:
                    chunk.errors += [fault.at(place) for fault in error.errors]
            self._put(self._ready(chunk))
            written(done := done + len(chunk))
        for start in range(0, len(self.late.records), MAX_BATCH_RECORDS):
            rest = Chunk()
            rest.records = self.late.records[start : start + MAX_BATCH_RECORDS]
            self._put(rest)
        return self.total

    def _ready(self, chunk: Chunk) -> Chunk:
        needs: dict[str, set[str]] = {"party": set(), "document": set()}
        for _, record in chunk.records:
            name = BY_CLASS[type(record)].name
            if name in self.known:
                self.known[name].add(record.id)
            needs["party"].update(party for _, party in parties_named(record))
            needs["document"].update(documents_named(record))
        missing: dict[str, set[str]] = {}
        for name, ids in needs.items():
            unknown = ids - self.known[name]
            self.known[name] |= present(self.store, name, sorted(unknown))
            missing[name] = unknown - self.known[name]
        if not any(missing.values()):
            return chunk
        ready = Chunk()
        ready.errors = chunk.errors
        for place, record in chunk.records:
            waits = not missing["party"].isdisjoint(party for _, party in parties_named(record)) or not missing["document"].isdisjoint(documents_named(record))
            (self.late if waits else ready).records.append((place, record))
        return ready

    def _put(self, chunk: Chunk) -> None:
        if not len(chunk):
            return
        self.total.by_type.update(BY_CLASS[type(record)].name for _, record in chunk.records)
        self.total.add(write_batch(self.store, self.vocabulary, chunk.records, chunk.errors, on_error=self.on_error, writing=self.writing))
