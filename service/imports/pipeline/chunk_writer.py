"""Writes what an import reads: small ones as one revision, larger ones as many with one import id, facts never before their parties."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, nullcontext
from contextvars import copy_context
from itertools import islice
from pathlib import Path
from zlib import crc32

from graph_models.errors import FieldError, InvalidInput
from graph_models.records.record_types import BY_NAME
from graph_models.records.vocabulary import Terms, Vocabulary
from service.facts.batch_writing import Outcome, write_blocks
from service.imports.buffers.chunk import Ready, drained, merged
from service.imports.buffers.chunk_spool import Kept
from service.imports.buffers.id_set import Known
from service.stores.interface.record_batch import Block
from service.stores.interface.store import At, Store, Writing

Bringing = Callable[[], AbstractContextManager[None]]
TURNS = 2
"""Each of several writers takes so many turns at a chunk: while one commits, the other writes, and the fewer the rows of a turn, the sooner it begins."""
TOGETHER_RECORDS = 250_000
"""No more are written together: other writers wait as long."""


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

    def count(self, blocks: Iterable[Block]) -> None:
        """Count records by their type."""
        self.by_type.update({block.type: block.size for block in blocks if block.size})

    def add(self, outcome: Outcome) -> None:
        for name in ("accepted", "created", "updated", "unchanged", "rejected"):
            self.sums[name] += getattr(outcome, name)
        self.errors += outcome.errors
        self.revision = max(self.revision or 0, outcome.revision or 0)


def write_together(store: Store, vocabulary: Vocabulary, parts: Iterable[Ready], writing: Writing) -> Total | None:
    """Write all as one revision while it is read, or nothing at all.

    ``None`` where that does not go: the store cannot; or something is wrong, is said twice, or comes before what it names; or there are terms, or too much.
    """
    if (together := store.together(writing)) is None:
        return None
    total = Total()
    said: dict[str, set[str]] = {name: set() for name in BY_NAME}
    there: dict[str, set[str]] = {"party": set(), "document": set()}
    try:
        with together:
            for chunk in parts:
                is_said = any(not said[block.type].isdisjoint(block.ids) for block in chunk.blocks)
                if is_said or chunk.terms or chunk.errors or total.sums["accepted"] + len(chunk) > TOGETHER_RECORDS:
                    raise InvalidInput("This is not written together")
                total.count(chunk.blocks)
                total.add(write_blocks(store, vocabulary, chunk.blocks, writing=writing, coming=there))
                for block in chunk.blocks:
                    said[block.type].update(block.ids)
                there["party"] |= chunk.parties() | said["party"]
                there["document"] |= chunk.documents() | said["document"]
    except InvalidInput:
        return None
    return total


class ChunkWriter:
    """Writes chunk after chunk; a fact whose party or document has not come yet waits for the end."""

    def __init__(self, store: Store, vocabulary: Vocabulary, bringing: Bringing, on_error: str, writing: Writing, directory: Path | None = None) -> None:
        """``bringing``: what is held while records are written that bring terms of the workspace's own."""
        self.store, self.vocabulary, self.bringing = store, vocabulary, bringing
        self.on_error, self.writing = on_error, writing
        self.known = {"party": Known(), "document": Known()}
        """What is stored, as far as it was asked for or written."""
        self.in_order = False
        """Is it certain that nothing has to wait?"""
        self.directory = directory
        self.total = Total()
        self.lanes: list[Future[Outcome] | None] = [None] * store.writers

    def write(self, parts: Iterable[Ready], written: Callable[[int], None]) -> Total:
        """Write all; ``written`` hears how many records are done."""
        parts = iter(parts)
        ahead = deque(islice(parts, 2))
        if len(ahead) < 2:
            self.lanes = [None]  # what fits into one batch is one revision
        with closing(Kept(self.directory)) as self.late, ThreadPoolExecutor(len(self.lanes), "lane") as self.pool:
            self._write(drained(ahead, parts), written)
            self._wait()
        return self.total

    def _write(self, parts: Iterable[Ready], written: Callable[[int], None]) -> None:
        done = 0
        for chunk in parts:
            terms: list[Terms] = []
            for place, own in chunk.terms:
                try:
                    self.vocabulary = self.vocabulary.extended(own)
                    terms.append(own)
                except InvalidInput as error:
                    chunk.errors += [fault.at(place) for fault in error.errors]
            size = len(chunk)
            self._put(chunk if self.in_order else self._without_late(chunk), terms)
            written(done := done + size)
        for rest in merged(self.late):
            self._put(rest)

    def _without_late(self, chunk: Ready) -> Ready:
        """The chunk without what has to wait."""
        for block in chunk.blocks:
            if (known := self.known.get(block.type)) is not None:
                known.add(block.ids)
        missing = {"party": self._missing("party", chunk.parties()), "document": self._missing("document", chunk.documents())}
        if not any(missing.values()):
            return chunk
        now, later = chunk.parted(missing)
        self.late.add(later)
        return now

    def _missing(self, name: str, ids: set[str]) -> set[str]:
        """Those of the ids that are neither stored nor in this chunk."""
        unknown = self.known[name].without(ids)
        there = present(self.store, name, unknown)
        self.known[name].add(there)
        return unknown - there

    def _put(self, chunk: Ready, terms: Sequence[Terms] = ()) -> None:
        """Write a chunk: as one batch, or, where a store is faster so, its facts as one for each writer, after what these need to be there.

        The terms that it brings go with the first. All that is said of one id is one writer's, in order: so no writer waits for what another does.
        """
        if not (len(chunk) or terms):
            return
        self.total.count(chunk.blocks)
        parted = [block for block in chunk.blocks if len(self.lanes) > 1 and BY_NAME[block.type].is_fact and block.type != "role"]
        alone = [block for block in chunk.blocks if block not in parted] if parted else chunk.blocks
        if alone or chunk.errors or terms:
            self._wait()
            with self.bringing() if terms else nullcontext():
                self.total.add(self._batch(alone, chunk.errors, self.writing, terms))
        turns = len(self.lanes) * TURNS
        turns_of = [[crc32(name.encode()) % turns for name in block.ids] for block in parted]
        for turn in range(turns):
            lane = turn % len(self.lanes)
            share = [block.of([at == turn for at in of_block]) for block, of_block in zip(parted, turns_of, strict=True)]
            if any(block.size for block in share):
                self._collect(lane)
                self.lanes[lane] = self.pool.submit(copy_context().run, self._batch, share, (), self.writing._replace(in_turn=True))

    def _batch(self, blocks: Sequence[Block], errors: Sequence[FieldError], writing: Writing, terms: Sequence[Terms] = ()) -> Outcome:
        return write_blocks(self.store, self.vocabulary, blocks, errors, on_error=self.on_error, writing=writing, terms=terms)

    def _wait(self) -> None:
        for lane in range(len(self.lanes)):
            self._collect(lane)

    def _collect(self, lane: int) -> None:
        """What a writer is at is done before it gets more."""
        writing, self.lanes[lane] = self.lanes[lane], None
        if writing is not None:
            self.total.add(writing.result())
