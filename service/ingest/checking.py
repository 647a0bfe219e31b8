"""What can be known of a whole import before anything is written: every fault, and that no fact names what is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from graph_models.errors import FieldError, InvalidInput
from graph_models.evidence import Fact
from graph_models.party import Party
from graph_models.records import BY_CLASS, Record, documents_named, parties_named
from graph_models.role import Role
from graph_models.vocabulary import Vocabulary
from service.ingest.chunks import Chunk, Kept
from service.ingest.known import Known
from service.ingest.writing import named_by, present
from service.stores.store import Store
from service.writes import Numbered, batch_refused, by_class, check_records, write_batch


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

    def run(self, parts: Iterable[Chunk]) -> Kept:
        """The chunks, to be written. Raises ``InvalidInput`` with every fault."""
        self.faults(parts, lenient=False)
        if self.errors:
            raise batch_refused(self.errors)
        return self.kept

    def faults(self, parts: Iterable[Chunk], *, lenient: bool = True) -> Kept:
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

    def _take(self, chunk: Chunk) -> None:
        for _, terms in chunk.terms:
            self.vocabulary = self.vocabulary.extended(terms)
        chunk.records, errors = check_records(self.vocabulary, chunk.records, chunk.errors)
        chunk.errors, chunk.checked = [], True
        self.errors += errors
        classes = by_class(chunk.records)
        for kind, pairs in classes.items():
            if (coming := self.coming.get(name := BY_CLASS[kind].name)) is not None:
                ids = {record.id for _, record in pairs}
                coming.add(ids)
                for record_id in self.missing[name].keys() & ids:
                    del self.missing[name][record_id]
        for kind, pairs in classes.items():
            if issubclass(kind, Fact):
                for name, ids in named_by(pairs).items():
                    self._named(name, ids, pairs)
        self.staged += [(place, record) for place, record in classes.get(Role, ()) if isinstance(record, Role) and record.stage is not None]

    def _named(self, name: str, ids: set[str], pairs: Sequence[Numbered]) -> None:
        unknown = self.there[name].without(self.coming[name].without(ids)) - self.missing[name].keys()
        if not unknown:
            return
        there = present(self.store, name, unknown)
        self.there[name].add(there)
        unknown -= there
        self.in_order = self.in_order and not unknown
        for place, record in pairs if unknown else ():
            said = parties_named(record) if name == "party" else (("evidence", document) for document in documents_named(record))
            for field, record_id in said:
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
