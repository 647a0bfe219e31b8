"""The ecosystem: from records, by places, and as a plain networkx graph."""

from __future__ import annotations

import pytest

from graph_models import Ecosystem, compute, to_networkx
from graph_models.ecosystem.columns import Columns
from graph_models.errors import InvalidInput
from graph_models.records.vocabulary import BUILT_IN, terms_of
from tests.graph_models.ecosystems import ecosystem_of, flow, paid, parties, related, role


def test_states_read_as_they_were_on_the_day() -> None:
    records = [
        *parties("f"),
        {"type": "party", "id": "a", "name": "A", "kind": "organization", "valid_to": "2024"},
        {"type": "party", "id": "a", "name": "A2", "kind": "group", "valid_from": "2025"},
    ]
    assert Ecosystem.from_records(records, "f", "2024-06-30").names == ["A", "f"]
    assert Ecosystem.from_records(records, "f", "2025-06-30").names == ["A2", "f"]


def test_a_fact_of_a_party_that_is_not_valid_is_left_out() -> None:
    records = [*parties("f", "b"), {"type": "party", "id": "a", "name": "A", "kind": "organization", "valid_to": "2024"}]
    ecosystem = Ecosystem.from_records([*records, role("a", "f", "customer"), role("b", "f", "customer")], "f", "2025-12-31")
    assert ecosystem.parties == ["b", "f"]
    assert [ecosystem.fact_id(ref) for ref in range(ecosystem.facts)] == ["b customer f"]


def test_facts_are_numbered_family_after_family() -> None:
    touchpoint = {"type": "touchpoint", "id": "t", "source": "a", "target": "f", "kind": "visit", "occurred_at": "2025-01-01"}
    assessment = {"type": "assessment", "id": "j", "target": "a", "scheme": "salience", "values": {"power": 1}, "valid_from": "2025"}
    ecosystem = ecosystem_of(assessment, touchpoint, flow("a", "f"), related("a", "f", "knows"), role("a", "f", "customer"))
    assert ecosystem.fact_ids(range(5)) == ["a customer f", "a knows f", "a>f:knowledge", "t", "j"]
    with pytest.raises(IndexError):
        ecosystem.fact_id(5)


def test_wrong_records_are_named_by_line_and_field() -> None:
    records = [*parties("f"), paid("f", "nobody", 1), {"type": "party", "id": "x", "name": "x", "kind": "banana"}, {"type": "banana"}, *parties("f")]
    with pytest.raises(InvalidInput) as caught:
        Ecosystem.from_records(records, "f", "2025-12-31")
    assert {(error.line, error.field, error.code) for error in caught.value.errors} == {
        (2, "source", "dangling"),
        (3, "kind", "unknown-value"),
        (4, "type", "unknown-type"),
        (5, "id", "overlap"),
    }


def test_the_order_of_records_changes_nothing() -> None:
    records = [*parties("f", "a", "b"), paid("f", "a", 3), paid("b", "f", 2), role("a", "f", "customer")]
    first, second = (Ecosystem.from_records(order, "f", "2025-12-31") for order in (records, records[::-1]))
    assert first.snapshot_id == second.snapshot_id
    assert compute(first, "reach").values == compute(second, "reach").values


def test_the_snapshot_id_tells_day_focal_party_and_vocabulary_apart() -> None:
    records = [*parties("f", "a"), paid("f", "a", 3)]
    own = BUILT_IN.extended(terms_of({"roles": [{"id": "banana", "label": {"en": "Banana", "zh": "香蕉"}}]}))
    ids = {
        Ecosystem.from_records(records, "f", "2025-12-31").snapshot_id,
        Ecosystem.from_records(records, "a", "2025-12-31").snapshot_id,
        Ecosystem.from_records(records, "f", "2025-12-30").snapshot_id,
        Ecosystem.from_records(records, "f", "2025-12-31", "EUR").snapshot_id,
        Ecosystem.from_records(records, "f", "2025-12-31", vocabulary=own).snapshot_id,
    }
    assert len(ids) == 5


def test_the_same_columns_make_the_same_ecosystem() -> None:
    ecosystem = ecosystem_of(paid("f", "a", 3))
    again = Ecosystem.from_columns(Columns(ecosystem.columns.tables), "f", "2025-12-31")
    assert again.snapshot_id == ecosystem.snapshot_id
    assert again.as_of_text == "2025-12-31"


def test_the_plain_networkx_graph_holds_every_fact() -> None:
    ecosystem = ecosystem_of(*parties("f"), paid("f", "a", 3), paid("f", "b", 4, product="p"), role("a", "f", "customer"), related("a", "b", "owns", share=0.5))
    graph = to_networkx(ecosystem)
    assert set(graph) == {"a", "b", "f"}
    assert graph.nodes["a"]["kind"] == "organization"
    assert graph.edges["b", "f", ("value_flow", "f>b")]["amount"] == 4
    assert graph.edges["b", "f", ("value_flow", "f>b")]["product"] == "p"
    assert graph.edges["a", "f", ("role", "a customer f")]["kind"] == "customer"
    assert graph.edges["a", "b", ("relationship", "a owns b")]["share"] == 0.5


def test_leaving_facts_out_keeps_the_parties_and_the_original() -> None:
    ecosystem = ecosystem_of(paid("f", "a", 3), paid("b", "f", 4))
    smaller = ecosystem.without(["f>a"])
    assert (smaller.parties, smaller.facts, smaller.origin) == (ecosystem.parties, 1, ecosystem)
    assert ecosystem.facts == 2


def test_an_empty_ecosystem_answers_that_there_is_no_focal_party() -> None:
    ecosystem = Ecosystem.from_records([], "f", "2025-12-31")
    for metric in ("wso", "influence", "value_flow", "reach"):
        assert compute(ecosystem, metric).values == {}
    lonely = Ecosystem.from_records(parties("a"), "f", "2025-12-31")
    assert compute(lonely, "influence").reasons == {"a": "no-focal-party"}


def test_amounts_may_be_floats_that_were_computed() -> None:
    ecosystem = ecosystem_of(paid("f", "a", 0.1 + 0.2), paid("f", "b", 1e20))
    assert ecosystem.families["value_flows"].number("amount").tolist() == [0.3, 1e20]
    with pytest.raises(InvalidInput):
        ecosystem_of(paid("f", "a", float("nan")))
