"""Writes what an import reads: small ones as one revision, larger ones as many with one import id, facts never before their parties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from itertools import chain, islice
from pathlib import Path
from typing import Any, Protocol
from zlib import crc32

from graph_models.errors import FieldError, InvalidInput
from graph_models.evidence import Fact
from graph_models.records import BY_CLASS, documents_named, parties_named
from graph_models.role import Role
from graph_models.vocabulary import Terms, Vocabulary
from service.ingest.chunks import Chunk, Kept, chunks
from service.ingest.known import Known
from service.ingest.mapping import Columns
from service.stores.store import At, Store, Writing
from service.writes import Numbered, Outcome, by_class, write_batch


class Source(Protocol):
    """What an import reads from: a bound mapping, or files of records."""

    size: int

    def parts(self, progress: Callable[[int], None]) -> Iterator[Chunk]:
        """Everything, in order, some at a time; may be asked for again."""

    def columns(self) -> Columns:
        """What of the files is used."""

    def read_as(self) -> list[dict[str, str]]:
        """How each file is read."""

    def left_out(self) -> list[dict[str, Any]]:
        """The lines that a rule of the mapping leaves out, by file."""

    def redacted(self) -> list[dict[str, Any]]:
        """The placeholders that were found: in which column, in how many lines, and how many parties they became."""


def named_by(pairs: Sequence[Numbered]) -> dict[str, set[str]]:
    """The parties and documents that facts of one class name."""
    facts: list[Any] = [record for _, record in pairs]
    parties = {fact.source for fact in facts} | {fact.target for fact in facts}
    return {"party": parties - {None}, "document": {document for fact in facts if fact.evidence for document in documents_named(fact)}}


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
        self.revision = max(self.revision or 0, outcome.revision or 0)


class ChunkWriter:
    """Writes chunk after chunk; a fact whose party or document has not come yet waits for the end."""

    def __init__(
        self, store: Store, vocabulary: Vocabulary, extend: Callable[[Terms], Vocabulary], on_error: str, writing: Writing, directory: Path | None = None
    ) -> None:
        self.store, self.vocabulary, self.extend = store, vocabulary, extend
        self.on_error, self.writing = on_error, writing
        self.known = {"party": Known(), "document": Known()}
        """What is stored, as far as it was asked for or written."""
        self.in_order = False
        """Is it certain that nothing has to wait?"""
        self.late = Kept(directory)
        self.total = Total()
        self.lanes: list[Future[Outcome] | None] = [None] * store.writers

    def write(self, parts: Iterable[Chunk], written: Callable[[int], None]) -> Total:
        """Write all; ``written`` hears how many records are done."""
        parts = iter(parts)
        ahead = list(islice(parts, 2))
        if len(ahead) < 2:
            self.lanes = [None]  # what fits into one batch is one revision
        with ThreadPoolExecutor(len(self.lanes), "lane") as self.pool:
            self._write(chain(ahead, parts), written)
            self._wait()
        self.late.close()
        return self.total

    def _write(self, parts: Iterable[Chunk], written: Callable[[int], None]) -> None:
        done = 0
        for chunk in parts:
            for place, terms in chunk.terms:
                try:
                    self.vocabulary = self.extend(terms)
                except InvalidInput as error:
                    chunk.errors += [fault.at(place) for fault in error.errors]
            size = len(chunk)
            self._put(chunk if self.in_order else self._ready(chunk))
            written(done := done + size)
        for rest in chunks(self.late):
            self._put(rest)

    def _ready(self, chunk: Chunk) -> Chunk:
        """The chunk without what has to wait."""
        needs: dict[str, set[str]] = {"party": set(), "document": set()}
        for kind, pairs in by_class(chunk.records).items():
            if (known := self.known.get(BY_CLASS[kind].name)) is not None:
                known.add([record.id for _, record in pairs])
            if issubclass(kind, Fact):
                for name, ids in named_by(pairs).items():
                    needs[name] |= ids
        missing = {name: self._missing(name, ids) for name, ids in needs.items()}
        if not any(missing.values()):
            return chunk
        waits, ready = Chunk(), Chunk()
        waits.checked = ready.checked = chunk.checked
        ready.errors = chunk.errors
        for place, record in chunk.records:
            is_late = not missing["party"].isdisjoint(party for _, party in parties_named(record)) or not missing["document"].isdisjoint(
                documents_named(record)
            )
            (waits if is_late else ready).records.append((place, record))
        self.late.add(waits)
        return ready

    def _missing(self, name: str, ids: set[str]) -> set[str]:
        """Those of the ids that are neither stored nor in this chunk."""
        unknown = self.known[name].without(ids)
        there = present(self.store, name, unknown)
        self.known[name].add(there)
        return unknown - there

    def _put(self, chunk: Chunk) -> None:
        """Write a chunk: as one batch, or, where a store is faster so, its facts as one for each writer, after what these need to be there.

        All that is said of one id is one writer's, in order: so no writer waits for what another does.
        """
        if not len(chunk):
            return
        classes = by_class(chunk.records)
        self.total.by_type.update({BY_CLASS[kind].name: len(pairs) for kind, pairs in classes.items()})
        parted = {kind: pairs for kind, pairs in classes.items() if issubclass(kind, Fact) and kind is not Role} if len(self.lanes) > 1 else {}
        alone = [pair for pair in chunk.records if type(pair[1]) not in parted] if parted else chunk.records
        if alone or chunk.errors:
            self._wait()
            self.total.add(self._batch(alone, chunk.errors, chunk.checked, self.writing))
        shares: list[list[Numbered]] = [[] for _ in self.lanes]
        for pairs in parted.values():
            for pair in pairs:
                shares[crc32(pair[1].id.encode()) % len(shares)].append(pair)
        for lane, share in enumerate(shares):
            if share:
                self._collect(lane)
                self.lanes[lane] = self.pool.submit(copy_context().run, self._batch, share, (), chunk.checked, self.writing._replace(in_turn=True))

    def _batch(self, records: Sequence[Numbered], errors: Sequence[FieldError], checked: bool, writing: Writing) -> Outcome:
        return write_batch(self.store, self.vocabulary, records, errors, on_error=self.on_error, writing=writing, checked=checked)

    def _wait(self) -> None:
        for lane in range(len(self.lanes)):
            self._collect(lane)

    def _collect(self, lane: int) -> None:
        """What a writer is at is done before it gets more."""
        writing, self.lanes[lane] = self.lanes[lane], None
        if writing is not None:
            self.total.add(writing.result())
