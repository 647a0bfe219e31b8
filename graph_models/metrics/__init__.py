"""The registry: every metric that can be computed, in one visible list."""

from __future__ import annotations

from graph_models.errors import NotFound
from graph_models.metrics import loops, scored
from graph_models.metrics.result import Metric

METRICS: tuple[Metric, ...] = (
    loops.WSO,
    loops.WVFO,
    scored.INFLUENCE,
    scored.VALUE_FLOW,
)

_BY_NAME = {metric.name: metric for metric in METRICS}


def metric_named(name: str) -> Metric:
    """The entry of a metric; ``NotFound`` where there is none of that name."""
    if name not in _BY_NAME:
        raise NotFound(f"{name!r} is no metric; there are {', '.join(sorted(_BY_NAME))}", metric=name)
    return _BY_NAME[name]
