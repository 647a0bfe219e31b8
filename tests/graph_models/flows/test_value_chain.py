"""Z, outputs and inverses, against dense linear algebra and by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import parameters_of
from graph_models.flows.deliveries import deliveries_of
from graph_models.flows.passages import passages
from graph_models.flows.value_chain import ValueChain, value_chain_of
from tests.graph_models.ecosystems import Record, ecosystem_of, edges, flow, paid, role, worked_chain


def chain_of(*records: Record, focal: str = "f", **parameters: Any) -> tuple[Ecosystem, ValueChain]:
    ecosystem = ecosystem_of(*records, focal=focal)
    return ecosystem, value_chain_of(ecosystem, parameters_of(parameters))


def by_party(ecosystem: Ecosystem, values: Any) -> dict[str, Any]:
    return {party: value for party, value in zip(ecosystem.parties, np.asarray(values).tolist(), strict=True) if value}


def traded(supplier: str, customer: str, amount: float | None, kind: str = "goods", **fields: Any) -> Record:
    return flow(supplier, customer, kind, amount=amount, **fields)


def test_money_runs_against_what_it_pays_for_and_goods_count_where_there_is_no_money() -> None:
    records = [
        paid("f", "a", 10),
        traded("f", "a", 99),
        traded("f", "b", 7),
        traded("f", "b", 2, "service"),
        flow("f", "c", amount=50),
        paid("f", "d", 3, amount_=None),
    ]
    records = [{name: value for name, value in record.items() if name != "amount_"} for record in records]
    ecosystem = ecosystem_of(*records)
    assert edges(ecosystem, "value_chain") == {("f", "a"): 10, ("f", "b"): 9, ("f", "d"): 3}
    assert edges(ecosystem, "value_chain", basis="goods") == {("f", "a"): 99, ("f", "b"): 9}
    assert edges(ecosystem, "value_chain", basis="max") == {("f", "a"): 99, ("f", "b"): 9, ("f", "d"): 3}


def test_the_larger_basis_may_be_the_money() -> None:
    assert edges(ecosystem_of(paid("f", "a", 10), traded("f", "a", 4), traded("a", "f", 3)), "value_chain", basis="max") == {("a", "f"): 3, ("f", "a"): 10}


def test_money_for_equity_fees_and_gifts_counts_only_where_it_is_named() -> None:
    kinds = ("capital", "permission", "social_benefit", "money", "nothing", "knowledge", "goods")
    records = [paid("f", kind, 1, in_return_for=kind) for kind in kinds]
    assert set(edges(ecosystem_of(*records), "value_chain")) == {("f", "knowledge"), ("f", "goods")}
    assert set(edges(ecosystem_of(*records), "value_chain", in_return_for=["nothing", "capital"])) == {
        ("f", "knowledge"),
        ("f", "goods"),
        ("f", "nothing"),
        ("f", "capital"),
    }


def test_a_pair_whose_money_was_a_gift_is_known_by_its_goods() -> None:
    assert edges(ecosystem_of(paid("f", "a", 10, in_return_for="nothing"), traded("f", "a", 4)), "value_chain") == {("f", "a"): 4}


def test_a_product_narrows_the_chain() -> None:
    records = [paid("f", "a", 10, product="p"), paid("f", "b", 5, product="q"), paid("f", "c", 2)]
    assert edges(ecosystem_of(*records), "value_chain", product="p") == {("f", "a"): 10}
    assert edges(ecosystem_of(*records), "value_chain", product="banana") == {}


def test_a_pair_that_nets_to_a_refund_is_left_out_and_listed() -> None:
    records = [paid("f", "a", 10, in_return_for="capital"), paid("f", "a", -4) | {"id": "refund"}, paid("f", "b", 1)]
    ecosystem = ecosystem_of(*records)
    found = deliveries_of(ecosystem, parameters_of({}))
    assert edges(ecosystem, "value_chain") == {("f", "b"): 1}
    assert [(warning.code, warning.facts, warning.parties) for warning in found.warnings] == [("net-refund", ("refund",), ("a", "f"))]


def test_the_facts_of_a_delivery_are_the_flows_that_it_sums() -> None:
    from graph_models.graphs.graph_types import graph_of

    ecosystem = ecosystem_of(paid("f", "a", 10), paid("f", "a", 5, product="p") | {"id": "more"}, traded("f", "a", 4))
    assert ecosystem.fact_ids(graph_of(ecosystem, "value_chain", parameters_of({})).edge_facts(0)) == ["f>a", "more"]


def test_output_is_the_larger_of_sales_and_purchases() -> None:
    ecosystem, chain = chain_of(paid("a", "f", 30), paid("f", "b", 100), paid("f", "f", 10))
    assert by_party(ecosystem, chain.sales) == {"a": 30, "f": 110}
    assert by_party(ecosystem, chain.purchases) == {"b": 100, "f": 40}
    assert by_party(ecosystem, chain.x) == {"a": 30, "b": 100, "f": 110}
    assert by_party(ecosystem, chain.added) == {"a": 1, "f": pytest.approx(70 / 110)}
    assert by_party(ecosystem, chain.ended) == {"b": 1}


def use(*records: Record, **parameters: Any) -> tuple[dict[str, float], dict[str, float]]:
    ecosystem, chain = chain_of(paid("f", "a", 100, product="p"), *records, **parameters)
    return by_party(ecosystem, chain.used), by_party(ecosystem, chain.unattributed)


def test_what_ends_with_a_party_is_used_or_unattributed() -> None:
    assert use() == ({"a": 1}, {})
    assert use(role("a", "f", "distributor", purpose="resale")) == ({}, {"a": 1})
    both = role("a", "f", "distributor", purpose="resale"), role("a", "f", "customer", purpose="own_use", product="p")
    assert use(*both) == ({"a": 1}, {})
    of_another = both[0], role("a", "f", "customer", purpose="own_use", product="q")
    assert use(*of_another) == ({}, {"a": 1})
    assert use(*of_another, products="mixed") == ({"a": 1}, {})
    assert use(role("a", "f", "customer", purpose="transformation")) == ({"a": 1}, {})


def test_who_sells_a_product_that_it_buys_uses_none_of_it() -> None:
    assert use(paid("a", "c", 40, product="p")) == ({"c": 1}, {"a": 0.6})
    for other in ({"product": "q"}, {}):
        assert use(paid("a", "c", 40, **other), products="mixed") == ({"a": 0.6, "c": 1}, {})
    assert use(paid("a", "c", 40, product="p"), role("a", "f", "customer", purpose="own_use")) == ({"a": 0.6, "c": 1}, {})


def test_flows_without_product_are_one_product() -> None:
    ecosystem, chain = chain_of(paid("f", "a", 100), paid("a", "c", 40))
    assert (by_party(ecosystem, chain.used), by_party(ecosystem, chain.unattributed)) == ({"c": 1}, {"a": 0.6})
    assert chain.unattributed_share == pytest.approx(0.6)


def test_an_own_use_role_counts_for_the_product_that_the_chain_is_narrowed_to() -> None:
    seller = paid("a", "c", 40, product="p")
    assert use(seller, role("a", "f", "customer", purpose="own_use", product="q"), product="p")[1] == {"a": 0.6}
    assert use(seller, role("a", "f", "customer", purpose="own_use", product="p"), product="p")[0] == {"a": 0.6, "c": 1}


def test_columns_and_rows_of_the_inverses_are_those_of_dense_algebra() -> None:
    chain = value_chain_of(worked_chain(), parameters_of({}))
    n = chain.nodes
    leontief, ghosh = np.linalg.inv(np.eye(n) - chain.a.toarray()), np.linalg.inv(np.eye(n) - chain.b.toarray())
    for place in range(n):
        assert chain.inverse_column(place) == pytest.approx(leontief[:, place], abs=1e-14)
        assert chain.inverse_row(place) == pytest.approx(ghosh[place], abs=1e-14)
    assert chain.column_sums == pytest.approx(leontief.sum(axis=0))
    assert chain.row_sums == pytest.approx(ghosh.sum(axis=1))
    for place in range(n):
        up, down = (passages(chain, range(n), visits, up=up) for visits, up in ((chain.taken_from(place), True), (chain.received_by(place), False)))
        assert up == pytest.approx(leontief[:, place] / np.diag(leontief), abs=1e-14)
        assert down == pytest.approx(ghosh[place] / np.diag(ghosh), abs=1e-14)


def test_the_worked_example() -> None:
    ecosystem = worked_chain()
    chain = value_chain_of(ecosystem, parameters_of({}))
    firm = ecosystem.index("Firm")
    everyone = range(chain.parties)
    up = by_party(ecosystem, np.round(passages(chain, everyone, chain.taken_from(firm), up=True), 6))
    down = by_party(ecosystem, np.round(passages(chain, everyone, chain.received_by(firm), up=False), 6))
    assert (up["TierOne"], up["TierTwo"]) == (0.354476, 0.165422)
    assert (down["Distributor"], down["Retail"]) == (0.583333, 0.416667)
    assert by_party(ecosystem, np.round(chain.inverse_row(firm) * chain.used, 6)) == {"Enterprise": 0.590793, "Consumer": 0.409207}
    embodied = chain.inverse_column(firm) * chain.added
    assert {party: round(value, 6) for party, value in by_party(ecosystem, embodied).items() if party in ("Firm", "TierOne", "TierTwo", "RawMat")} == {
        "Firm": 0.635102,
        "TierOne": 0.189054,
        "TierTwo": 0.099253,
        "RawMat": 0.066169,
    }
    assert embodied.sum() == pytest.approx(1)


def test_tiers_are_the_powers_of_a() -> None:
    ecosystem, chain = chain_of(paid("mine", "smelter", 30), paid("smelter", "f", 60), paid("f", "shop", 100))
    tiers = chain.tiers(ecosystem.index("f"), 3)
    assert [by_party(ecosystem, tier) for tier in tiers] == [{"smelter": 0.6}, {"mine": 0.3}, {}]


def test_a_slow_cycle_is_solved_by_factors_as_exactly() -> None:
    ecosystem, chain = chain_of(paid("a", "f", 1000), paid("f", "a", 999), paid("f", "b", 2))
    place = ecosystem.index("f")
    assert chain.inverse_column(place) == pytest.approx(np.linalg.inv(np.eye(3) - chain.a.toarray())[:, place], rel=1e-9)
    assert chain._inverses


def test_a_closed_cycle_is_undefined_for_its_parties_only() -> None:
    ecosystem, chain = chain_of(paid("x", "y", 5), paid("y", "x", 5), paid("z", "z", 1), paid("f", "a", 3))
    assert by_party(ecosystem, chain.closed) == {"x": True, "y": True, "z": True}
    column = chain.inverse_column(ecosystem.index("f"))
    assert by_party(ecosystem, column) == {"f": 1}
    assert np.isnan(chain.column_sums[ecosystem.index("x")])
    assert np.isnan(chain.inverse_column(ecosystem.index("x"))[ecosystem.index("y")])
    assert chain.inverse_column(ecosystem.index("x"))[ecosystem.index("f")] == 0
    assert by_party(ecosystem, chain.closed_parties) == {"x": True, "y": True, "z": True}
    assert chain.defined


def test_without_trade_or_focal_party_nothing_is_defined() -> None:
    assert not chain_of(role("a", "f", "customer"))[1].defined
    assert not chain_of(paid("a", "b", 1), focal="nobody")[1].defined
    assert chain_of(role("a", "f", "customer"))[1].unattributed_share is None
