"""What can be known of a whole import before anything is written: every fault, and that no fact names what is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from msgspec.structs import replace

from graph_models.errors import FieldError, InvalidInput
from graph_models.records.json_codec import decode_record
from graph_models.records.party import Party
from graph_models.records.record_types import parties_named
from graph_models.records.vocabulary import Vocabulary
from service.facts.batch_checks import Numbered, checked_blocks, dangling
from service.facts.batch_writing import MAX_BATCH_RECORDS, batch_refused, write_blocks
from service.imports.buffers.chunk import Overlays, Ready, laid_over
from service.imports.buffers.chunk_spool import Kept
from service.imports.buffers.id_set import Known
from service.imports.buffers.spilling_dict import Shelf
from service.imports.pipeline.chunk_writer import present
from service.stores.interface.record_batch import Block
from service.stores.interface.store import Store


class Check:
    """Looks at chunk after chunk, and keeps them."""

    def __init__(self, store: Store, vocabulary: Vocabulary, directory: Path | None = None) -> None:
        self.store, self.vocabulary = store, vocabulary
        self.errors: list[FieldError] = []
        self.kept = Kept(directory)
        self.coming = {"party": Known(directory), "document": Known(directory)}
        self.there = {"party": Known(directory), "document": Known(directory)}
        """What is stored already, as far as it was asked for."""
        self.early = {"party": Known(directory), "document": Known(directory)}
        """What was named before it came, if it did."""
        self.named: dict[str, Shelf[str, tuple[str, int, str]]] = {"party": Shelf(directory), "document": Shelf(directory)}
        """The same: what it is, where it was named first, and in which field."""
        self.in_order = True
        """Does no chunk name what only a later one brings?"""
        self.staged: Shelf[str, list[tuple[int, bytes, str]]] = Shelf(directory)
        """The roles that have a stage, by id, and how they are laid over what is stored."""

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
            del chunk  # tens of megabytes
        for name, named in self.named.items():
            self._check_named(name, named.values())
        if not self.errors:
            self._check_stages()
        return self.kept

    def _take(self, chunk: Ready) -> None:
        for _, terms in chunk.terms:
            self.vocabulary = self.vocabulary.extended(terms)
        self.errors += chunk.errors
        for block in chunk.blocks:
            if (coming := self.coming.get(block.type)) is not None:
                coming.add(block.ids)
        self._named("party", chunk.parties(), chunk.blocks)
        self._named("document", chunk.documents(), chunk.blocks)
        for block in chunk.blocks:
            if block.type == "role" and (stages := block.hot.get("stage")):
                self._stage(block, stages)

    def _stage(self, block: Block, stages: Sequence[str | None]) -> None:
        overlays = block.overlays or [""] * block.size
        for place, record_id, body, stage, overlay in zip(block.places, block.ids, block.bodies, stages, overlays, strict=True):
            if body is not None and stage is not None:
                if (slices := self.staged.get(record_id)) is None:
                    slices = self.staged[record_id] = []
                slices.append((place, body, overlay))

    def _named(self, name: str, ids: set[str], blocks: Sequence[Block]) -> None:
        unknown = self.early[name].without(self.there[name].without(self.coming[name].without(ids)))
        if not unknown:
            return
        there = present(self.store, name, unknown)
        self.there[name].add(there)
        unknown -= there
        self.in_order = self.in_order and not unknown
        self.early[name].add(unknown)
        said = sorted((block.places[at], field, record_id) for block in blocks for at, field, record_id in block.naming({name: unknown}))
        for place, field, record_id in said:
            if record_id in unknown:
                unknown.remove(record_id)
                self.named[name][record_id] = (record_id, place, field)

    def _check_named(self, name: str, named: Iterator[tuple[str, int, str]]) -> None:
        """What was named early has come by now."""
        while some := list(islice(named, MAX_BATCH_RECORDS)):
            missing = self.coming[name].without([record_id for record_id, _, _ in some])
            self.errors += [dangling(field, record_id, place) for record_id, place, field in some if record_id in missing]

    def _check_stages(self) -> None:
        """Whether a stage may follow another is known only beside what is stored: a plan of the roles, all of an id together, which is not carried out."""
        staged = self.staged.values()
        while some := list(islice(staged, MAX_BATCH_RECORDS)):
            roles: list[Numbered] = [(place, replace(decode_record(body), evidence=None)) for slices in some for place, body, _ in slices]
            overlays: Overlays = {}
            for (place, record), overlay in zip(roles, (overlay for slices in some for _, _, overlay in slices), strict=True):
                if overlay:
                    overlays[place, "role", record.id] = overlay
            parties = {party for _, record in roles for _, party in parties_named(record)}
            stand_ins: list[Numbered] = [(0, Party(id=party, name=party, kind=min(self.vocabulary.party_kinds))) for party in sorted(parties)]
            try:
                blocks, errors = checked_blocks(self.vocabulary, [*stand_ins, *roles])
                write_blocks(self.store, self.vocabulary, [laid_over(block, overlays) for block in blocks], errors, dry_run=True)
            except InvalidInput as error:
                self.errors += error.errors
