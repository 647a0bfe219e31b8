"""Parameters: what is accepted, what is refused, and what is shown of them."""

from __future__ import annotations

from typing import Any

import pytest

from graph_models import compute
from graph_models.analysis.registry import metric_named
from graph_models.ecosystem.parameters import COMMON, SPECS, Parameters, parameters_of, period_json
from graph_models.errors import InvalidInput
from graph_models.records.dates import day_of
from graph_models.records.vocabulary import BUILT_IN
from tests.graph_models.ecosystems import ecosystem_of, paid


def test_nothing_given_means_the_defaults() -> None:
    assert parameters_of({}) == parameters_of(None) == Parameters()
    assert parameters_of({"alpha": None}) == Parameters()


def test_the_defaults_of_the_struct_are_those_of_the_specifications() -> None:
    for name, spec in COMMON.items():
        value = getattr(Parameters(), name)
        assert (list(value) if isinstance(value, tuple) else value) == spec.default


def test_a_period_is_given_by_its_first_and_last_days() -> None:
    parameters = parameters_of({"period": {"from": "2025-01", "to": "2025-12-31"}})
    assert parameters.period == (day_of("2025-01-01"), day_of("2026-01-01"))
    assert period_json(parameters.period) == {"from": "2025-01-01", "to": "2025-12-31"}


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"banana": 1}, "banana", "unknown-parameter"),
        ({"max_length": 1}, "max_length", "out-of-range"),
        ({"max_length": 2.5}, "max_length", "wrong-type"),
        ({"min_loop_score": 1.1}, "min_loop_score", "out-of-range"),
        ({"min_loop_score": float("nan")}, "min_loop_score", "out-of-range"),
        ({"alpha": float("inf")}, "alpha", "out-of-range"),
        ({"graph": "banana"}, "graph", "unknown-graph"),
        ({"roll_up": "banana"}, "roll_up", "unknown-value"),
        ({"hypotheses": "yes"}, "hypotheses", "wrong-type"),
        ({"kinds": "money"}, "kinds", "wrong-type"),
        ({"kinds": ["banana"]}, "kinds", "unknown-value"),
        ({"kind": "banana"}, "kind", "unknown-value"),
        ({"in_return_for": ["banana"]}, "in_return_for", "unknown-value"),
        ({"period": {"from": "2025-02", "to": "2025-01"}}, "period", "out-of-range"),
        ({"period": {"from": "yesterday"}}, "period", "out-of-range"),
        ({"period": "2025"}, "period", "wrong-type"),
        ({"max_length": 10**400}, "max_length", "out-of-range"),
        ({"seed": 2**63}, "seed", "out-of-range"),
        ({"k": -(10**400)}, "k", "out-of-range"),
        ({"alpha": 10**400}, "alpha", "out-of-range"),
        ({"kinds": [7]}, "kinds[0]", "wrong-type"),
        ({"threshold": 1}, "threshold", "out-of-range"),
    ],
)
def test_what_is_wrong_is_named(fields: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parameters_of(fields, BUILT_IN)
    assert [(error.field, error.code) for error in caught.value.errors] == [(field, code)]


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        parameters_of({"banana": 1, "max_length": 0})
    assert {error.field for error in caught.value.errors} == {"banana", "max_length"}


def test_a_metric_takes_its_own_parameters_only() -> None:
    assert metric_named("pagerank").parameters_of({"alpha": 0.5}).alpha == 0.5
    with pytest.raises(InvalidInput) as caught:
        metric_named("wso").parameters_of({"alpha": 0.5})
    assert caught.value.errors[0].code == "unknown-parameter"
    with pytest.raises(InvalidInput) as caught:
        metric_named("pagerank").parameters_of({"alpha": 1.0})
    assert caught.value.errors[0].code == "out-of-range"


def test_a_result_says_what_it_ran_with_and_can_be_asked_again_with_it() -> None:
    ecosystem = ecosystem_of(paid("f", "a", 3))
    result = compute(ecosystem, "pagerank", alpha=0.5)
    assert result.parameters["alpha"] == 0.5
    assert result.parameters["graph"] == "influence"
    assert result.parameters["period"] == {"from": "2025-01-01", "to": "2025-12-31"}
    assert compute(ecosystem, "pagerank", **result.parameters).values == result.values


def test_ranges_read_as_intervals() -> None:
    assert SPECS["threshold"].range == "[0, 1)"
    assert SPECS["k"].range == "[1, inf)"
    assert SPECS["basis"].range == ["money", "goods", "max"]
    assert SPECS["of"].range is None
