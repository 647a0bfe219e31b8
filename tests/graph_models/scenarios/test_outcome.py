"""What a scenario comes to, against numbers worked out by hand and the worked example of metrics.md section 4."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import compute
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import DEFAULTS, parameters_of
from graph_models.flows.value_chain import value_chain_of
from graph_models.scenarios.apply import edited
from graph_models.scenarios.edits import edits_of
from graph_models.scenarios.outcome import SHOWN, Case, outcome
from graph_models.scores.profile import DEFAULT_PROFILE
from tests.graph_models.ecosystems import Record, ecosystem_of, paid, parties, related, role, worked_chain
from tests.graph_models.test_properties import PLACES, made, record_lists


def found(ecosystem: Ecosystem, *edits: dict[str, Any], **parameters: Any) -> dict[str, Any]:
    checked = edits_of(list(edits), ecosystem.vocabulary)
    asked = parameters_of(parameters) if parameters else DEFAULTS
    return outcome(Case(ecosystem, edited(ecosystem, checked), checked, asked, DEFAULT_PROFILE))


def without(ecosystem: Ecosystem, party: str, **parameters: Any) -> dict[str, Any]:
    return found(ecosystem, {"op": "remove_party", "id": party}, **parameters)


@pytest.mark.parametrize(
    ("party", "share", "side"),
    [("Distributor", 0.583333, "sales"), ("Retail", 0.416667, "sales"), ("TierOne", 0.354476, "purchases"), ("TierTwo", 0.165422, "purchases")],
)
def test_what_a_lost_party_costs_is_the_share_that_passed_through_it(party: str, share: float, side: str) -> None:
    """The pass-through of metrics.md section 4 times the output of Firm, 350."""
    answer = without(worked_chain(), party)
    assert answer["value_lost"] == pytest.approx(share * 350, abs=2e-4)
    assert answer["value"][side]["lost"] == answer["value_lost"]


@settings(max_examples=40)
@given(record_lists(), st.sampled_from(PLACES[1:]))
def test_value_lost_is_pass_through_times_output(records: list[Record], party: str) -> None:
    """Where nothing that passes the party comes back to the focal party: else what is its own counts on neither side."""
    ecosystem = made(records)
    chain = value_chain_of(ecosystem, DEFAULTS.with_(products="mixed"))  # lots would have to be told apart on both sides
    answer = without(ecosystem, party, products="mixed")
    if not chain.defined or chain.closed.any():
        assert chain.defined or answer["reasons"]["value_lost"] == "no-value-chain"
        return
    place, focal = ecosystem.places[party], ecosystem.index("f")
    asked = {"parties": [party], "products": "mixed"}
    down, up = (compute(ecosystem, name, **asked).array[place] for name in ("pass_through_down", "pass_through_up"))
    own = 1 - chain.inverse_row(place)[focal] * chain.ended[focal], 1 - chain.inverse_column(place)[focal] * chain.added[focal]
    expected = max(down * own[0], up * own[1]) * chain.x[focal]
    assert answer["value_lost"] == pytest.approx(expected, abs=1e-6)


def test_nothing_comes_from_nowhere_where_a_supplier_is_lost() -> None:
    """mine 30 > smelter 60 > firm 100: without the mine, the firm's purchases hold 30 less, though it pays the smelter as before."""
    ecosystem = ecosystem_of(paid("mine", "smelter", 30), paid("smelter", "f", 60), paid("f", "c", 100))
    assert without(ecosystem, "mine")["value"]["purchases"] == pytest.approx({"before": 60.0, "after": 30.0, "lost": 30.0})


def test_what_is_sent_another_way_is_not_lost() -> None:
    ecosystem = ecosystem_of(paid("f", "a", 60), paid("a", "c", 80), paid("f", "b", 40), paid("b", "c", 50))
    moved = [{"op": "redirect", "id": "f>a", "source": "b"}, {"op": "redirect", "id": "a>c", "target": "b"}, {"op": "remove_party", "id": "a"}]
    assert found(ecosystem, *moved)["value_lost"] == 0
    assert without(ecosystem, "a")["value_lost"] == 60


def test_scaling_what_is_sold_scales_what_arrives() -> None:
    ecosystem = ecosystem_of(paid("f", "a", 60), paid("a", "c", 80), paid("f", "b", 40))
    assert found(ecosystem, {"op": "scale", "ids": ["f>a"], "factor": 0.5})["value"]["sales"] == {"before": 100.0, "after": 70.0, "lost": 30.0}


def test_a_new_customer_is_no_loss() -> None:
    ecosystem = ecosystem_of(paid("f", "a", 60))
    answer = found(ecosystem, {"op": "add", "record": parties("b")[0]}, {"op": "add", "record": paid("f", "b", 40)})
    assert answer["value"]["sales"] == {"before": 60.0, "after": 100.0, "lost": 0.0}
    assert [(item["party_id"], item["before"], item["reason"]) for item in answer["scores"] if item["party_id"] == "b"] == [("b", None, "added")] * 2


def test_end_customers_that_have_no_other_channel_are_named_with_what_they_used() -> None:
    answer = without(worked_chain(), "Retail")
    assert answer["lost_only_channel"] == ["Consumer"]
    assert answer["lost_only_channel_value"] == {"Consumer": pytest.approx(0.409207 * 350, abs=2e-4)}
    assert without(worked_chain(), "Service")["lost_only_channel"] == []


def test_who_is_cut_off_has_no_tie_left_that_leads_to_the_focal_party() -> None:
    ecosystem = ecosystem_of(paid("f", "shop", 60), paid("shop", "a", 50), paid("shop", "b", 20), related("a", "club", "member_of"), role("b", "f", "user"))
    answer = without(ecosystem, "shop")
    assert answer["cut_off"] == ["a", "club"]
    assert answer["lost_only_channel"] == ["a", "b"]


def test_scores_say_before_after_rank_and_why_there_is_none() -> None:
    answer = without(worked_chain(), "TierOne")
    by_party = {(item["party_id"], item["score"]): item for item in answer["scores"]}
    gone = by_party["TierOne", "value_flow"]
    assert (gone["before"], gone["after"], gone["reason"]) == (pytest.approx(27.8854, abs=1e-4), None, "removed")
    tier_two = by_party["TierTwo", "value_flow"]
    assert (tier_two["before"], tier_two["after"]) == (pytest.approx(12.5721, abs=1e-4), 0.0)
    assert tier_two["change"] == pytest.approx(tier_two["after"] - tier_two["before"])
    assert tier_two["rank_before"] == 6
    assert ("Enterprise", "value_flow") not in by_party
    sizes = [abs((item["after"] or 0) - (item["before"] or 0)) for item in answer["scores"]]
    assert sizes == sorted(sizes, reverse=True)


def test_an_empty_scenario_moves_nothing() -> None:
    answer = found(worked_chain())
    assert (answer["scores"], answer["value_lost"], answer["cut_off"], answer["lost_only_channel"], answer["substitution"]) == ([], 0.0, [], [], [])


@settings(max_examples=20)
@given(record_lists(), st.sampled_from(PLACES[1:]))
def test_scores_equal_those_of_both_ecosystems(records: list[Record], party: str) -> None:
    left = [record for record in records if party not in (record["id"], record.get("source"), record.get("target"))]
    answer = without(made(records), party)
    for score in ("influence", "value_flow"):
        before, after = compute(made(records), score).values, compute(made(left), score).values
        moved = {name for name in before if (before[name] is None) != (after.get(name) is None) or abs((after.get(name) or 0) - (before[name] or 0)) > 1e-9}
        items = {item["party_id"]: item for item in answer["scores"] if item["score"] == score}
        assert items.keys() == moved
        assert all(item["before"] == before[name] and item["after"] == pytest.approx(after.get(name), abs=1e-9) for name, item in items.items())


def test_without_a_focal_party_there_is_a_reason() -> None:
    answer = without(worked_chain(), "Firm")
    assert answer["reasons"] == {"value_lost": "no-focal-party", "cut_off": "no-focal-party", "lost_only_channel": "no-focal-party"}
    assert answer["value_lost"] is answer["cut_off"] is answer["lost_only_channel"] is None
    merged = found(worked_chain(), {"op": "merge", "id": "Firm", "into": "Service"})
    assert merged["reasons"]["value_lost"] == "focal-party-merged"


def test_a_closed_cycle_has_a_reason() -> None:
    answer = found(ecosystem_of(paid("f", "a", 10), paid("a", "f", 10)), {"op": "add", "record": parties("x")[0]})
    assert answer["reasons"] == {"value_lost": "closed-cycle"}


def test_buyers_of_a_lost_supplier_get_at_most_what_its_rivals_deliver_to_others() -> None:
    """steel: mine sold 50 to firm; pit sells 20 to firm and 30 to rival, quarry 5 to firm only. Paint has no other supplier."""
    flows = [
        paid("mine", "f", 50, product="steel"), paid("mine", "f", 8, product="paint") | {"id": "paint"}, paid("pit", "f", 20, product="steel"),
        paid("pit", "rival", 30, product="steel"), paid("pit", "rival", 99, product="sand") | {"id": "sand"}, paid("quarry", "f", 5, product="steel"),
    ]  # fmt: skip
    ecosystem = ecosystem_of(*flows)
    steel, paint = without(ecosystem, "mine")["substitution"]
    assert (steel["party_id"], steel["buyer_id"], steel["product"], steel["lost"], steel["facts"]) == ("mine", "f", "steel", 50.0, ["mine>f"])
    assert (steel["from_others"], steel["others_in_all"], steel["at_most"], steel["share_at_most"]) == (25.0, 55.0, 30.0, 0.6)
    assert steel["suppliers"] == [
        {"party_id": "pit", "to_buyer": 20.0, "in_all": 50.0, "facts": ["pit>f"], "facts_left_out": 0},
        {"party_id": "quarry", "to_buyer": 5.0, "in_all": 5.0, "facts": ["quarry>f"], "facts_left_out": 0},
    ]
    assert (paint["product"], paint["lost"], paint["at_most"], paint["suppliers"]) == ("paint", 8.0, 0.0, [])
    both = found(ecosystem, {"op": "remove_party", "id": "mine"}, {"op": "remove_party", "id": "pit"})["substitution"]
    assert [(item["party_id"], item["buyer_id"], item["product"], item["at_most"]) for item in both] == [
        ("pit", "rival", "sand", 0.0), ("mine", "f", "steel", 0.0), ("pit", "rival", "steel", 0.0), ("pit", "f", "steel", 0.0), ("mine", "f", "paint", 0.0),
    ]  # fmt: skip


def test_the_disruption_of_each_lost_party_is_exact() -> None:
    """mine is 3/4 of the firm's purchases, the firm all of the shop's: of 120 sold (30, 10, 40 + 40) 3/4 of 80 is distressed beyond it."""
    ecosystem = ecosystem_of(paid("mine", "f", 30), paid("port", "f", 10), paid("f", "shop", 40), parties("idle")[0])
    answer = found(ecosystem, {"op": "remove_party", "id": "mine"}, {"op": "remove_party", "id": "idle"})
    assert answer["disruption"] == [{"party_id": "mine", "value": 0.5, "reason": None}, {"party_id": "idle", "value": 0.0, "reason": None}]
    assert without(ecosystem_of(related("a", "f", "knows")), "a")["disruption"] == [{"party_id": "a", "value": None, "reason": "no-value-chain"}]


def test_a_party_that_is_added_again_is_not_lost() -> None:
    edits = [{"op": "remove_party", "id": "TierOne"}, {"op": "add", "record": parties("TierOne")[0]}]
    assert found(worked_chain(), *edits)["substitution"] == []


def test_long_lists_are_cut_and_say_so() -> None:
    customers = [f"c{number:04d}" for number in range(SHOWN + 200)]
    ecosystem = ecosystem_of(paid("f", "shop", 60), *(paid("shop", customer, 1 + number) for number, customer in enumerate(customers)))
    answer = without(ecosystem, "shop")
    assert answer["cut_off"] == customers[:SHOWN]
    assert answer["truncated"]["cut_off"] == {"shown": SHOWN, "left_out": 200, "why": "the first 1000 are kept"}
    assert answer["lost_only_channel"][0] == customers[-1]
    assert len(answer["scores"]) == SHOWN
    assert answer["scores_moved"] == SHOWN + answer["truncated"]["scores"]["left_out"]


def test_parameters_and_period_hold_for_both_sides() -> None:
    flows = [paid("f", "a", 60, valid_from="2024"), paid("f", "b", 40, valid_from="2025")]
    answer = found(ecosystem_of(*flows), {"op": "remove_party", "id": "a"}, period={"from": "2024-01-01", "to": "2024-12-31"})
    assert answer["value"]["sales"] == {"before": 60.0, "after": 0.0, "lost": 60.0}
    assert found(ecosystem_of(*flows), {"op": "remove_party", "id": "a"})["value_lost"] == 0
