"""Random writing, correcting, ending and taking away, compared with a naive list of statements at random instants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from graph_models.ecosystem.column_schema import FAMILIES
from graph_models.errors import InUse, NotFound
from graph_models.records.dates import ALL_TIME, FIRST_DAY, OPEN, Period, day_text
from graph_models.records.json_codec import record_of
from graph_models.records.record_types import RECORD_TYPES, Record, documents_named, parties_named
from graph_models.records.vocabulary import BUILT_IN
from service.facts import record_editing as edits
from service.facts.batch_writing import write_batch
from service.stores.interface.store import NOW, UNSIGNED, At, Store
from tests.stores.naive_store import NaiveStore, Retraction, Seen, seen
from tests.stores.plans import plan_of

FIRST = 739_300
DAYS = range(FIRST, FIRST + 10)
PARTIES = ("p", "q/é'\"%", "\uffff", "😀")
DOCUMENTS = ("d", "d2")
NAMES = ("Huadong 华东家电", "Müller & Söhne", "家", "ROBERT'); DROP TABLE record;--")
IDS: dict[str, tuple[str, ...]] = {
    "party": PARTIES, "document": DOCUMENTS, "exchange_rate": (),
    **{kind.name: (f"{kind.name} 1", f"{kind.name}/二") for kind in RECORD_TYPES if kind.is_fact},
}  # fmt: skip

days = st.sampled_from(DAYS)
maybe_day_text = st.none() | days.map(day_text)


@st.composite
def bounds(draw: st.DrawFn) -> dict[str, str]:
    start, end = draw(maybe_day_text), draw(maybe_day_text)
    if start and end and end < start:
        start, end = end, start
    return {name: text for name, text in (("valid_from", start), ("valid_to", end)) if text}


@st.composite
def periods(draw: st.DrawFn) -> Period:
    if draw(st.integers(0, 3)) == 0:
        return ALL_TIME
    first, last = sorted((draw(days), draw(days)))
    return Period(draw(st.sampled_from([first, FIRST_DAY])), draw(st.sampled_from([last + 1, OPEN])))


def _fields(**strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(strategies).map(lambda fields: {name: value for name, value in fields.items() if value is not None})


def _either(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


_FACT = {
    "evidence": _either(None, None, [{"document_id": "d"}], [{"document_id": "d2"}, {"document_id": "d"}, {"document_id": "d2", "locator": "3"}]),
    "confidence": _either(None, 0.5), "status": _either(None, "inferred"),
}  # fmt: skip
_ENDS = {"source": _either(*PARTIES), "target": _either(*PARTIES)}
_OWN: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "party": {
        "name": _either(*NAMES), "kind": _either("organization", "person"), "region": _either(None, "华东"), "market_tier": _either(None, 1),
        "industry": _either(None, {"scheme": "isic", "code": "C1"}), "identifiers": _either(None, {"vat": "CN-77"}),
    },
    "role": {**_ENDS, "role": _either("customer", "supplier"), "tier": _either(None, "key"), "purpose": _either(None, "resale"),
             "product": _either(None, "fridge"), **_FACT},
    "relationship": {**_ENDS, "kind": _either("owns", "knows"), "share": _either(None, 0.25), "interest": _either(None, "voting"),
                     "strength": _either(None, 1.0), **_FACT},
    "value_flow": {**_ENDS, "kind": _either("money", "goods"), "amount": _either(None, "10.50", "123456789012345678901234.000000000001"),
                   "product": _either(None, "fridge"), "utility": _either(None, 0.1), "importance": _either(None, 3), **_FACT},
    "touchpoint": {**_ENDS, "kind": _either("visit", "order"), "occurred_at": days.map(day_text), "sentiment": _either(None, -0.5),
                   "product": _either(None, "fridge"), **_FACT},
    "assessment": {"source": _either(None, *PARTIES), "target": _either(*PARTIES), "scheme": _either("salience", "own"),
                   "values": _either({"power": 0.5}, {"power": 1.0}), **_FACT},
    "document": {"title": _either("Report", "报告"), "reliability": _either(None, "A")},
    "exchange_rate": {"currency": _either("EUR", "USD"), "base_currency": _either("CNY"), "rate": _either(7.5, 7.8), "valid_from": days.map(day_text)},
}  # fmt: skip


def _is_allowed(record: Record) -> bool:
    ends = dict(parties_named(record))
    return not (record.__class__.__name__ in ("Role", "Relationship") and ends["source"] == ends["target"])


def _records_of(type_name: str) -> st.SearchStrategy[Record]:
    own = dict(_OWN[type_name])
    if ids := IDS[type_name]:
        own["id"] = _either(*ids)
    dated = st.just({}) if type_name in ("touchpoint", "exchange_rate", "document") else bounds()
    return st.builds(lambda fields, period: record_of({"type": type_name, **fields, **period}), _fields(**own), dated).filter(_is_allowed)


records = st.one_of([_records_of(kind.name) for kind in RECORD_TYPES])
known_ids = st.sampled_from([(name, record_id) for name, ids in IDS.items() for record_id in ids])
moments = st.sampled_from([*DAYS, *DAYS, None, None, FIRST_DAY, OPEN, OPEN - 1])
role_filters = {"role": _either("customer", "supplier"), "tier": st.just("key"), "purpose": st.just("resale")}
party_filters = st.fixed_dictionaries({}, optional={
    "q": _either("华东", "家", "muller", "hua", "77", "drop table", "'", "no such"), "kind": _either("organization", "person"), "region": st.just("华东"),
    "market_tier": st.just("1"), "industry": _either("C1", "isic:C1", "nace:C1"), **role_filters,
})  # fmt: skip
fact_filters = st.fixed_dictionaries({}, optional={
    "source": _either(*PARTIES), "target": _either(*PARTIES), "party": _either(*PARTIES), "kind": _either("owns", "money", "customer", "salience"),
    "product": st.just("fridge"), **role_filters,
})  # fmt: skip


def without_clashes(found: list[Record]) -> list[Record]:
    """A batch holds no two records of one event id, nor of one state id for overlapping periods."""
    kept: list[Record] = []
    for record in found:
        rivals = [other for other in kept if type(other) is type(record) and (other.id or record.id) == record.id]
        if not any(record.period().overlaps(other.period()) or type(record).__name__ not in ("Party", "Role", "Relationship") for other in rivals):
            kept.append(record)
    return kept


class StoreMachine(RuleBasedStateMachine):
    """Writes go to a real store and to the naive one; every read must tell the same."""

    store: Store

    @initialize(first=st.lists(records, max_size=6), with_parties=st.integers(0, 5))
    def begin(self, first: list[Record], with_parties: int) -> None:
        self.store.clear()
        self.naive = NaiveStore()
        self.keys = 0
        if with_parties:
            parties = [record_of({"type": "party", "id": name, "name": NAMES[0], "kind": "person"}) for name in PARTIES]
            found = [*parties, *(record_of({"type": "document", "id": name}) for name in DOCUMENTS), *first]
            self.store.write(plan_of(found), UNSIGNED)
            self.naive.write(found)

    def _some_id(self, data: st.DataObject) -> tuple[str, str]:
        """Mostly one that is there."""
        there = sorted({(told.type, told.id) for told in self.naive.told if told.superseded is None and told.statement.record is not None})
        return data.draw(st.sampled_from(there) if there and data.draw(st.integers(0, 9)) else known_ids)

    def _same_head(self) -> None:
        assert self.store.head() == self.naive.revision

    @rule(found=st.lists(records | records | records | st.builds(lambda key, period: Retraction(*key, period), known_ids, periods()), min_size=2, max_size=8))
    def states_and_takes_away(self, found: list[Record | Retraction]) -> None:
        revision = self.store.write(plan_of(found), UNSIGNED)
        assert (revision is not None) == self.naive.write(found)
        self._same_head()

    @rule(found=st.lists(records, min_size=2, max_size=8).map(without_clashes))
    def writes_a_batch(self, found: list[Record]) -> None:
        there = {name: self.naive.present(name) | {record.id for record in found if type(record).__name__.lower() == name} for name in ("party", "document")}
        good = [
            record for record in found
            if {party for _, party in parties_named(record)} <= there["party"] and set(documents_named(record)) <= there["document"]
        ]  # fmt: skip
        outcome = write_batch(self.store, BUILT_IN, list(enumerate(found, 1)), on_error="skip")
        assert (outcome.accepted, outcome.rejected) == (len(good), len(found) - len(good))
        assert (outcome.created + outcome.updated > 0) == self.naive.write(good)
        self._same_head()

    @precondition(lambda self: self.naive.revision)
    @rule(data=st.data(), period=periods(), cascade=st.booleans())
    def takes_away_with_what_needs_it(self, data: st.DataObject, period: Period, cascade: bool) -> None:
        key = self._some_id(data)
        facts = self.naive.referring(*key, period) if key[0] in ("party", "document") else set()
        expected: type[Exception] | None = InUse if facts and not cascade else None
        if not NaiveStoreCopy(self.naive).would_write([Retraction(*key, period)]):
            expected = NotFound
        if expected is not None:
            with pytest.raises(expected):
                edits.delete(self.store, *key, period, UNSIGNED, cascade=cascade)
            return
        edits.delete(self.store, *key, period, UNSIGNED, cascade=cascade)
        assert self.naive.write([Retraction(*key, period), *(Retraction(*fact, period) for fact in sorted(facts))])
        self._same_head()

    @rule(found=st.lists(records, max_size=2))
    def writes_under_a_key_twice(self, found: list[Record]) -> None:
        self.keys += 1
        first = self.store.write(plan_of(found, b"answer"), edits_key(self.keys))
        again = self.store.write(plan_of(found, b"other"), edits_key(self.keys))
        assert first is not None
        assert first == again == self.store.revision_of_key(f"key {self.keys}")
        if not self.naive.write(found):
            self.naive.revision += 1
        self._same_head()

    @rule(day=moments, back=st.integers(0, 6) | st.just(NOW), filters=party_filters, of_facts=fact_filters, parties=st.sets(_either(*PARTIES), min_size=1),
          kinds=st.none() | st.sets(_either("money", "customer", "owns", "visit", "own"), min_size=1), limit=st.integers(1, 4))  # fmt: skip
    def reads_the_same(
        self, day: int | None, back: int, filters: dict[str, str], of_facts: dict[str, str], parties: set[str], kinds: set[str] | None, limit: int
    ) -> None:
        at = At(day, NOW if back == NOW else max(self.naive.revision - back, 0))
        for name, ids in IDS.items():
            wanted = ids or tuple({told.id for told in self.naive.told if told.type == name}) or ("none",)
            assert in_order(map(seen, self.store.get(name, wanted, at))) == self.naive.get(name, wanted, at)
            narrowed = filters if name == "party" else of_facts if name not in ("document", "exchange_rate") else {}
            expected = self.naive.find(name, narrowed, at)
            assert all_pages(self.store, name, narrowed, at, limit) == expected
            assert self.store.count(name, narrowed, at) == len(expected)
            for record_id in wanted[:1]:
                assert list(map(seen, self.store.history(name, record_id, at))) == self.naive.history(name, record_id, at)
        for most in (limit, 1000):
            assert list(map(seen, self.store.adjacent(sorted(parties), at, kinds, most))) == self.naive.adjacent(parties, at, kinds, most)
        columns, expected_columns = self.store.columns(at), self.naive.columns(at)
        for family in FAMILIES:
            assert columns[family].to_pylist() == expected_columns[family].to_pylist()
        assert columns.digest == expected_columns.digest


def edits_key(number: int) -> Any:
    return UNSIGNED._replace(key=f"key {number}", body_hash="hash", who="试 tester")


class NaiveStoreCopy(NaiveStore):
    """What a write would do, without doing it."""

    def __init__(self, original: NaiveStore) -> None:
        super().__init__()
        self.statements, self.told, self.revision = dict(original.statements), list(original.told), original.revision

    def would_write(self, operations: list[Record | Retraction]) -> bool:
        return self.write(operations)


def in_order(found: Any) -> list[Seen]:
    return sorted(found, key=lambda row: (row.id, row.period))


def all_pages(store: Store, name: str, filters: dict[str, str], at: At, limit: int) -> list[Seen]:
    found: list[Seen] = []
    after: str | None = None
    while True:
        page = store.find(name, filters, at, after, limit)
        assert len({row.id for row in page.rows}) <= limit
        found += map(seen, page.rows)
        after = page.following
        if after is None:
            return found


def test_a_store_tells_what_a_naive_list_of_statements_tells(store: Store, open_another: Callable[[], Store]) -> None:
    examples = 50 if store.answers_at_once else 8

    class Machine(StoreMachine):
        pass

    Machine.store = store
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Machine, settings=settings(max_examples=examples, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    )
