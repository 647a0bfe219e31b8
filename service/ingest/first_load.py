"""A first load: files of records become the files of ``neo4j-admin database import full``, checked as one batch, which is revision 1.

The files are read twice. The first time parties get their numbers, so that the second time each fact can be tied to its ends and
a party that is missing is noticed. All cores read; what is of the whole (ids that come again, documents) is put together here.
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
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np

from graph_models.errors import AlreadyExists, FieldError, InvalidInput, TooLarge
from graph_models.records import documents_named
from graph_models.time import Period, now_text
from graph_models.vocabulary import Terms, Vocabulary
from service.checks import Numbered
from service.ingest.first_load_lines import DRAFT, OfType, Seen, Setup, begin, parties_drafted, records_added
from service.ingest.load import refused
from service.ingest.record_lines import RecordLines
from service.ingest.sources import FileOfSet
from service.jobs import Progress, no_progress
from service.stores.neo4j_files import FIELD, ITEM, SOME, Part, command_line, keep_revision, property_cells, rows_of
from service.stores.neo4j_rows import spelt_out
from service.stores.store import Change, Compared, NewRow, Plan, Revision, Row, Store, Writing
from service.writes import batch_refused, parse_ndjson, write_batch

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
        self.processes = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self.free = multiprocessing.get_context("fork").Value("q", 0)
        self.errors: list[FieldError] = []
        self.terms: list[Terms] = []
        self.numbers: dict[str, str] = {}
        self.by_type: Counter[str] = Counter()
        self.created = 0
        self.again: list[int] = []
        """Where ids are that come more than once, the first time too, and so need a look."""

    def run(self) -> Loadable:
        self._parties()
        seen = list(self._each(records_added, ((places, lines) for places, lines in self._lines("reading facts"))))
        self.errors += [fault for part in seen for fault in part.errors]
        self._check_documents(seen)
        for name in sorted({name for part in seen for name in part.records}):
            self._check_ids(name, [part.records[name] for part in seen if name in part.records])
        slices = self._several()
        if self.errors:
            raise batch_refused(self.errors)
        self._finish_parties(slices, {label for part in seen for label in part.labels})
        return self._kept()

    def _lines(self, stage: str) -> Iterator[tuple[Sequence[int], list[bytes]]]:
        return self.source.lines(lambda position: self.progress(min(position, self.source.size), self.source.size, stage))

    def _each(self, work: Callable[..., T], blocks: Iterable[tuple[Any, ...]]) -> Iterator[T]:
        """The results of some work on each block, on all cores, in the order of the blocks."""
        gc.freeze()  # what a new process shares is not copied because somebody looks through it
        setup = Setup(self.directory, self.vocabulary, self.numbers, self.free)
        with ProcessPoolExecutor(self.processes, multiprocessing.get_context("fork"), begin, (setup,)) as pool:
            waiting: deque[Future[T]] = deque()
            for block in blocks:
                waiting.append(pool.submit(work, *block))
                if len(waiting) > WAITING * self.processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        gc.unfreeze()

    def _parties(self) -> None:
        """Drafts of all parties, and the numbers of their nodes."""
        first: dict[str, int] = {}
        for drafted, errors in self._each(parties_drafted, self._lines_of_parties()):
            self.errors += errors
            self.by_type["party"] += len(drafted)
            for party, place in drafted:
                if first.setdefault(party, place) != place:
                    self.again.append(place)
        again = set(self.again)
        repeated = [] if not again else [record.id for _, record in self._at(again)]
        self.again += {first[party] for party in repeated}
        self.numbers = {party: str(number) for number, party in enumerate(first)}
        self.free.value = self.created = len(first)

    def _lines_of_parties(self) -> Iterator[tuple[list[int], list[bytes], tuple[Terms, ...]]]:
        """The lines that may be of parties. What of the workspace's own terms comes before them holds for them."""
        for places, lines in self._lines("reading parties"):
            for at in (at for at, line in enumerate(lines) if b'"vocabulary"' in line):
                for _, terms in parse_ndjson([lines[at]]).terms:
                    self._extend(places[at], terms)
            if chosen := [at for at, line in enumerate(lines) if b'"party"' in line]:
                yield [places[at] for at in chosen], [lines[at] for at in chosen], tuple(self.terms)

    def _extend(self, place: int, terms: Terms) -> None:
        try:
            self.vocabulary = self.vocabulary.extended(terms)
            self.terms.append(terms)
        except InvalidInput as error:
            self.errors += [fault.at(place) for fault in error.errors]

    def _at(self, wanted: Collection[int]) -> list[Numbered]:
        """The records at some places."""
        found: list[Numbered] = []
        for places, lines in self._lines("reading again"):
            chosen = [at for at, place in enumerate(places) if place in wanted]
            found += [(places[chosen[at]], record) for at, record in parse_ndjson([lines[at] for at in chosen], 0).records]
        return found

    def _check_documents(self, seen: Sequence[Seen]) -> None:
        there = {document for part in seen for document in part.documents}
        named: dict[str, int] = {}
        for part in seen:
            for document, place in part.named.items():
                named.setdefault(document, place)
        self.errors += [FieldError("dangling", f"there is no document {name!r}", "evidence", place) for name, place in named.items() if name not in there]

    def _check_ids(self, type_name: str, seen: Sequence[OfType]) -> None:
        """Ids that come again: in a batch events may not, and of a state only for other periods, roles with stages that may follow each other."""
        ids, places, starts, ends = (np.concatenate([part[column] for part in seen]) for column in range(4))
        self.by_type[type_name] = len(ids)
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
            write_batch(cast(Store, store), self.vocabulary, numbered, coming={"party": self.numbers, "document": documents})
        except (InvalidInput, TooLarge) as error:
            self.errors += error.errors
        return () if store.change is None else [row for row in spelt_out(store.change).insert if row.type == "party"]

    def _finish_parties(self, slices: Sequence[NewRow], labels: Iterable[tuple[str, str]]) -> None:
        """Give the drafts of parties their numbers and labels; parties with several slices come in the place of theirs."""
        labels_of: defaultdict[str, list[str]] = defaultdict(list)
        for party, label in sorted(labels):
            labels_of[party].append(label)
        several = {row.id for row in slices}
        drafts = rows_of(self.directory, DRAFT)
        while some := list(islice(drafts, SOME)):
            named = [(row.split(FIELD, 1)[0], row) for row in some]
            self.part.put("party", [self._party(party, row, labels_of) for party, row in named if party not in several])
        for path in self.directory.glob(f"{DRAFT}.*"):
            path.unlink()
        self._slices(slices, labels_of)

    def _party(self, party: str, row: str, labels_of: Mapping[str, Sequence[str]]) -> str:
        return FIELD.join((self.numbers[party], row, ITEM.join(("Party", *labels_of.get(party, ())))))

    def _take(self, count: int) -> range:
        return Setup(self.directory, self.vocabulary, self.numbers, self.free).take(count)

    def _slices(self, slices: Sequence[NewRow], labels_of: Mapping[str, Sequence[str]]) -> None:
        """A party reads as its newest slice; the others hang on it."""
        if not slices:
            return
        ordered = sorted(slices, key=lambda row: (row.id, row.period.start))
        newest = [row for row, after in zip(ordered, [*ordered[1:], None], strict=True) if after is None or after.id != row.id]
        others = [row for row in ordered if row not in newest]
        drafts = map(FIELD.join, zip(*property_cells("party", newest), strict=False))
        self.part.put("party", [self._party(row.id, draft, labels_of) for row, draft in zip(newest, drafts, strict=True)])
        own = list(map(str, self._take(len(others))))
        self.part.add("party_slice", [own, *property_cells("party", others)])
        self.part.add("slice_of", [own, [self.numbers[row.id] for row in others]])

    def _kept(self) -> Loadable:
        """The service's own nodes, and the command line."""
        records = self.by_type.total()
        counts = {"created": self.created, "updated": records - self.created, "unchanged": 0, "rejected": 0}
        revision = Revision(1, now_text(), self.who, None, None, counts, secrets.token_hex(8), None)
        keep_revision(self.part, revision, self._take)
        command_line(self.directory)
        return Loadable(records, dict(sorted(self.by_type.items())), counts, str(revision.import_id), tuple(self.terms))


def _place(numbered: Numbered) -> int:
    return numbered[0]
