"""Customers of an analysis: who uses, who sells on, and on which chains the output comes to whom."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from graph_models.errors import ParameterOutOfRange, TooCostly
from service.api.io.dependencies import CalculatorDep, PageDep, PlaceDep
from service.api.io.operation_docs import answers, fails_with
from service.api.io.responses import json_answer
from service.api.routes.analysis.analyses import AnalysisId
from service.api.routes.analysis.views import paged_view
from service.api.schemas.analysis.customers import Chains, CustomerKind, CustomerList

router = APIRouter(prefix="/v1/workspaces/{workspace}/analyses/{analysis_id}", tags=["analyses"])
ProductQuery = Annotated[str | None, Query(description="Only of this product.", examples=["refrigerator"])]
_FAILS = fails_with(TooCostly, ParameterOutOfRange)


@router.get("/customers", response_class=Response, responses=answers(CustomerList), openapi_extra=_FAILS)
def list_customers(
    place: PlaceDep,
    calculator: CalculatorDep,
    analysis_id: AnalysisId,
    asked: PageDep,
    kind: Annotated[CustomerKind | None, Query()] = None,
    product: ProductQuery = None,
    party: Annotated[str | None, Query(description="A party's id.", examples=["d1"])] = None,
    role: Annotated[str | None, Query(description="Only parties with this role toward the focal party; an id or a label.", examples=["distributor"])] = None,
    hidden: Annotated[bool | None, Query(description="Only those whose use is shown and whose purchases are not recorded, or only the others.")] = None,
) -> Response:
    """End customers, channels and processors: what each buys, what becomes of it, and what is hidden."""
    query = {"kind": kind, "product": product, "party": party, "role": role, "hidden": hidden}
    return json_answer(paged_view(place, calculator, analysis_id, "customers", asked, query))


@router.get("/chains", response_class=Response, responses=answers(Chains), openapi_extra=_FAILS)
def list_chains(
    place: PlaceDep,
    calculator: CalculatorDep,
    analysis_id: AnalysisId,
    to: Annotated[str | None, Query(description="Only to this end customer: a party's id.", examples=["d1"])] = None,
    through: Annotated[str | None, Query(description="Only through this party: its id.", examples=["d1"])] = None,
    product: ProductQuery = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 10,
) -> Response:
    """The chains from the focal party to its end customers, the widest first."""
    query = {"to": to, "through": through, "product": product, "limit": limit}
    return json_answer(calculator.ask("view", place.workspace.id, analysis_id=analysis_id, name="chains", query=query))
