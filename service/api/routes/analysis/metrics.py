"""The registry of metrics: what each answers, how, when it is undefined, and what it may be given."""

from __future__ import annotations

from fastapi import APIRouter, Response

from graph_models.analysis.registry import EXPLAINED, METRICS
from graph_models.ecosystem.parameters import COMMON, STRUCTURAL, Parameter
from graph_models.metrics.result import Metric
from service.api.io.dependencies import PageDep, PlaceDep
from service.api.io.operation_docs import answers
from service.api.io.responses import fixed_list
from service.api.schemas.parameters import MetricAbout, MetricList, ParameterAbout


def described(metric: Metric) -> MetricAbout:
    """An entry of the registry, with every parameter that it takes."""
    common = STRUCTURAL | COMMON if metric.structural else COMMON
    parameters = common | {parameter.name: parameter for parameter in metric.parameters}
    texts = {name: getattr(metric, name) for name in ("name", "family", "question", "formula", "undefined_when", "reference", "cost", "kind")}
    explained = metric.name in EXPLAINED
    return MetricAbout(**texts, explained=explained, rules=list(metric.rules), parameters=[_parameter(parameter) for parameter in parameters.values()])


def _parameter(parameter: Parameter) -> ParameterAbout:
    return ParameterAbout(name=parameter.name, type=parameter.type, default=parameter.default, range=parameter.range)


router = APIRouter(prefix="/v1/workspaces/{workspace}/metrics", tags=["analyses"])
_ALL = [described(metric) for metric in METRICS]


@router.get("", response_class=Response, responses=answers(MetricList))
async def list_metrics(place: PlaceDep, asked: PageDep) -> Response:
    """All metrics that can be asked for."""
    return fixed_list(asked, _ALL)
