"""Takes an import back: what it changed reads again as it did before, by an ordinary write, and nothing is forgotten.

What later writes built on is listed. Asked for nothing else, the rollback then refuses; else it keeps what was touched later, or takes it along.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Literal, NamedTuple

import msgspec

from graph_models.decoding import decode_request
from graph_models.errors import BuiltOn, Conflict, NotFound
from graph_models.records.dates import ALL_TIME
from graph_models.records.json_codec import decode_record
from graph_models.records.record_types import BY_NAME, RECORD_TYPES, documents_named, parties_named
from graph_models.records.timeline import retract
from service.facts.batch_writing import MAX_BATCH_RECORDS, Working
from service.facts.reading import every_revision
from service.jobs.job import Progress
from service.stores.interface.store import At, Believed, Change, NewRow, Row, Store, Writing
from service.workspaces.context import Service

ORDER = ("assessment", "touchpoint", "value_flow", "relationship", "role", "party", "exchange_rate", "document")
"""What refers comes before what is referred to: no fact is without its parties, not even half-way."""
SHOWN = 1_000
_PAGE = 1_000
_NEEDED = ("party", "document")


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a request: what becomes of that on which later writes built, and whether anything is done at all."""

    later: Literal["refuse", "keep", "take_along"] = "refuse"
    dry_run: bool = False


class Step(NamedTuple):
    """One id that goes back: what is believed of it now, and the rows that were believed before the import."""

    type: str
    id: str
    now: tuple[Row, ...]
    before: tuple[Row, ...]


class Later(NamedTuple):
    """A later write that built on the import: it changed the record, or made a fact that needs it."""

    type: str
    id: str
    revision: int
    why: Literal["changed", "needs"]
    needs: str | None = None


class Found(NamedTuple):
    """What taking an import back means."""

    steps: list[Step]
    later: list[Later]


def check(fields: Any) -> Asked:
    """``InvalidInput`` with the field of what is wrong with a request."""
    return decode_request(fields or {}, Asked)


def check_import(service: Service, workspace_id: str, import_id: str) -> dict[str, Any]:
    """What is known of an import; ``NotFound``, and ``Conflict`` for one that was taken back already. One that was cut off is known by its revisions."""
    try:
        about = service.catalog.thing(workspace_id, "import", import_id)
    except NotFound:
        if not any(revision.import_id == import_id for revision in every_revision(service.store(workspace_id))):
            raise
        about = {"import_id": import_id}
    if about.get("state") == "rolled_back":
        raise Conflict(f"The import {import_id!r} was taken back already", revision=about["rolled_back_by"])
    return about


def run_job(service: Service, workspace_id: str, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The job ``rollback``. Arguments: ``import_id``, ``who``, and the request. One that was cut off goes on where it was."""
    import_id = arguments["import_id"]
    asked = check({name: arguments[name] for name in ("later", "dry_run") if name in arguments})
    about = check_import(service, workspace_id, import_id)
    store = service.store(workspace_id)
    progress(0, None, "looking")
    plan = _Plan(store, import_id)
    found = plan.kept() if asked.later == "keep" else plan.found
    listed = [later._asdict() for later in plan.found.later]
    if listed and asked.later == "refuse" and not asked.dry_run:
        message = f"{len(listed)} later writes build on the import; say later=keep or later=take_along"
        raise BuiltOn(message, import_id=import_id, later=listed[:SHOWN], **_left_out(listed))
    result = {"import_id": import_id, "dry_run": asked.dry_run, "records": len(found.steps), "later": listed[:SHOWN], **_left_out(listed), "revision": None}
    if asked.dry_run:
        return result | {"preview": [_shown(step) for step in found.steps[:100]]}
    service.catalog.put_thing(workspace_id, "import", import_id, about | {"state": "rolling_back"})
    writing = Writing(who=arguments.get("who"), import_id=_own(import_id))
    for done, part in _parts(found.steps):
        progress(done, len(found.steps), "taking back")
        revision = store.write(lambda believed, part=part: _change(believed, part), writing)  # type: ignore[misc]
        result["revision"] = result["revision"] if revision is None else revision.number
    service.catalog.put_thing(workspace_id, "import", import_id, about | {"state": "rolled_back", "rolled_back_by": result["revision"]})
    return result


def _own(import_id: str) -> str:
    """The mark of the revisions that take an import back."""
    return f"rollback:{import_id}"


def _left_out(listed: Sequence[Any]) -> dict[str, Any]:
    if len(listed) <= SHOWN:
        return {}
    return {"truncated": {"shown": SHOWN, "left_out": len(listed) - SHOWN, "why": f"at most {SHOWN} later writes are shown"}}


# -- what the import changed


class _Plan:
    """The difference between what was believed before an import and what is believed now, as far as the import made it."""

    def __init__(self, store: Store, import_id: str) -> None:
        self.store = store
        own = {revision.number: revision.import_id for revision in every_revision(store) if revision.import_id in (import_id, _own(import_id))}
        self.imported = {number for number, mark in own.items() if mark == import_id}
        self.back = own.keys() - self.imported
        if not self.imported:
            raise NotFound(f"No revision of this workspace is of the import {import_id!r}")
        self.before, self.head = At(None, min(self.imported) - 1), At(None, store.head())
        self.made: dict[str, set[str]] = {name: set() for name in _NEEDED}
        self.found = Found([], [])
        for type_name in reversed(ORDER):
            for record_id, before, now in self._pairs(type_name):
                self._take(type_name, record_id, before, now)
        self.found.steps.reverse()

    def _take(self, type_name: str, record_id: str, before: tuple[Row, ...], now: tuple[Row, ...]) -> None:
        ours = self.imported | self.back
        if _same(before, now):
            return
        if before or len(now) != 1 or now[0].version != 1 or now[0].revision not in self.imported:
            rows = self.store.history(type_name, record_id, self.head)
            touching = {row.revision for row in rows} | {row.superseded for row in rows if row.superseded is not None}
            if touching.isdisjoint(self.imported):
                self._need(type_name, record_id, now)
                return
            after = {number for number in touching if number > self.before.revision and number not in ours}
            if after:
                self.found.later.append(Later(type_name, record_id, max(after), "changed"))
        if not before and type_name in self.made:
            self.made[type_name].add(record_id)
        self.found.steps.append(Step(type_name, record_id, now, before))

    def _need(self, type_name: str, record_id: str, now: tuple[Row, ...]) -> None:
        """A fact of somebody else's: does it need what the import made?"""
        for row in now:
            if (needed := self._needed(row)) is not None:
                self.found.later.append(Later(type_name, record_id, row.revision, "needs", needed))
                self.found.steps.append(Step(type_name, record_id, now, ()))
                return

    def _needed(self, row: Row) -> str | None:
        if row.body is None or not BY_NAME[row.type].is_fact:
            return None
        record = decode_record(row.body)
        parties = (f"party {name}" for _, name in parties_named(record) if name in self.made["party"])
        documents = (f"document {name}" for name in documents_named(record) if name in self.made["document"])
        return next(parties, None) or next(documents, None)

    def kept(self) -> Found:
        """The plan without what later writes touched, and without the parties and documents that it needs."""
        touched = {(later.type, later.id) for later in self.found.later}
        stays = [step for step in self.found.steps if (step.type, step.id) in touched]
        needed: set[tuple[str, str]] = set()
        for row in (row for step in stays for row in step.now if row.body is not None and BY_NAME[row.type].is_fact):
            record = decode_record(row.body or b"")
            needed |= {("party", name) for _, name in parties_named(record)} | {("document", name) for name in documents_named(record)}
        return Found([step for step in self.found.steps if (step.type, step.id) not in touched | needed], self.found.later)

    def _pairs(self, type_name: str) -> Iterator[tuple[str, tuple[Row, ...], tuple[Row, ...]]]:
        """Every id with what was believed of it before the import, and what is believed now."""
        earlier, later = _ids(self.store, type_name, self.before), _ids(self.store, type_name, self.head)
        first, second = next(earlier, None), next(later, None)
        while first is not None or second is not None:
            if second is None or (first is not None and first[0] < second[0]):
                assert first is not None
                yield first[0], first[1], ()
                first = next(earlier, None)
            elif first is None or second[0] < first[0]:
                yield second[0], (), second[1]
                second = next(later, None)
            else:
                yield first[0], first[1], second[1]
                first, second = next(earlier, None), next(later, None)


def _ids(store: Store, type_name: str, at: At) -> Iterator[tuple[str, tuple[Row, ...]]]:
    def rows() -> Iterator[Row]:
        after: str | None = None
        while True:
            found = store.find(type_name, {}, at, after, _PAGE)
            yield from found.rows
            after = found.following
            if after is None:
                return

    return ((record_id, tuple(row for row in group if row.body is not None)) for record_id, group in groupby(rows(), lambda row: row.id))


def _same(before: Sequence[Row], now: Sequence[Row]) -> bool:
    return {(row.period, row.body) for row in before} == {(row.period, row.body) for row in now}


# -- the write


def _parts(steps: Sequence[Step]) -> Iterable[tuple[int, Sequence[Step]]]:
    """Steps that are written together: all of one type in one transaction where they fit."""
    return ((start, steps[start : start + MAX_BATCH_RECORDS]) for start in range(0, len(steps), MAX_BATCH_RECORDS))


def _change(believed: Believed, steps: Sequence[Step]) -> Change | None:
    supersede: list[Row] = []
    insert: list[NewRow] = []
    for kind in RECORD_TYPES:
        wanted = {step.id: step for step in steps if step.type == kind.name}
        live = believed.live(kind.name, list(wanted)) if wanted else {}
        for record_id, step in wanted.items():
            rows = live.get(record_id, ())
            if not _same([row for row in rows if row.body is not None], step.now):
                raise BuiltOn(f"{kind.name} {record_id!r} was changed while the import was taken back; ask again", later=[])
            _restore(step, rows, supersede, insert, is_state=kind.is_state)
    return Change(supersede, insert, {"taken_back": len(steps)}) if supersede or insert else None


def _restore(step: Step, rows: Sequence[Row], supersede: list[Row], insert: list[NewRow], *, is_state: bool) -> None:
    working = Working(rows)
    if not step.before:
        working.apply(retract(working.decoded(), ALL_TIME, is_state=is_state))
        supersede += working.supersede
        insert += working.inserted(step.type, step.id)
        return
    wanted = {(row.period, row.body): row for row in step.before}
    supersede += [row for row in rows if (row.period, row.body) not in wanted]
    there = {(row.period, row.body) for row in rows}
    insert += [NewRow(step.type, step.id, row.period, decode_record(row.body or b""), working.version) for key, row in wanted.items() if key not in there]


def _shown(step: Step) -> dict[str, Any]:
    now, before = ([msgspec.json.decode(row.body) for row in rows if row.body is not None] for rows in (step.now, step.before))
    return {"op": "restore" if before else "delete", "type": step.type, "id": step.id, "now": now, "before": before}
