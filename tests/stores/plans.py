"""Plans for tests of stores: state these records and take those periods away, as ``slices.py`` says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from graph_models.records.json_codec import record_of
from graph_models.records.record_types import BY_CLASS, BY_NAME, Record, finished
from graph_models.records.timeline import restate, retract
from service.facts.batch_writing import Working
from service.stores.interface.store import UNSIGNED, Believed, Change, NewRow, Plan, Revision, Row, Store, Writing
from tests.stores.naive_store import Retraction


def plan_of(operations: Iterable[Record | Retraction], answer: bytes | None = None) -> Plan:
    """All of them as one revision; nothing where none of them says anything new."""
    wanted = [operation if isinstance(operation, Retraction) else finished(operation) for operation in operations]

    ids: defaultdict[str, list[str]] = defaultdict(list)
    for operation in wanted:
        ids[_type_of(operation)].append(operation.id)

    def plan(believed: Believed) -> Change | None:
        live = {name: believed.live(name, of_type) for name, of_type in ids.items()}
        working: dict[tuple[str, str], Working] = {}
        for operation in wanted:
            name = _type_of(operation)
            of_id = working.get((name, operation.id)) or Working(live[name].get(operation.id, ()))
            working[name, operation.id] = of_id
            if isinstance(operation, Retraction):
                of_id.apply(retract(of_id.decoded(), operation.period, is_state=BY_NAME[name].is_state))
            else:
                of_id.apply(restate(of_id.decoded(), operation))
        supersede: list[Row] = [row for of_id in working.values() for row in of_id.supersede]
        insert: list[NewRow] = [row for (name, record_id), of_id in working.items() for row in of_id.inserted(name, record_id)]
        return Change(supersede, insert, {"written": len(insert)}, None if answer is None else lambda number: answer + b" %d" % number) if insert else None

    return plan


def _type_of(operation: Record | Retraction) -> str:
    return operation.type if isinstance(operation, Retraction) else BY_CLASS[type(operation)].name


def state(store: Store, *records: dict[str, object] | Record | Retraction, writing: Writing = UNSIGNED) -> Revision | None:
    """Write records, given as in a batch."""
    return store.write(plan_of(record_of(record) if isinstance(record, dict) else record for record in records), writing)
