"""Lists of customers and chains: the worked example of customers.md section 1, filters, and what adds up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from graph_models.customers.channels.chains_view import chains_view
from graph_models.customers.channels.customers_view import customers_view
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.errors import InvalidInput
from tests.graph_models.customers.channels.test_customer_kinds import lumen, sold, touched, trades
from tests.graph_models.ecosystems import Record, ecosystem_of, parties, related, role


def items(**query: Any) -> dict[tuple[str, str | None], dict[str, Any]]:
    return {(item["party_id"], item["product"]): item for item in customers_view(lumen(), DEFAULTS, **query)["items"]}


def test_the_lamps_of_the_worked_example() -> None:
    found = items(product="lamp")
    shares = {party: round(item["share_of_output"], 6) for (party, _), item in found.items()}
    assert shares == {"Homes": 0.571429, "Hotel": 0.352381, "Clinic": 0.0, "Dist": 0.0, "Shop": 0.0, "Trader": 0.0}
    whole = customers_view(lumen(), DEFAULTS, product="lamp")
    assert whole["unattributed"]["share"] == pytest.approx(0.07619, abs=1e-6)
    assert [part["party_id"] for part in whole["unattributed"]["through"]] == ["Trader"]
    assert {total["kind"]: total["parties"] for total in whole["totals"]} == {"end": 3, "channel": 3}
    assert sum(total["share"] for total in whole["totals"]) + whole["unattributed"]["share"] == pytest.approx(1.0)
    trader = found["Trader", "lamp"]
    assert (trader["conflict"], trader["purposes"]) == ("resale-stated-none-sold", [{"purpose": "resale", "fact": "Trader customer Firm"}])
    assert (trader["bought"], trader["sold"], trader["unit"]) == (20.0, 0.0, "CNY")
    assert found["Hotel", "lamp"]["facts"] == ["Dist>Hotel:lamp", "Firm>Hotel:lamp"]


def test_a_party_of_several_products_has_a_sum() -> None:
    found = items()
    assert [(product, item["kind"]) for (party, product), item in found.items() if party == "Dist"] == [("panel", "end"), ("lamp", "channel"), (None, "both")]
    whole = found["Dist", None]
    assert (whole["products"], whole["bought"]) == (2, 210.0)
    assert whole["shares"]["resale"] == pytest.approx(200 / 210)
    assert whole["share_of_output"] == pytest.approx(found["Dist", "panel"]["share_of_output"])


def test_what_ends_with_all_is_the_output() -> None:
    """Shares are weighted by the focal party's output of each product: 250 of lamps and 100 of panels."""
    found = customers_view(lumen(), DEFAULTS)
    ends = sum(item["share_of_output"] for item in found["items"] if item["product"] is not None)
    assert ends + found["unattributed"]["share"] == pytest.approx(1.0)
    by_product = {item["party_id"]: item["share_of_output"] for item in found["items"] if item["product"] == "panel"}
    assert by_product == {"Plant": pytest.approx(90 / 350), "Dist": pytest.approx(10 / 350)}


def test_what_the_focal_party_buys_is_no_output_of_it() -> None:
    made = ecosystem_of(sold("Mill", "Firm", 60, "steel"), sold("Firm", "Homes", 100), sold("Firm", "Shop", 50), sold("Shop", "Homes", 80), focal="Firm")
    found = customers_view(made, DEFAULTS)
    assert {(item["party_id"], item["product"]): item["share_of_output"] for item in found["items"]} == {("Homes", "lamp"): 1.0, ("Shop", "lamp"): 0.0}
    assert chains_view(made, DEFAULTS)["items"][0]["amount"] == pytest.approx(100.0)


def test_use_that_names_no_product_is_of_what_a_party_buys() -> None:
    told = [sold("Firm", "a", 10), touched("a", "usage", 1), touched("b", "usage", 1)]
    found = customers_view(ecosystem_of(*told, focal="Firm"), DEFAULTS)
    assert [(item["party_id"], item["product"], item["hidden"]) for item in found["items"]] == [("a", "lamp", False), ("b", None, True)]


def test_hidden_end_customers() -> None:
    (clinic,) = items(hidden=True).values()
    assert (clinic["party_id"], clinic["kind"], clinic["bought"], clinic["hidden"]) == ("Clinic", "end", 0.0, True)
    assert clinic["use"]["confidence"] == pytest.approx(0.84)
    assert len(clinic["use"]["facts"]) == 3
    assert "Clinic" not in {party for party, _ in items(hidden=False)}


def test_filters() -> None:
    assert {party for party, _ in items(kind="processor")} == {"Plant"}
    assert {party for party, _ in items(party="Dist")} == {"Dist"}
    assert {party for party, _ in items(role="distributor")} == {"Dist"}
    assert items(product="sofa") == {}
    page = customers_view(lumen(), DEFAULTS, limit=2, offset=1)
    assert [item["party_id"] for item in page["items"]] == [item["party_id"] for item in customers_view(lumen(), DEFAULTS)["items"]][1:3]
    assert page["total"] == 9
    with pytest.raises(InvalidInput):
        items(party="banana")


def test_for_whom_a_party_buys() -> None:
    records = [
        sold("Firm", "Hospital", 10), role("Ann", "Hospital", "user", product="lamp"), role("Bob", "Firm", "user"), related("Bob", "Ward", "knows"),
        role("Ward", "Firm", "user"), related("Ward", "Hospital", "part_of"), {**parties("Ward")[0], "kind": "unit"},
        role("Cid", "Hospital", "employee"), role("Cid", "Firm", "user", product="panel"),
    ]  # fmt: skip
    (item,) = customers_view(ecosystem_of(*records, focal="Firm"), DEFAULTS, product="lamp")["items"]
    assert item["users"] == ["Ann", "Ward"]


def chains(ecosystem: Any, **query: Any) -> dict[str, float]:
    return {">".join(item["parties"]): round(item["share"], 6) for item in chains_view(ecosystem, DEFAULTS, **query)["items"]}


def test_the_chains_of_the_worked_example() -> None:
    assert chains(lumen(), product="lamp") == {"Firm>Dist>Shop>Homes": 0.571429, "Firm>Hotel": 0.2, "Firm>Dist>Hotel": 0.152381}
    found = chains_view(lumen(), DEFAULTS, product="lamp", to="Hotel")
    assert [(item["parties"], item["facts"]) for item in found["items"]] == [
        (["Firm", "Hotel"], ["Firm>Hotel:lamp"]), (["Firm", "Dist", "Hotel"], ["Firm>Dist:lamp", "Dist>Hotel:lamp"]),
    ]  # fmt: skip
    assert (found["total_share"], found["shown_share"], found["truncated"]) == (pytest.approx(0.352381, abs=1e-6),) * 2 + (False,)
    through = chains_view(lumen(), DEFAULTS, product="lamp", through="Dist")
    assert [item["parties"][-1] for item in through["items"]] == ["Homes", "Hotel"]
    assert through["total_share"] == pytest.approx(0.571429 + 0.152381, abs=1e-6)
    first = chains_view(lumen(), DEFAULTS, product="lamp", limit=1)
    assert (len(first["items"]), first["truncated"]) == (1, True)
    assert first["items"][0]["amount"] == pytest.approx(250 * 0.571429, abs=1e-3)
    assert chains_view(lumen(), DEFAULTS, to="Trader")["items"] == []


def test_no_chain_has_a_party_twice_and_circles_make_the_difference() -> None:
    made = ecosystem_of(sold("Firm", "a", 100), sold("a", "b", 60), sold("b", "a", 30), sold("b", "c", 30), sold("a", "d", 70), focal="Firm")
    found = chains_view(made, DEFAULTS)
    assert all(len(set(item["parties"])) == len(item["parties"]) for item in found["items"])
    assert found["shown_share"] < found["total_share"] - 0.01
    assert found["total_share"] == pytest.approx(1.0)


def brute_force(ecosystem: Any) -> list[float]:
    """The shares of all chains by walking every way: the product of Z / x along it, times what ends there and is used."""
    from graph_models.customers.channels.customer_kinds import SHARES, customer_shares

    found = customer_shares(ecosystem, DEFAULTS)
    chain = found.made_of.chain
    if chain.focal is None:
        return []
    b, ended, start, owner = chain.b.toarray(), chain.ended, chain.start(chain.focal), chain.lots.owner
    used = np.zeros(chain.nodes)
    rest = 1 - found.shares[0]
    wanted = found.shares[SHARES.index("own_use")] + found.shares[SHARES.index("transformation")]
    used[chain.lots.node] = ended[chain.lots.node] * np.divide(wanted, rest, out=np.zeros(len(rest)), where=rest > 0)
    shares: list[float] = []

    def walk(node: int, share: float, seen: set[int]) -> None:
        if used[node] > 0 and len(seen) > 1:
            shares.append(share * used[node])
        for after in np.flatnonzero(b[node]).tolist():
            if owner[after] not in seen:
                walk(after, share * b[node, after], seen | {owner[after]})

    for node in np.flatnonzero(start).tolist():
        walk(node, start[node], {owner[node]})
    return sorted(shares, reverse=True)


@given(trades())
@settings(max_examples=60)
def test_the_best_chains_are_those_of_all_ways(records: list[Record]) -> None:
    made = ecosystem_of(*records, focal="Firm")
    found = chains_view(made, DEFAULTS, limit=1000)
    assert [item["share"] for item in found["items"]] == pytest.approx(brute_force(made), abs=1e-9)
    assert found["shown_share"] <= found["total_share"] + 1e-9
    best = chains_view(made, DEFAULTS, limit=2)
    assert [item["share"] for item in best["items"]] == pytest.approx(brute_force(made)[:2], abs=1e-9)
    for item in found["items"]:
        last = item["parties"][-1]
        assert chains_view(made, DEFAULTS, to=last)["total_share"] >= item["share"] - 1e-9


@given(trades())
@settings(max_examples=60)
def test_what_ends_and_what_is_lost_is_all_of_the_output(records: list[Record]) -> None:
    """But what the focal party keeps itself, where it buys of its own output, and what goes round in closed circles."""
    made = ecosystem_of(*records, touched("x", "usage", 1, product="lamp"), focal="Firm")
    found = customers_view(made, DEFAULTS)
    whole = sum(item["share_of_output"] for item in found["items"] if item["product"] is not None or item["products"] == 1)
    assert whole + found["unattributed"]["share"] <= 1 + 1e-9
    sells_only = not any(record.get("source") == "Firm" and record["type"] == "value_flow" for record in records)
    sells = any(record.get("target") == "Firm" and record["type"] == "value_flow" for record in records)
    if sells and sells_only:
        assert whole + found["unattributed"]["share"] == pytest.approx(1.0, abs=1e-9)
