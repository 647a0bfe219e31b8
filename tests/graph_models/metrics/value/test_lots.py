"""The value chain on lots: the worked examples of distributors that also supply, resell or transform, by hand; bounds; what is mixed as before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import Ecosystem, compute
from graph_models.ecosystem.parameters import parameters_of
from graph_models.flows.value_chain import value_chain_of
from graph_models.scenarios.value_lost import ValueLost, value_lost
from graph_models.scores.explanation import explain
from graph_models.views.end_customers import sinks_view
from graph_models.views.supply_tiers import tiers_view
from tests.graph_models.ecosystems import Record, ecosystem_of, paid, role, worked_chain

SIMPLE = parameters_of({})


def sold(supplier: str, customer: str, amount: float, product: str | None) -> Record:
    return paid(supplier, customer, amount, **({"product": product} if product else {})) | {"id": f"{supplier}>{customer}:{product}"}


def castings(**fields: Any) -> Ecosystem:
    """Firm sells D reducers for 1000, D sells E 800 of them, and sells the firm castings for 200."""
    records = [sold("firm", "d", 1000, "reducer"), sold("d", "e", 800, "reducer"), sold("d", "firm", 200, "castings")]
    roles = [role("d", "firm", "distributor", purpose="resale"), role("e", "d", "customer", purpose="own_use"), role("d", "firm", "supplier")]
    return ecosystem_of(*records, *roles, focal="firm", **fields)


LAMPS = (("Firm", "Dist", 200), ("Firm", "Hotel", 50), ("Dist", "Shop", 150), ("Dist", "Hotel", 40), ("Dist", "Trader", 20), ("Shop", "Homes", 180))


def lamps_and_panels() -> Ecosystem:
    records = [sold(*row, "lamp") for row in LAMPS] + [sold("Firm", "Dist", 10, "panel"), sold("Firm", "Plant", 90, "panel")]
    roles = [
        role("Plant", "Firm", "customer", purpose="transformation", product="panel"),
        role("Dist", "Firm", "distributor", purpose="resale", product="lamp"),
        role("Trader", "Dist", "retailer", purpose="resale"),
    ]
    return ecosystem_of(*records, *roles, focal="Firm")


def shown(values: dict[Any, Any]) -> dict[str, float]:
    return {party: round(value, 6) for party, value in values.items() if value}


def ends(ecosystem: Ecosystem, **parameters: Any) -> tuple[dict[str, float], dict[str, float]]:
    answer = sinks_view(ecosystem, parameters_of(parameters))
    return tuple({item["party_id"]: round(item["share"], 6) for item in items} for items in (answer["items"], answer["unattributed"]["through"]))  # type: ignore[return-value]


def test_a_distributor_that_also_supplies_does_not_send_what_it_resells_back_to_us() -> None:
    made = castings()
    assert ends(made) == ({"e": 0.8}, {"d": 0.2})
    assert shown(compute(made, "sink_share").values) == {"e": 0.8}
    assert shown(compute(made, "embodied_value_added").values) == {"d": 0.2, "firm": 0.8}
    assert compute(made, "pass_through_down").values == {"d": 1.0, "e": 0.8, "firm": 1.0}
    assert compute(made, "pass_through_up").values == {"d": pytest.approx(0.2), "e": 0.0, "firm": 1.0}
    assert compute(made, "criticality").values == {"d": 0.8, "e": 0.0, "firm": None}
    assert shown(compute(made, "direct_share").values) == {"d": 1.0}
    assert shown(compute(made, "indirect_share").values) == {"e": 0.8}
    for metric in ("pass_through_up", "pass_through_down", "criticality"):
        bound = compute(made, metric).bound
        assert bound is not None
        assert not bound.any()


def test_who_resells_lamps_and_uses_panels_keeps_its_own_use() -> None:
    made = lamps_and_panels()
    used, unattributed = ends(made)
    assert used == {"Homes": 0.408163, "Plant": 0.257143, "Hotel": 0.251701, "Dist": 0.028571}
    assert unattributed == {"Trader": 0.054422}
    assert compute(made, "pass_through_down").values["Dist"] == pytest.approx(0.6)
    # only through Dist: the shop's homes, not the hotel, which buys from us too
    assert compute(made, "criticality").values["Dist"] == pytest.approx(0.408163, abs=1e-6)


def test_the_share_of_each_lot_is_named() -> None:
    answer = sinks_view(castings(), SIMPLE)
    assert answer["unattributed"]["through"] == [
        {"party_id": "d", "share": pytest.approx(0.2), "lots": [{"product": "reducer", "pool": False, "share": pytest.approx(0.2)}]}
    ]
    assert "lots" not in answer["items"][0]
    [supplier] = tiers_view(castings(), SIMPLE)["items"]
    assert supplier == {"tier": 1, "party_id": "d", "requirement": 0.2, "lots": [{"product": None, "pool": True, "requirement": 0.2}]}


def test_a_channel_in_our_place_reaches_its_own_end_customers_with_each_of_its_lots() -> None:
    """D's output is 1000 of reducers and 200 of castings: 5/6 and 1/6. All reducers are sold to E or stay, all castings come back as reducers."""
    answer = sinks_view(castings(), SIMPLE, party="d")
    assert answer["output"] == pytest.approx(1200)
    assert {item["party_id"]: item["share"] for item in answer["items"]} == {"e": pytest.approx(5 / 6 * 0.8 + 1 / 6 * 0.8)}
    assert answer["unattributed"]["share"] == pytest.approx(0.2)


def test_linkages_weigh_the_lots_by_their_output() -> None:
    """Of castings and reducers made from them: D's castings set nothing in motion, its reducers (5/6 of its output) the firm (1) and castings (.2)."""
    made = castings()
    assert compute(made, "backward_linkage").values == {"d": pytest.approx(5 / 6 * 2.2 + 1 / 6), "e": pytest.approx(1 + 2.2), "firm": pytest.approx(1.2)}
    assert compute(made, "forward_linkage").values == {"d": pytest.approx(5 / 6 * 1.8 + 1 / 6 * 3.8), "e": 1.0, "firm": pytest.approx(2.8)}


def test_the_evidence_names_parties_and_the_facts_of_the_lots_on_the_way() -> None:
    answer = explain(castings(), "d", "value_flow")
    parts = {part["part"]: part["evidence"] for part in answer["parts"]}
    assert [(item["path"], item["facts"], item["lots"], item["contribution"]) for item in parts["pass_through"]] == [
        (["d", "firm"], ["firm>d:reducer"], ["reducer", None], 1.0)
    ]
    assert [(item["path"], item["facts"], item["lots"], item["contribution"]) for item in parts["criticality"]] == [
        (["e", "d", "firm"], ["d>e:reducer", "firm>d:reducer"], [None, "reducer", None], pytest.approx(0.8))
    ]


@pytest.mark.parametrize(
    ("roles", "used"),
    [
        ([], {"c"}),
        ([role("d", "f", "customer", purpose="own_use", product="lamp")], {"c", "d"}),
        ([role("d", "f", "customer", purpose="own_use", product="panel")], {"c"}),
        ([role("d", "f", "customer", purpose="own_use")], {"c", "d"}),
        ([role("c", "d", "retailer", purpose="resale", product="panel")], {"c"}),
        ([role("c", "d", "retailer", purpose="resale", product="lamp")], set()),
        ([role("c", "d", "retailer", purpose="resale")], set()),
    ],
)
def test_a_role_counts_for_the_lot_of_its_product(roles: list[Record], used: set[str]) -> None:
    made = ecosystem_of(sold("f", "d", 100, "lamp"), sold("d", "c", 60, "lamp"), *roles)
    assert set(ends(made)[0]) == used


def test_a_role_of_a_product_speaks_of_what_is_bought_without_a_name() -> None:
    """Nothing else is bought that it could mean."""
    made = ecosystem_of(sold("f", "d", 100, None), sold("d", "c", 60, None), role("d", "f", "customer", purpose="own_use", product="lamp"))
    assert set(ends(made)[0]) == {"c", "d"}
    named = ecosystem_of(
        sold("f", "d", 90, None), sold("f", "d", 10, "lamp"), sold("d", "c", 60, None), role("d", "f", "distributor", purpose="own_use", product="lamp")
    )
    assert ends(named) == ({"c": 0.6, "d": 0.1}, {"d": 0.3})


def test_who_transforms_has_one_pool() -> None:
    """Steel is bought and sold, but made into something between: what is bought of all goes into what is sold of all."""
    flows = [sold("f", "d", 100, "steel"), sold("g", "d", 100, "coal"), sold("d", "c", 100, "steel"), sold("d", "e", 200, "rails")]
    apart = {party: value for party, value in compute(ecosystem_of(*flows), "pass_through_down").values.items() if value}
    assert apart == {"f": 1.0, "d": 1.0, "c": 1.0}
    for product in ({}, {"product": "steel"}):
        made = ecosystem_of(*flows, role("d", "f", "customer", purpose="transformation", **product))
        assert shown(compute(made, "pass_through_down").values) == {"f": 1.0, "d": 1.0, "c": 0.333333, "e": 0.666667}


def test_a_product_narrows_to_its_own_chain() -> None:
    made = castings()
    assert shown(compute(made, "sink_share", product="reducer").values) == {"e": 0.8}
    assert shown(compute(made, "embodied_value_added", product="castings").values) == {"d": 1.0}


def test_a_delivery_to_itself_stays_in_its_lot() -> None:
    records = [sold("d", "d", 50, "lamp"), sold("f", "d", 50, "lamp"), sold("d", "c", 50, "lamp"), sold("d", "e", 30, "panel")]
    made = ecosystem_of(*records)
    chain = value_chain_of(made, SIMPLE)
    at = made.index("d")
    lot, pool = (int(node) for node in (chain.lots.nodes_of(np.array([at]), np.array([code]))[0] for code in (0, 1)))
    assert (chain.x[lot], chain.x[pool], chain.z[lot, lot]) == (100, 30, 50)
    assert compute(made, "pass_through_down").values == {"c": 1.0, "d": 1.0, "e": 0.0, "f": 1.0}


def two_lots() -> Ecosystem:
    """f sells lamps and panels to d, who sells both to h (and lamps to c), and lamps come to c from f too. h is lost only with both lots of d."""
    rows = [("f", "d", 60, "lamp"), ("f", "d", 40, "panel"), ("d", "h", 20, "lamp"), ("d", "h", 40, "panel"), ("d", "c", 40, "lamp"), ("f", "c", 10, "lamp")]
    return ecosystem_of(*(sold(*row) for row in rows))


def test_criticality_of_several_lots_is_exact_by_removal_for_some_and_a_bound_for_others() -> None:
    made = two_lots()
    exact = compute(made, "criticality")
    assert exact.values["d"] == pytest.approx(60 / 110)
    assert exact.bound is not None
    assert not exact.bound.any()
    bounded = compute(made, "criticality", exact=0)
    assert bounded.bound is not None
    assert [party for party, bound in zip(made.parties, bounded.bound.tolist(), strict=True) if bound] == ["d"]
    assert bounded.values["d"] == pytest.approx(100 / 110), "all that passes through it"
    assert compute(made, "criticality", exact=0, parties=["d"]).values == exact.values


def test_what_hangs_on_several_lots_is_told_once_a_party() -> None:
    part = next(part for part in explain(two_lots(), "d", "value_flow")["parts"] if part["part"] == "criticality")
    [item] = part["evidence"]
    assert (item["path"], item["contribution"]) == (["h", "d", "f"], pytest.approx(part["raw"]))
    assert item["facts"] in (["d>h:lamp", "f>d:lamp"], ["d>h:panel", "f>d:panel"])


def test_pass_through_of_several_lots_counts_what_comes_back_once() -> None:
    """d resells lamps to g, who makes panels of them, of which d resells half: half of what passed its lamps passes its panels, but comes through d once."""
    rows = [("f", "d", 100, "lamp"), ("d", "g", 50, "lamp"), ("d", "c", 50, "lamp"), ("g", "d", 25, "panel"), ("g", "e", 25, "panel"), ("d", "e", 25, "panel")]
    made = ecosystem_of(*(sold(*row) for row in rows))
    exact = compute(made, "pass_through_down")
    assert exact.values["d"] == pytest.approx(1.0)
    assert compute(made, "pass_through_up", parties=["d"]).values["d"] == 0
    start = ecosystem_of(*(sold(*row) for row in rows), focal="g")
    assert compute(start, "pass_through_up").values["d"] == pytest.approx(1.0)
    bounded = compute(made, "pass_through_down", exact=0)
    assert bounded.bound is not None
    assert bounded.bound[made.index("d")]
    assert bounded.values["d"] == 1.0


def test_no_rate_leaves_no_value_flow_metric() -> None:
    """a's only amount is in dollars that no rate converts; b has another one."""
    records = [paid("f", "a", 5, currency="USD"), paid("f", "b", 5, currency="USD"), paid("f", "b", 7) | {"id": "yuan"}, paid("f", "c", 3)]
    made = ecosystem_of(*records)
    for metric in (
        "pass_through_up", "pass_through_down", "embodied_value_added", "sink_share", "direct_share", "indirect_share", "implicit", "criticality",
        "disruption", "demand_disruption", "trophic_level", "backward_linkage", "forward_linkage", "ttr_tts", "value_flow",
    ):  # fmt: skip
        result = compute(made, metric)
        assert result.reasons.get("a") == "no-rate", metric
        assert "no-rate" not in {result.reasons.get("b"), result.reasons.get("c")}, metric
        assert any(warning.code == "no-rate" and set(warning.facts) == {"f>a", "f>b"} for warning in result.warnings), metric
    assert sinks_view(made, SIMPLE, party="a")["reason"] == "no-rate"
    assert tiers_view(made, SIMPLE, party="a")["reason"] == "no-rate"


def test_implicit_is_who_has_neither_a_role_nor_a_flow_with_us() -> None:
    """A supplier is known by its role, a donor by its gift; the consumer behind the shop and the mine behind the smelter are not."""
    records = [paid("f", "shop", 60), paid("shop", "family", 80), paid("smelter", "f", 30), paid("mine", "smelter", 20), paid("mine", "lab", 1)]
    records += [role("family", "shop", "customer"), role("lab", "f", "university")]
    values = compute(ecosystem_of(*records), "implicit").values
    assert values == {"f": None, "family": 1, "lab": 0, "mine": 1, "shop": 0, "smelter": 0}
    assert compute(ecosystem_of(*records), "implicit").reasons == {"f": "focal-party"}
    assert compute(ecosystem_of(*records, role("family", "f", "customer")), "implicit").values["family"] == 0
    assert compute(ecosystem_of(*records, role("family", "f", "customer", status="hypothesis")), "implicit").values["family"] == 1


def test_a_party_of_closed_and_of_open_lots_is_known_by_the_open_ones() -> None:
    """x and y pass tokens round; x buys lamps of f too. Who trades tokens only is undefined."""
    made = ecosystem_of(sold("x", "y", 10, "token"), sold("y", "x", 10, "token"), sold("f", "x", 5, "lamp"))
    result = compute(made, "sink_share")
    assert result.values == {"f": 0, "x": 1, "y": None}
    assert result.reasons == {"y": "closed-cycle"}


AMOUNTS = st.integers(1, 99).map(float)
ROWS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), AMOUNTS, st.sampled_from(["a", "b", None])), min_size=1, max_size=16)


def traded(rows: list[tuple[int, int, float, str | None]]) -> Ecosystem:
    return ecosystem_of(*(sold(f"p{u}", f"p{v}", w, product) | {"id": f"v{at}"} for at, (u, v, w, product) in enumerate(rows)), focal=f"p{rows[0][0]}")


@settings(max_examples=60)
@given(ROWS)
def test_sums_are_one_and_parts_lie_within_what_passes(rows: list[tuple[int, int, float, str | None]]) -> None:
    made = traded(rows)
    names = ("pass_through_up", "pass_through_down", "embodied_value_added", "sink_share", "criticality")
    up, down, added, sink, critical = (compute(made, name) for name in names)
    focal = made.parties[made.focal or 0]
    if focal in up.reasons:
        assert up.reasons[focal] == "closed-cycle"
        return
    unattributed = sinks_view(made, SIMPLE)["unattributed"]["share"]
    assert np.nansum(sink.array) + unattributed == pytest.approx(1, abs=1e-12)
    assert np.nansum(added.array) == pytest.approx(1, abs=1e-12)
    for part, whole in ((sink, down), (added, up)):
        assert (np.nan_to_num(part.array) <= np.nan_to_num(whole.array) + 1e-12).all()
    assert (np.nan_to_num(critical.array) <= np.fmax(np.nan_to_num(up.array), np.nan_to_num(down.array)) + 1e-12).all()
    bounds = [compute(made, name, exact=0) for name in ("pass_through_up", "pass_through_down", "criticality")]
    for bounded, exact in zip(bounds, (up, down, critical), strict=True):
        assert (np.nan_to_num(bounded.array) >= np.nan_to_num(exact.array) - 1e-12).all()
        assert bounded.bound is not None
        assert (bounded.bound | np.isclose(np.nan_to_num(bounded.array), np.nan_to_num(exact.array), atol=1e-12)).all()


@settings(max_examples=40)
@given(ROWS)
def test_pass_through_and_criticality_are_what_is_missing_without_the_party(rows: list[tuple[int, int, float, str | None]]) -> None:
    """Taken away with all its lots, in dense algebra: what no longer ends or is no longer added anywhere else."""
    made = traded(rows)
    chain = value_chain_of(made, SIMPLE)
    focal = made.focal or 0
    if not chain.defined or chain.closed_parties[focal]:
        return
    n, start, owner = chain.nodes, chain.start(focal), chain.lots.owner
    found = {name: compute(made, name).values for name in ("pass_through_up", "pass_through_down", "criticality")}
    for party in np.flatnonzero(~chain.closed_parties).tolist():
        if party == focal:
            continue
        gone = owner == party
        lost = []
        for matrix, share in ((chain.b.toarray(), chain.used), (chain.a.toarray().T, chain.added)):
            leaving = 1 - matrix.sum(axis=1)
            with_it, without = (start @ np.linalg.inv(np.eye(n) - np.where(kept[:, None], matrix, 0)) for kept in (np.ones(n, bool), ~gone))
            name = "pass_through_down" if not lost else "pass_through_up"
            assert found[name][made.parties[party]] == pytest.approx(without[gone].sum(), abs=1e-9), (name, leaving)
            lost.append((with_it * share)[(without < 1e-12) & ~gone].sum())
        assert found["criticality"][made.parties[party]] == pytest.approx(max(lost), abs=1e-9)


@settings(max_examples=40)
@given(ROWS)
def test_without_products_every_party_has_one_lot_and_nothing_differs(rows: list[tuple[int, int, float, str | None]]) -> None:
    made = traded([(u, v, w, None) for u, v, w, _ in rows])
    assert value_chain_of(made, SIMPLE).lots.plain
    for metric in ("pass_through_up", "pass_through_down", "sink_share", "embodied_value_added", "criticality", "backward_linkage", "value_flow"):
        one, other = compute(made, metric), compute(made, metric, products="mixed")
        assert one.array.tobytes() == other.array.tobytes()
        assert one.reasons == other.reasons


def test_mixed_products_give_the_numbers_of_before() -> None:
    """Reducers come back to the firm as castings, and go round: D's output is 1000, of which it sells 800 to E, 200 to the firm."""
    made = castings()
    assert shown(compute(made, "sink_share", products="mixed").values) == {"e": 1.0}
    assert compute(made, "pass_through_up", products="mixed").values["d"] == pytest.approx(0.2)
    assert shown(compute(made, "embodied_value_added", products="mixed").values) == {"firm": 1.0}
    resold = worked_chain()
    assert shown(compute(resold, "sink_share", products="mixed").values) == {"Enterprise": 0.590793, "Consumer": 0.409207}


@pytest.mark.parametrize("left", [1e-2, 1e-5, 1e-8, 1e-11])
def test_what_must_sum_to_one_does_in_circles_that_nearly_nothing_leaves(left: float) -> None:
    """b and c pass a million round. What f adds is half of what leaves with h from b, and g adds as much as leaves with e from c."""
    rows = [("b", "c", 1e6), ("c", "b", 1e6), ("f", "b", 1e6 * left), ("g", "c", 2e6 * left), ("b", "h", 2e6 * left), ("c", "e", 2e6 * left)]
    records = [paid(*row) for row in rows]
    made = ecosystem_of(*records)
    sinks, passed = compute(made, "sink_share"), compute(made, "pass_through_down").values
    assert sinks.array.sum() == pytest.approx(1, abs=1e-13)
    assert (sinks.values["h"], sinks.values["e"]) == (pytest.approx(0.5, abs=3 * left), pytest.approx(0.5, abs=3 * left))
    assert (passed["b"], passed["c"]) == (pytest.approx(1, abs=1e-15), pytest.approx(1 / (1 + 2 * left), rel=1e-12))
    end = ecosystem_of(*records, focal="e")
    embodied = compute(end, "embodied_value_added")
    assert embodied.array.sum() == pytest.approx(1, abs=1e-13)
    assert [embodied.values[party] for party in "bfg"] == pytest.approx([0.25, 0.25, 0.5], abs=3 * left + 1e-4)
    assert compute(end, "pass_through_up").values["c"] == pytest.approx(1, abs=1e-12)


def test_what_a_scenario_loses_runs_on_the_lots_of_before() -> None:
    """Without E its 800 are lost; D does not begin to make castings of the reducers that it no longer sells. Without D all sales and a fifth of the value."""
    made = castings()
    without_e = value_lost(made, made.without(["d>e:reducer"]), SIMPLE)
    assert isinstance(without_e, ValueLost)
    assert (without_e.sales.before, without_e.sales.after) == (pytest.approx(1000), pytest.approx(200))
    assert without_e.purchases.lost == 0
    without_d = value_lost(made, made.without(["firm>d:reducer", "d>e:reducer", "d>firm:castings"]), SIMPLE)
    assert isinstance(without_d, ValueLost)
    assert (without_d.sales.lost, without_d.purchases.lost) == (pytest.approx(1000), pytest.approx(200))
    kept = value_lost(made, made, SIMPLE)
    assert isinstance(kept, ValueLost)
    assert kept.value == 0
