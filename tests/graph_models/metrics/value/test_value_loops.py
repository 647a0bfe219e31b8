"""WSO and WVFO: the worked example, parallel streams, cut-offs and views."""

from __future__ import annotations

import pytest

from graph_models import compute
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import parameters_of
from graph_models.errors import InvalidInput
from graph_models.views.value_loops import flows_view, loops_view
from tests.graph_models.ecosystems import ecosystem_of, flow, paid, parties


def worked_loops() -> Ecosystem:
    return ecosystem_of(flow("S", "A", utility=0.5), flow("A", "S", utility=0.8), flow("S", "B", utility=0.3), flow("B", "S", utility=0.4), focal="S")


def test_the_worked_example() -> None:
    assert {party: round(value, 6) for party, value in compute(worked_loops(), "wso").values.items()} == {"S": 1, "A": 0.769231, "B": 0.230769}


def test_the_flows_of_the_worked_example() -> None:
    share, normalised = compute(worked_loops(), "wvfo"), compute(worked_loops(), "wvfo", variant="normalised")
    assert share.values["S", "A", "knowledge", None] == pytest.approx(0.4 / 0.52)
    assert normalised.values["S", "A", "knowledge", None] == pytest.approx(0.4 / 1.04)
    assert sum(normalised.values.values()) == pytest.approx(1)
    view = flows_view(worked_loops(), parameters_of({}))
    assert [(item["source"], item["target"], item["rank"]) for item in view["items"]] == [("A", "S", 1), ("S", "A", 1), ("B", "S", 3), ("S", "B", 3)]
    assert view["items"][0] == {
        "source": "A",
        "target": "S",
        "kind": "knowledge",
        "product": None,
        "facts": ["A>S:knowledge"],
        "utility": 0.8,
        "utility_source": "judged",
        "implied": False,
        "wvfo": pytest.approx(0.4 / 0.52),
        "rank": 1,
    }


def test_loops_are_listed_by_score_with_their_weakest_fact() -> None:
    view = loops_view(worked_loops(), parameters_of({}))
    assert [(round(item["score"], 12), item["parties"], item["facts"], item["weakest_fact"]) for item in view["items"]] == [
        (0.4, ["S", "A"], ["S>A:knowledge", "A>S:knowledge"], "S>A:knowledge"),
        (0.12, ["S", "B"], ["S>B:knowledge", "B>S:knowledge"], "S>B:knowledge"),
    ]
    assert {name: view[name] for name in ("total", "complete", "min_loop_score", "max_length")} == {
        "total": 2,
        "complete": True,
        "min_loop_score": 0,
        "max_length": 6,
    }
    assert view["total_score"] == pytest.approx(0.52)


def test_the_loops_of_one_party_and_a_part_of_the_list() -> None:
    view = loops_view(worked_loops(), parameters_of({}), party="B")
    assert ([item["parties"] for item in view["items"]], view["total"]) == ([["S", "B"]], 1)
    page = loops_view(worked_loops(), parameters_of({}), limit=1, offset=1)
    assert ([item["parties"] for item in page["items"]], page["total"]) == ([["S", "B"]], 2)
    with pytest.raises(InvalidInput):
        loops_view(worked_loops(), parameters_of({}), party="banana")


def test_a_least_score_and_a_greatest_number_cut_off_and_say_so() -> None:
    least = compute(worked_loops(), "wso", min_loop_score=0.2)
    assert least.values == {"S": 1, "A": 1, "B": 0}
    most = compute(worked_loops(), "wso", max_loops=1)
    assert most.values == {"S": 1, "A": 1, "B": 0}
    assert [warning.code for warning in most.warnings] == ["threshold"]
    assert (most.parameters["complete"], most.parameters["min_loop_score"]) == (False, 0.12)


def test_loops_longer_than_asked_for_do_not_count() -> None:
    circle = ecosystem_of(*(flow(a, b, utility=0.5) for a, b in (("f", "a"), ("a", "b"), ("b", "f"))))
    assert compute(circle, "wso", max_length=3).values == {"a": 1, "b": 1, "f": 1}
    assert compute(circle, "wso", max_length=2).reasons == dict.fromkeys(("a", "b", "f"), "no-loops")


def test_without_loops_or_value_or_focal_party_it_is_undefined() -> None:
    assert compute(ecosystem_of(flow("f", "a", utility=1)), "wso").reasons == {"a": "no-loops", "f": "no-loops"}
    worthless = ecosystem_of(flow("f", "a", utility=0), flow("a", "f", utility=1))
    assert compute(worthless, "wso").reasons == {"a": "no-loops", "f": "no-loops"}
    assert set(compute(worthless, "wvfo").values.values()) == {None}
    assert flows_view(worthless, parameters_of({}))["items"][0]["wvfo"] is None
    nobody = ecosystem_of(*parties("a"), focal="banana")
    assert compute(nobody, "wso").reasons == {"a": "no-focal-party"}
    assert compute(nobody, "wvfo").values == {}
    assert loops_view(nobody, parameters_of({}))["total"] == flows_view(nobody, parameters_of({}))["total"] == 0


def test_computed_utilities_count_unless_only_judged_ones_are_asked_for() -> None:
    ecosystem = ecosystem_of(paid("f", "a", 5), flow("f", "a", "goods"), flow("f", "b", utility=0.5), flow("b", "f", utility=0.5))
    both, judged = compute(ecosystem, "wso"), compute(ecosystem, "wso", utility="judged")
    assert both.values["a"] == pytest.approx(0.57**2 / (0.57**2 + 0.25))
    assert judged.values == {"a": 0, "b": 1, "f": 1}


def test_a_removed_fact_rescores_the_known_loops() -> None:
    ecosystem = ecosystem_of(
        paid("f", "a", 5), paid("f", "c", 15), flow("f", "a", "goods"), flow("f", "c", "goods"), flow("f", "b", utility=0.5), flow("b", "f", utility=0.5)
    )
    compute(ecosystem, "wso")
    for fact in ("f>a", "f>c", "f>a:goods", "b>f:knowledge"):
        smaller = ecosystem.without([fact])
        fresh = Ecosystem.from_columns(smaller.columns, "f", ecosystem.as_of)
        assert compute(smaller, "wso").values == pytest.approx(compute(fresh, "wso").values)
        assert loops_view(smaller, parameters_of({})) == loops_view(fresh, parameters_of({}))


def test_a_removed_refund_may_make_a_new_loop() -> None:
    records = [paid("f", "a", 5), paid("f", "a", -5) | {"id": "refund"}, flow("f", "a", "goods"), flow("f", "b", utility=0.5), flow("b", "f", utility=0.5)]
    ecosystem = ecosystem_of(*records)
    assert compute(ecosystem, "wso").values["a"] == 0
    assert compute(ecosystem.without(["refund"]), "wso").values["a"] > 0
