"""The parts in which an import goes on: some records as they are read, and the same once they are checked, ready to be written."""

from __future__ import annotations

import marshal
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import TypeVar

from graph_models.errors import FieldError, InvalidInput
from graph_models.records.record_types import Record
from graph_models.records.vocabulary import Terms, Vocabulary
from service.facts.batch_checks import checked_blocks
from service.facts.batch_writing import MAX_BATCH_RECORDS
from service.stores.interface.record_batch import Block, by_type

_MARSHAL = 2
"""Without references to what came before, which cost more to find than they save."""
T = TypeVar("T")
Item = tuple[int, Record | FieldError | Terms]
"""A place (see ``mapping.py``) and what was read there."""


Overlays = dict[tuple[int, str, str], str]
"""Place, type and id of a record -> how it is laid over what is stored (``overlays.py``)."""


class Chunk:
    """Some records and faults as they were read."""

    def __init__(
        self, records: list[tuple[int, Record]] | None = None, errors: list[FieldError] | None = None, terms: list[tuple[int, Terms]] | None = None,
        overlays: Overlays | None = None,
    ) -> None:  # fmt: skip
        self.records, self.errors, self.terms, self.overlays = records or [], errors or [], terms or [], overlays or {}

    def __len__(self) -> int:
        return len(self.records) + len(self.errors)

    def take(self, other: Chunk) -> None:
        """Take in what another holds."""
        self.records += other.records
        self.errors += other.errors
        self.terms += other.terms
        self.overlays.update(other.overlays)

    def cut(self, size: int) -> Chunk:
        """The first ``size`` records and faults, and all terms, as a chunk of their own; the rest stays."""
        part = Chunk(self.records[: max(size - len(self.errors), 0)], self.errors[:size], self.terms, self.overlays)
        self.records, self.errors, self.terms = self.records[len(part.records) :], self.errors[size:], []
        return part


def chunk_of(items: Sequence[Item]) -> Chunk:
    """What was read, parted by what it is."""
    if {FieldError, Terms}.isdisjoint(map(type, map(itemgetter(1), items))):
        return Chunk(list(items))  # type: ignore[arg-type]
    chunk = Chunk()
    for place, item in items:
        if type(item) is FieldError:
            chunk.errors.append(item.at(place))
        elif type(item) is Terms:
            chunk.terms.append((place, item))
        else:
            chunk.records.append((place, item))  # type: ignore[arg-type]
    return chunk


def chunks(parts: Iterable[Chunk], size: int = MAX_BATCH_RECORDS) -> Iterator[Chunk]:
    """The same in chunks of ``size`` records and faults; the last may be smaller."""
    chunk = Chunk()
    for part in parts:
        chunk.take(part)
        while len(chunk) >= size:
            yield chunk.cut(size)
    if len(chunk) or chunk.terms:
        yield chunk


def drained(ahead: deque[T], rest: Iterator[T]) -> Iterator[T]:
    """What was taken ahead of the rest, none of it held any longer than until it is asked for, then the rest."""
    while ahead:
        yield ahead.popleft()
    yield from rest


class Ready:
    """A chunk that was checked: its valid records as blocks, one of each type, what is wrong with the others, and the terms that it brings."""

    def __init__(
        self, blocks: Iterable[Block], errors: Iterable[FieldError] = (), terms: Iterable[tuple[int, Terms]] = (), packed: bytes | None = None
    ) -> None:
        self.blocks, self.errors, self.terms = list(blocks), list(errors), list(terms)
        self._packed = packed

    def __len__(self) -> int:
        return self.records() + len(self.errors)

    def records(self) -> int:
        """How many records are valid."""
        return sum(block.size for block in self.blocks)

    def packed(self) -> bytes:
        """The blocks as bytes, for this version of Python."""
        return self._packed if self._packed is not None else marshal.dumps([_plain(block) for block in self.blocks], _MARSHAL)

    def parties(self) -> set[str]:
        """The ids of the parties that the records name."""
        return set().union(*(block.parties() for block in self.blocks))

    def documents(self) -> set[str]:
        """The ids of the documents that the records name."""
        return {document for block in self.blocks for documents in block.documents() for document in documents}

    def parted(self, missing: Mapping[str, set[str]]) -> tuple[Ready, Ready]:
        """Without the records that name a missing party or document, and these."""
        waits = [(block, {at for at, _, _ in block.naming(missing)}) for block in self.blocks]
        there = [block.of([at not in late for at in range(block.size)]) for block, late in waits]
        return Ready(there, self.errors, self.terms), Ready(block.of([at in late for at in range(block.size)]) for block, late in waits)


def _plain(block: Block) -> tuple[object, ...]:
    return (block.type, list(block.places), *block[2:6], dict(block.hot), block.words, list(block.overlays))


def unpacked(packed: bytes) -> Ready:
    """The other way round. Only for what this import packed itself: ``marshal`` trusts its bytes."""
    return Ready([Block(*values) for values in marshal.loads(packed)], packed=packed)


def made_ready(chunk: Chunk, vocabulary: Vocabulary) -> tuple[Ready, Vocabulary]:
    """The chunk, checked with this vocabulary and the terms that it brings; and the vocabulary with these."""
    errors = list(chunk.errors)
    terms: list[tuple[int, Terms]] = []
    for place, own in chunk.terms:
        try:
            vocabulary = vocabulary.extended(own)
            terms.append((place, own))
        except InvalidInput as error:
            errors += [fault.at(place) for fault in error.errors]
    blocks, errors = checked_blocks(vocabulary, chunk.records, errors)
    return Ready((laid_over(block, chunk.overlays) for block in blocks), errors, terms), vocabulary


def laid_over(block: Block, overlays: Overlays) -> Block:
    """The block with how each of its records is laid over what is stored."""
    if not overlays:
        return block
    texts = [overlays.get((place, block.type, name), "") for place, name in zip(block.places, block.ids, strict=True)]
    return block._replace(overlays=texts) if any(texts) else block


def merged(parts: Iterable[Ready], size: int = MAX_BATCH_RECORDS) -> Iterator[Ready]:
    """Small ones taken together, as far as they have no more than ``size`` records and faults."""
    held: list[Ready] = []
    for part in parts:
        if held and sum(map(len, held)) + len(part) > size:
            yield _as_one(held)
            held = []
        held.append(part)
    if held:
        yield _as_one(held)


def _as_one(parts: Sequence[Ready]) -> Ready:
    blocks = by_type([block for part in parts for block in part.blocks])
    return Ready(blocks.values(), (error for part in parts for error in part.errors), (own for part in parts for own in part.terms))
