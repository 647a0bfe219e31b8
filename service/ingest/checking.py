"""What can be known of a whole import before anything is written: every fault, and that no fact names what is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from graph_models.errors import FieldError, InvalidInput
from graph_models.party import Party
from graph_models.records import Record, decode_record, parties_named
from graph_models.vocabulary import Vocabulary
from service.ingest.chunks import Ready
from service.ingest.kept import Kept
from service.ingest.known import Known
from service.ingest.writing import present
from service.stores.blocks import Block
from service.stores.store import Store
from service.writes import batch_refused, write_batch


class Check:
    """Looks at chunk after chunk, and keeps them."""

    def __init__(self, store: Store, vocabulary: Vocabulary, directory: Path | None = None) -> None:
        self.store, self.vocabulary = store, vocabulary
        self.errors: list[FieldError] = []
        self.kept = Kept(directory)
        self.coming = {"party": Known(), "document": Known()}
        self.there = {"party": Known(), "document": Known()}
        """What is stored already, as far as it was asked for."""
        self.missing: dict[str, dict[str, tuple[int, str]]] = {"party": {}, "document": {}}
        """What was named and has not come yet: where it was named first, and in which field."""
        self.in_order = True
        """Does no chunk name what only a later one brings?"""
        self.staged: list[tuple[int, Record]] = []

    def run(self, parts: Iterable[Ready]) -> Kept:
        """The chunks, to be written. Raises ``InvalidInput`` with every fault."""
        self.faults(parts, lenient=False)
        if self.errors:
            raise batch_refused(self.errors)
        return self.kept

    def faults(self, parts: Iterable[Ready], *, lenient: bool = True) -> Kept:
        """The chunks; every fault is in ``errors``. Nothing more is kept after the first unless ``lenient``."""
        for chunk in parts:
            self._take(chunk)
            if lenient or not self.errors:
                self.kept.add(chunk)
        for name, missing in self.missing.items():
            self.errors += [FieldError("dangling", f"there is no {name} {record_id!r}", field, place) for record_id, (place, field) in missing.items()]
        if not self.errors and self.staged:
            self._check_stages()
        return self.kept

    def _take(self, chunk: Ready) -> None:
        for _, terms in chunk.terms:
            self.vocabulary = self.vocabulary.extended(terms)
        self.errors += chunk.errors
        for block in chunk.blocks:
            if (coming := self.coming.get(block.type)) is not None:
                coming.add(block.ids)
                for record_id in self.missing[block.type].keys() & set(block.ids):
                    del self.missing[block.type][record_id]
        self._named("party", chunk.parties(), chunk.blocks)
        self._named("document", chunk.documents(), chunk.blocks)
        for block in chunk.blocks:
            if block.type == "role" and (stages := block.hot.get("stage")):
                at = zip(block.places, block.bodies, stages, strict=True)
                self.staged += [(place, decode_record(body)) for place, body, stage in at if body is not None and stage is not None]

    def _named(self, name: str, ids: set[str], blocks: Sequence[Block]) -> None:
        unknown = self.there[name].without(self.coming[name].without(ids)) - self.missing[name].keys()
        if not unknown:
            return
        there = present(self.store, name, unknown)
        self.there[name].add(there)
        unknown -= there
        self.in_order = self.in_order and not unknown
        for block in blocks if unknown else ():
            for place, field, record_id in _said(name, block):
                if record_id in unknown:
                    self.missing[name].setdefault(record_id, (place, field))

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


def _said(name: str, block: Block) -> Iterator[tuple[int, str, str]]:
    """Where the records of a block name parties, or documents: the place, the field and the id."""
    if name == "document":
        yield from ((place, "evidence", document) for place, documents in zip(block.places, block.documents(), strict=False) for document in documents)
        return
    for field in ("source", "target"):
        yield from ((place, field, party) for place, party in zip(block.places, block.hot.get(field, ()), strict=False))
