"""A first load: files of records become the files of ``neo4j-admin database import full``, checked as one batch, which is revision 1.

The files are read three times. First parties get their numbers, so that then each fact can be tied to its ends and a party that is
missing is noticed. Facts say which labels parties have, so parties are written last. All cores read; what is of the whole (ids that
come again, documents) is put together here.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import secrets
import shutil
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np

from graph_models.errors import AlreadyExists, FieldError, InvalidInput, TooLarge
from graph_models.kernels.threads import workers
from graph_models.records.dates import Period, now_text
from graph_models.records.json_codec import encode_records
from graph_models.records.record_types import documents_named, fields_of
from graph_models.records.vocabulary import Terms, Vocabulary
from service.facts.batch_checks import Numbered, checked_blocks, dangling
from service.facts.batch_writing import batch_refused, write_blocks
from service.facts.ndjson import parse_ndjson
from service.imports.bulk_load.bulk_load_workers import PARTY, OfType, Seen, Setup, begin, facts_added, parties_added, parties_seen
from service.imports.formats.byte_source import FileOfSet
from service.imports.pipeline.import_job import refused
from service.imports.pipeline.record_files import Block, RecordLines, lines_of
from service.jobs.job import Progress, no_progress
from service.stores.interface.store import Change, Compared, NewRow, Plan, Revision, Row, Store, Writing
from service.stores.neo4j.bulk_files import ITEM, Part, command_line, keep_revision, property_cells
from service.stores.neo4j.rows import role_label, spelt_out

T = TypeVar("T")
WAITING = 2
"""Pieces of work that wait for each process, so that none has to."""


class Loadable(NamedTuple):
    """What a first load came to: the records in its files, what revision 1 says that it did, and the terms that they bring."""

    records: int
    by_type: dict[str, int]
    counts: dict[str, int]
    import_id: str
    terms: tuple[Terms, ...]


class NothingYet:
    """The store before its first load, for what lines of the load decide among themselves: it keeps the change that is asked of it."""

    def __init__(self) -> None:
        self.change: Change | None = None

    def write(self, plan: Plan, writing: Writing) -> None:
        self.change = plan(self)

    def live(self, type_name: str, ids: Collection[str]) -> Mapping[str, Sequence[Row]]:
        return {}

    def compared(self, type_name: str, bodies: Mapping[str, bytes]) -> Compared:
        return Compared((), {})

    def present(self, type_name: str, ids: Collection[str]) -> Collection[str]:
        return ()

    def referring(self, type_name: str, record_id: str, period: Period) -> Sequence[Row]:
        return ()

    def terms(self) -> None:
        return None

    def head(self) -> int:
        return 0


def first_load(files: Sequence[FileOfSet], vocabulary: Vocabulary, directory: Path, who: str | None = None, progress: Progress = no_progress) -> Loadable:
    """Write the files of an import into a new directory. Raises ``InvalidInput`` with every fault; whatever goes wrong, there is no directory then."""
    if directory.exists():
        raise AlreadyExists(f"{directory} is there already; a first load makes a directory of its own")
    making = directory.with_name(directory.name + ".making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    try:
        made = FirstLoad(files, vocabulary, making, who, progress).run()
        making.rename(directory)
    except InvalidInput as error:
        raise refused(error, files) from None
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return made


class FirstLoad:
    """One load while its files are written."""

    def __init__(self, files: Sequence[FileOfSet], vocabulary: Vocabulary, directory: Path, who: str | None, progress: Progress) -> None:
        self.source, self.vocabulary, self.directory, self.who, self.progress = RecordLines(files), vocabulary, directory, who, progress
        self.part = Part(directory, "whole")
        self.free = multiprocessing.get_context("fork").Value("q", 0)
        self.errors: list[FieldError] = []
        self.terms: list[Terms] = []
        self.numbers: dict[str, str] = {}
        self.labels: Sequence[str] = ()
        self.apart: Collection[str] = ()
        self.by_type: Counter[str] = Counter()
        self.created = 0
        self.last = -1
        """The place of the last line that may be of a party."""
        self.again: list[int] = []
        """Where ids are that come more than once, the first time too, and so need a look."""

    def run(self) -> Loadable:
        self._number_parties()
        seen = list(chain.from_iterable(self._each(facts_added, self._blocks("reading facts"))))
        self.errors += [fault for part in seen for fault in part.errors]
        self._check_documents(seen)
        for name in sorted({name for part in seen for name in part.records}):
            self._check_ids(name, [part.records[name] for part in seen if name in part.records])
        slices = self._several()
        if self.errors:
            raise batch_refused(self.errors)
        self._add_parties(slices, seen)
        return self._kept()

    def _blocks(self, stage: str) -> Iterator[Block]:
        return self.source.blocks(lambda position: self.progress(min(position, self.source.size), self.source.size, stage))

    def _setup(self) -> Setup:
        return Setup(self.directory, self.vocabulary, self.numbers, self.free, self.labels, self.apart)

    def _each(self, work: Callable[..., T], blocks: Iterable[tuple[Any, ...]]) -> Iterator[T]:
        """The results of some work on each block, on all cores, in the order of the blocks."""
        gc.freeze()  # what a new process shares is not copied because somebody looks through it
        with ProcessPoolExecutor(workers(), multiprocessing.get_context("fork"), begin, (self._setup(), os.getpid())) as pool:
            waiting: deque[Future[T]] = deque()
            for block in blocks:
                waiting.append(pool.submit(work, *block))
                if len(waiting) > WAITING * workers():
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        gc.unfreeze()

    def _number_parties(self) -> None:
        first: dict[str, int] = {}
        for parties, places, errors in self._each(parties_seen, self._parties_after_terms()):
            self.errors += errors
            self.by_type["party"] += len(parties)
            for party, place in zip(parties, places, strict=True):
                if first.setdefault(party, place) != place:
                    self.again.append(place)
        again = set(self.again)
        self.again += {first[record.id] for _, record in self._at(again)} if again else ()
        self.numbers = {party: str(number) for number, party in enumerate(first)}
        self.free.value = self.created = len(first)

    def _parties_after_terms(self) -> Iterator[tuple[list[int], list[bytes], tuple[Terms, ...]]]:
        """The lines that may be of parties. What of the workspace's own terms comes before them holds for them."""
        for block in self._blocks("reading parties"):
            for place, line in zip(*_marked(block, b'"vocabulary"'), strict=True):
                for _, terms in parse_ndjson([line]).terms:
                    self._extend(place, terms)
            places, lines = _marked(block, PARTY)
            if lines:
                self.last = places[-1]
                yield places, lines, tuple(self.terms)

    def _extend(self, place: int, terms: Terms) -> None:
        try:
            self.vocabulary = self.vocabulary.extended(terms)
            self.terms.append(terms)
        except InvalidInput as error:
            self.errors += [fault.at(place) for fault in error.errors]

    def _at(self, wanted: Collection[int]) -> list[Numbered]:
        """The records at some places."""
        found: list[Numbered] = []
        for places, items in self._blocks("reading again"):
            chosen = [at for at, place in enumerate(places) if place in wanted]
            if chosen:
                lines = lines_of(items)
                found += [(places[chosen[at]], record) for at, record in parse_ndjson([lines[at] for at in chosen], 0).records]
        return found

    def _check_documents(self, seen: Sequence[Seen]) -> None:
        there = {document for part in seen for document in part.documents}
        named: dict[str, int] = {}
        for part in seen:
            for document, place in part.named.items():
                named.setdefault(document, place)
        self.errors += [dangling("evidence", name, place) for name, place in named.items() if name not in there]

    def _check_ids(self, type_name: str, seen: Sequence[OfType]) -> None:
        """Ids that come again: in a batch events may not, and of a state only for other periods, roles with stages that may follow each other."""
        ids, places, starts, ends = (np.concatenate([part[column] for part in seen]) for column in range(4))
        self.by_type[type_name] = len(ids)
        alike = np.sort(ids)
        if not np.any(alike[1:] == alike[:-1]):
            self.created += len(ids)
            return
        order = np.lexsort((starts, ids)) if len(starts) else np.argsort(ids)
        earlier, later = order[:-1], order[1:]
        again = ids[earlier] == ids[later]
        self.created += len(ids) - int(again.sum())
        if len(starts):
            stages = [stage for part in seen for stage in part.stages]
            ill = again & (ends[earlier] > starts[later])
            if stages:
                touching = np.flatnonzero(again & (ends[earlier] == starts[later]))
                ill[[at for at in touching if not self.vocabulary.stage_may_follow(stages[earlier[at]], stages[later[at]])]] = True
            again = ill & np.isin(ids[earlier], ids[earlier][ill])
        self.again += places[np.isin(ids, ids[earlier][again])].tolist()

    def _several(self) -> Sequence[NewRow]:
        """The slices of parties that have several, decided as in any batch; so are the faults of all that may not come again."""
        if not self.again:
            return ()
        numbered = self._at(set(self.again))
        times = Counter((type(record), record.id) for _, record in numbered)
        numbered = sorted((pair for pair in numbered if times[type(pair[1]), pair[1].id] > 1), key=_place)
        store = NothingYet()
        documents = {document for _, record in numbered for document in documents_named(record)}
        try:
            blocks, errors = checked_blocks(self.vocabulary, numbered)
            write_blocks(cast(Store, store), self.vocabulary, blocks, errors, coming={"party": self.numbers, "document": documents})
        except (InvalidInput, TooLarge) as error:
            self.errors += error.errors
        return () if store.change is None else [row for row in spelt_out(store.change).insert if row.type == "party"]

    def _add_parties(self, slices: Sequence[NewRow], seen: Sequence[Seen]) -> None:
        """All parties, now that their labels are known; those with several slices come apart."""
        self.labels, self.apart = self._labels(seen), {row.id for row in slices}
        for _ in self._each(parties_added, self._parties()):
            pass
        self._slices(slices)

    def _parties(self) -> Iterator[tuple[list[bytes]]]:
        for block in self._blocks("writing parties"):
            if block[0][0] > self.last:
                return
            if lines := _marked(block, PARTY)[1]:
                yield (lines,)

    def _labels(self, seen: Sequence[Seen]) -> list[str]:
        """The labels of each party's node, by its number."""
        nodes: defaultdict[str, list[np.ndarray]] = defaultdict(list)
        for part in seen:
            for role, having in part.roles.items():
                nodes[role_label(role)].append(having)
        labels = np.full(len(self.numbers), "Party", object)
        for label in sorted(nodes):
            labels[np.unique(np.concatenate(nodes[label]))] += ITEM + label
        return labels.tolist()

    def _slices(self, slices: Sequence[NewRow]) -> None:
        """A party reads as its newest slice; the others hang on it."""
        if not slices:
            return
        ordered = sorted(slices, key=lambda row: (row.id, row.period.start))
        newest = [row for row, after in zip(ordered, [*ordered[1:], None], strict=True) if after is None or after.id != row.id]
        others = [row for row in ordered if row not in newest]
        numbers = [self.numbers[row.id] for row in newest]
        self.part.add("party", [numbers, *_cells(newest), [self.labels[int(number)] for number in numbers]])
        own = list(map(str, self._setup().take(len(others))))
        self.part.add("party_slice", [own, *_cells(others)])
        self.part.add("slice_of", [own, [self.numbers[row.id] for row in others]])

    def _kept(self) -> Loadable:
        """The service's own nodes, and the command line."""
        records = self.by_type.total()
        counts = {"created": self.created, "updated": records - self.created, "unchanged": 0, "rejected": 0}
        revision = Revision(1, now_text(), self.who, None, None, counts, secrets.token_hex(8), None)
        keep_revision(self.part, revision, self._setup().take)
        command_line(self.directory)
        return Loadable(records, dict(sorted(self.by_type.items())), counts, str(revision.import_id), tuple(self.terms))


def _place(numbered: Numbered) -> int:
    return numbered[0]


def _marked(block: Block, mark: bytes) -> tuple[list[int], list[bytes]]:
    """The lines of a block that hold a mark, and their places."""
    places, items = block
    if isinstance(items, bytes) and mark not in items:
        return [], []
    lines = lines_of(items)
    chosen = [at for at, line in enumerate(lines) if mark in line]
    return [places[at] for at in chosen], [lines[at] for at in chosen]


def _cells(rows: Sequence[NewRow]) -> list[Iterable[str]]:
    records: list[Any] = [row.record for row in rows]
    return property_cells("party", fields_of(records), encode_records(records), [row.period for row in rows], [str(row.version) for row in rows])
