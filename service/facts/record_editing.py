"""One record at a time: put, patch and delete, guarded by the version that the caller saw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from graph_models.errors import FieldError, InUse, InvalidInput, NotFound, StageNotAllowed, VersionConflict
from graph_models.records.closed_lists import identified
from graph_models.records.dates import ALL_TIME, Period, span
from graph_models.records.json_codec import SERVICE_FIELDS, record_of
from graph_models.records.record_types import BY_CLASS, BY_NAME, Record, documents_named, finished, parties_named
from graph_models.records.timeline import Slice, restate, retract
from graph_models.records.validation import faults
from graph_models.records.vocabulary import Vocabulary
from service.facts.batch_writing import Working, stage_faults
from service.stores.interface.store import Believed, Change, NewRow, Row, Store, Writing


class Written(NamedTuple):
    """Which record was written, whether it is new, for which period it now reads so, and in which revision."""

    type: str
    id: str
    created: bool
    day: int
    revision: int


class Guard(NamedTuple):
    """The versions that ``If-Match`` allows; ``None`` allows every one, ``*`` any that is there."""

    versions: tuple[str, ...] | None = None

    def check(self, current: int) -> None:
        if self.versions is None or ("*" in self.versions and current) or str(current) in self.versions:
            return
        raise VersionConflict("The record was changed since you read it", current=current, sent=", ".join(self.versions))


FREE = Guard()


def put(store: Store, vocabulary: Vocabulary, record: Record, writing: Writing, guard: Guard = FREE) -> Written:
    """State a record for its period (an event: whole). Raises ``InvalidInput``, ``StageNotAllowed``, ``VersionConflict``."""
    record = checked(vocabulary, record)

    def change(working: Working, believed: Believed) -> Record:
        working.apply(restate(working.decoded(), record))
        return record

    return _edit(store, vocabulary, BY_CLASS[type(record)].name, record.id, change, writing, guard)


def patch(
    store: Store, vocabulary: Vocabulary, type_name: str, record_id: str, fields: dict[str, Any], as_of: int, writing: Writing, guard: Guard = FREE
) -> Written:
    """Merge fields into what is said (RFC 7396): without ``valid_from`` into the slice of ``as_of``, else from that day on."""
    if fields.get("id", record_id) != record_id or fields.get("type", type_name) != type_name:
        raise InvalidInput.of("read-only", "id and type of a record do not change", "id")
    changes = {name: value for name, value in fields.items() if name not in SERVICE_FIELDS}

    def change(working: Working, believed: Believed) -> Record:
        old = _slice_to_patch(working.decoded(), changes, as_of, type_name, record_id)
        record = checked(vocabulary, _merged(old, changes, type_name))
        if changes.get("valid_from") is None and BY_NAME[type_name].is_state and record.period() != old.period:
            working.apply(retract(working.decoded(), old.period, is_state=True))
        working.apply(restate(working.decoded(), record))
        return record

    return _edit(store, vocabulary, type_name, record_id, change, writing, guard)


def delete(store: Store, type_name: str, record_id: str, period: Period, writing: Writing, *, cascade: bool = False, guard: Guard = FREE) -> int:
    """Take a record away for a period; the revision. With ``cascade`` the facts that need it go with it, else ``InUse``."""

    def plan(believed: Believed) -> Change | None:
        working = Working(believed.live(type_name, [record_id]).get(record_id, ()))
        if working.was_there:
            guard.check(working.version - 1)
        is_state = BY_NAME[type_name].is_state
        taken = retract(working.decoded(), period, is_state=is_state)
        if taken.changes_nothing:
            raise NotFound(f"There is no {type_name} {record_id!r}" + ("" if period == ALL_TIME else " in that period"))
        working.apply(taken)
        facts = believed.referring(type_name, record_id, period) if type_name in ("party", "document") else ()
        if facts and not cascade:
            raise InUse(f"{len(facts)} facts need {type_name} {record_id!r}; cascade=true takes them away too", count=len(facts))
        supersede, insert = list(working.supersede), working.inserted(type_name, record_id)
        _take_along(believed, facts, period, supersede, insert)
        return Change(supersede, insert, {"deleted": 1 + len({(row.type, row.id) for row in facts})})

    revision = store.write(plan, writing)
    assert revision is not None
    return revision.number


def checked(vocabulary: Vocabulary, record: Record) -> Record:
    """The record if it is valid by itself, with ids where it has labels of the vocabulary."""
    record = identified(record, vocabulary)
    if found := faults(record, vocabulary):
        raise InvalidInput("The record is not valid", errors=found)
    return finished(record)


def _take_along(believed: Believed, facts: Sequence[Row], period: Period, supersede: list[Row], insert: list[NewRow]) -> None:
    names: dict[str, list[str]] = {}
    for row in facts:
        names.setdefault(row.type, []).append(row.id)
    for type_name, ids in names.items():
        for record_id, rows in believed.live(type_name, list(dict.fromkeys(ids))).items():
            working = Working(rows)
            working.apply(retract(working.decoded(), period, is_state=BY_NAME[type_name].is_state))
            supersede += working.supersede
            insert += working.inserted(type_name, record_id)


def _edit(
    store: Store, vocabulary: Vocabulary, type_name: str, record_id: str, change: Callable[[Working, Believed], Record], writing: Writing, guard: Guard
) -> Written:
    result: list[tuple[bool, int]] = []

    def plan(believed: Believed) -> Change | None:
        working = Working(before := believed.live(type_name, [record_id]).get(record_id, ()))
        guard.check(working.version - 1)
        record = change(working, believed)
        _must_exist(believed, record)
        if refused := stage_faults(vocabulary, before, working, [(0, record)]):
            raise StageNotAllowed(refused[0].message, errors=[refused[0]._replace(line=None)])
        created, day = not working.was_there, record.period().start
        result[:] = [(created, day)]
        insert = working.inserted(type_name, record_id)
        if not insert and writing.key is None:
            return None
        counts = {"created": int(created), "updated": int(bool(insert) and not created), "unchanged": int(not insert)}
        return Change(working.supersede, insert, counts, lambda number: msgspec.json.encode({"created": created, "day": day}))

    revision = store.write(plan, writing)
    if revision is None:
        return Written(type_name, record_id, *result[0], store.head())
    remembered = msgspec.json.decode(revision.answer or b"{}")
    return Written(type_name, record_id, remembered["created"], remembered["day"], revision.number)


def _must_exist(believed: Believed, record: Record) -> None:
    errors = [FieldError("dangling", f"there is no party {party!r}", field) for field, party in parties_named(record) if not believed.present("party", [party])]
    errors += [
        FieldError("dangling", f"there is no document {document!r}", "evidence")
        for document in documents_named(record)
        if not believed.present("document", [document])
    ]
    if errors:
        raise InvalidInput("The record names what is not there", errors=errors)


def _slice_to_patch(slices: Sequence[Slice], changes: dict[str, Any], as_of: int, type_name: str, record_id: str) -> Slice:
    there = [part for part in slices if part.record is not None]
    if not there:
        raise NotFound(f"There is no {type_name} {record_id!r}")
    if not BY_NAME[type_name].is_state:
        return there[0]
    day = as_of
    if isinstance(start := changes.get("valid_from"), str):
        day = checked_day(start)
    found = next((part for part in there if day in part.period), None)
    if found is None and start is not None:
        found = next((part for part in there if as_of in part.period), max(there, key=lambda part: part.period))
    if found is None:
        raise NotFound(f"There is no {type_name} {record_id!r} on that day")
    return found


def checked_day(text: str) -> int:
    """The first day of a partial date of a request."""
    try:
        return span(text).start
    except ValueError as error:
        raise InvalidInput.of("bad-date", str(error), "valid_from") from None


def _merged(old: Slice, changes: dict[str, Any], type_name: str) -> Record:
    assert old.record is not None
    fields = msgspec.to_builtins(old.record, builtin_types=())
    if isinstance(changes.get("valid_from"), str) and "valid_to" not in changes and checked_day(changes["valid_from"]) >= old.period.end:
        fields.pop("valid_to", None)
    return record_of(merge_patch(fields, changes), type_name)


def merge_patch(target: Any, changes: Any) -> Any:
    """RFC 7396: objects are merged, null takes a member away, all else replaces."""
    if not isinstance(changes, dict):
        return changes
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in changes.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged
