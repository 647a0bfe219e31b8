"""The two scores as entries of the registry; what they are made of is in ``graph_models.scores``."""

from __future__ import annotations

from graph_models.ecosystem import Ecosystem
from graph_models.metrics.result import Metric, MetricResult
from graph_models.parameters import Parameters


def influence(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    from graph_models.scores import score_result  # scores are composed of the metrics in this package

    return score_result(ecosystem, parameters, "influence")


def value_flow(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    from graph_models.scores import score_result

    return score_result(ecosystem, parameters, "value_flow")


INFLUENCE = Metric("influence", "scores", "x", "y", "z", "r", influence)
VALUE_FLOW = Metric("value_flow", "scores", "x", "y", "z", "r", value_flow)
