"""Surveys: published intervals, which answers count, and that an interval depends on nothing but the answers and the seed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graph_models import Ecosystem, compute
from graph_models.errors import InvalidInput
from tests.graph_models.metrics.made import ecosystem, parties, ties


def answered(party: str, measure: str, *values: float, toward: str = "firm", day: str = "2025-06-01", **more: Any) -> list[dict[str, Any]]:
    return [
        {"type": "touchpoint", "id": f"{party}{toward}{measure}{day}{place}", "source": party, "target": toward, "kind": "survey_answer"}
        | {"occurred_at": day, "measure": measure, "value": value}
        | more
        for place, value in enumerate(values)
    ]


def found(made: Ecosystem, metric: str, party: str, **parameters: Any) -> tuple[Any, ...]:
    result, place = compute(made, metric, **parameters), made.index(party)
    return (result.values[party], *(result.columns[name].tolist()[place] for name in ("n", "low", "high")))


@pytest.mark.parametrize(
    ("satisfied", "n", "low", "high"),
    [(81, 263, 25.53, 36.62), (15, 148, 6.24, 16.05), (0, 20, 0.00, 16.11), (1, 29, 0.61, 17.18)],
)
def test_the_interval_of_satisfaction_is_that_of_wilson(satisfied: int, n: int, low: float, high: float) -> None:
    """Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17, 1998, table I, method 3."""
    made = ecosystem(parties("firm", "acme") + answered("acme", "csat", *[5] * satisfied, *[3] * (n - satisfied)), "firm")
    value, count, below, above = found(made, "csat", "acme")
    assert (value, count) == (pytest.approx(100 * satisfied / n), n)
    assert (below, above) == (pytest.approx(low, abs=0.006), pytest.approx(high, abs=0.006))


def test_promoters_less_detractors() -> None:
    """Reichheld's scale: 9 and 10 promote, 7 and 8 are passive, 0 to 6 detract. Five, three and two of ten: 30."""
    made = ecosystem(parties("firm", "acme") + answered("acme", "nps", 9, 10, 10, 9, 10, 7, 8, 7, 0, 6), "firm")
    value, count, low, high = found(made, "nps", "acme")
    assert (value, count) == (30, 10)
    assert -100 <= low < 30 < high <= 100


def test_top_two_boxes_and_the_mean_of_effort() -> None:
    made = ecosystem(parties("firm", "acme") + answered("acme", "csat", 5, 4, 3, 1) + answered("acme", "ces", 7, 5, 3), "firm")
    assert found(made, "csat", "acme")[:2] == (50, 4)
    assert found(made, "ces", "acme")[:2] == (5, 3)
    assert 3 <= found(made, "ces", "acme")[2] < 5 < found(made, "ces", "acme")[3] <= 7


def test_a_bootstrap_of_many_answers_is_as_wide_as_theory_says() -> None:
    """For n answers of variance v, 1.96 sqrt(v / n) each way."""
    chance = np.random.default_rng(1)
    nps, ces = chance.integers(0, 11, 400), chance.integers(1, 8, 400)
    made = ecosystem(parties("firm", "acme") + answered("acme", "nps", *nps.tolist()) + answered("acme", "ces", *ces.tolist()), "firm")
    for metric, points in (("nps", np.where(nps >= 9, 100.0, np.where(nps <= 6, -100.0, 0.0))), ("ces", ces.astype(float))):
        value, _, low, high = found(made, metric, "acme")
        assert value == pytest.approx(points.mean())
        assert high - low == pytest.approx(2 * 1.96 * points.std() / np.sqrt(400), rel=0.1)


def test_an_interval_depends_on_the_answers_and_the_seed_alone() -> None:
    records = parties("firm", "acme") + answered("acme", "nps", 10, 3, 8, 9)
    alone = ecosystem(records, "firm")
    crowd = ecosystem(records + parties("a", "b") + answered("a", "nps", 1, 2, 9) + answered("b", "nps", 8, 9, 10, 3), "firm")
    assert found(alone, "nps", "acme") == found(crowd, "nps", "acme") == found(crowd, "nps", "b")
    assert found(alone, "nps", "acme", seed=7)[:2] == found(alone, "nps", "acme")[:2]
    many = ecosystem(parties("firm", "acme") + answered("acme", "ces", *[1, 2, 3, 4, 5, 6, 7] * 5), "firm")
    assert found(many, "ces", "acme", seed=7) != found(many, "ces", "acme")


def test_of_one_answer_there_is_no_interval_by_resampling() -> None:
    made = ecosystem(parties("firm", "acme") + answered("acme", "nps", 9) + answered("acme", "csat", 5), "firm")
    value, count, low, high = found(made, "nps", "acme")
    assert (value, count, np.isnan(low), np.isnan(high)) == (100, 1, True, True)
    assert found(made, "csat", "acme")[2:] == (pytest.approx(20.65, abs=0.01), 100)  # Wilson: 1 / (1 + 1.96 ** 2)


def test_answers_count_up_to_the_day_or_in_the_period_toward_whom_they_are() -> None:
    records = [
        *parties("firm", "acme", "rival"),
        *answered("acme", "nps", 9, day="2019-01-01"),
        *answered("acme", "nps", 0, day="2025-05-01"),
        *answered("acme", "nps", 0, day="2026-01-01"),  # after the day
        *answered("acme", "nps", 0, day="2025-05-02", status="hypothesis"),
        *answered("acme", "nps", 8, toward="rival"),
        *answered("firm", "nps", 1, toward="acme"),
    ]
    made = ecosystem(records, "firm")
    assert found(made, "nps", "acme")[:2] == (0, 2)
    assert found(made, "nps", "acme", hypotheses=True)[1] == 3
    assert found(made, "nps", "acme", period={"from": "2025-01-01", "to": "2025-12-31"})[:2] == (-100, 1)
    assert found(made, "nps", "acme", toward="rival")[:2] == (0, 1)
    assert compute(made, "nps").reasons == {"firm": "no-answers", "rival": "no-answers"}
    assert compute(made, "csat").reasons["acme"] == "no-answers"
    with pytest.raises(InvalidInput) as refused:
        compute(made, "nps", toward="nobody")
    assert refused.value.errors[0].field == "toward"


def test_the_answer_says_which_period_its_answers_are_of() -> None:
    records = parties("firm", "acme") + answered("acme", "nps", 10, day="2023-11-15") + answered("acme", "nps", 2, day="2024-11-25")
    made = Ecosystem.from_records(records, "firm", "2024-12-31")
    everything, year = compute(made, "nps"), compute(made, "nps", period={"from": "2024-01-01", "to": "2024-12-31"})
    assert (everything.values["acme"], everything.parameters["period"]) == (0, {"from": None, "to": "2024-12-31"})
    assert (year.values["acme"], year.parameters["period"]) == (-100, {"from": "2024-01-01", "to": "2024-12-31"})
    assert compute(made, "nps", **everything.parameters).values == everything.values
    assert compute(Ecosystem.from_records(records, "nobody", "2024-12-31"), "nps").parameters["period"] == {"from": None, "to": "2024-12-31"}


def test_a_department_answers_for_its_company_and_about_its_company() -> None:
    records = parties("firm", "acme") + parties("sales", "buying", kind="unit") + ties([("sales", "firm"), ("buying", "acme")], "part_of")
    made = ecosystem(records + answered("buying", "csat", 5, toward="sales") + answered("sales", "csat", 1), "firm")
    assert found(made, "csat", "acme")[:2] == (100, 1)
    assert compute(made, "csat").reasons == {"buying": "rolled-up", "firm": "no-answers", "sales": "rolled-up"}
    assert found(made, "csat", "acme", toward="sales")[:2] == (100, 1)


def test_without_a_focal_party_whom_the_answers_are_about_must_be_named() -> None:
    made = ecosystem(parties("acme", "b") + answered("b", "ces", 2, 4, toward="acme"), "nobody")
    assert set(compute(made, "ces").reasons.values()) == {"no-focal-party"}
    assert found(made, "ces", "b", toward="acme")[:2] == (3, 2)
