"""The registry of metrics, and what an analysis computes that names none."""

from __future__ import annotations

import inspect

import pytest

from graph_models.analysis.registry import DEFAULT_SET, METRICS, metric_named
from graph_models.metrics.result import STREAM, Metric
from graph_models.scores.scores import SCORES


def test_every_metric_is_registered_once() -> None:
    names = [metric.name for metric in METRICS]
    assert len(names) == len(set(names))


def test_the_default_set_names_metrics_of_parties_each_once() -> None:
    assert len(DEFAULT_SET) == len(set(DEFAULT_SET))
    assert [name for name in DEFAULT_SET if metric_named(name).kind == STREAM] == []


@pytest.mark.parametrize("metric", [metric for metric in METRICS if metric.name not in SCORES], ids=lambda metric: metric.name)
def test_every_metric_says_what_it_answers_and_shows_it(metric: Metric) -> None:
    assert metric.question.endswith("?")
    assert all((metric.formula, metric.undefined_when, metric.reference, metric.cost))
    text = inspect.getdoc(metric.compute) or ""
    assert all(part in text for part in (">>> ", "Notes\n-----", "References\n----------"))
