"""Views of an analysis: loops, flows, sinks, tiers, give and get ..., computed from its snapshot with its outer parameters."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from graph_models.errors import ParameterOutOfRange, TooCostly
from service.analysis import results as analysis
from service.api.io.dependencies import Calculates, CalculatorDep, PageAsked, PageDep, Place, PlaceDep
from service.api.io.operation_docs import answers, fails_with
from service.api.io.responses import json_answer, with_cursor
from service.api.routes.analysis.analyses import AnalysisId
from service.api.schemas.analysis.value_chain import Bottleneck, Sinks, Tiers
from service.api.schemas.analysis.views import CommunityList, DataQuality, FlowList, GiveGet, LoopList, Network, Ownership, TieList

router = APIRouter(prefix="/v1/workspaces/{workspace}/analyses/{analysis_id}", tags=["analyses"])

PartyQuery = Annotated[str | None, Query(description="A party's id; default: the focal party.", examples=["d1"])]
_FAILS = fails_with(TooCostly, ParameterOutOfRange)


@router.get("/loops", response_class=Response, responses=answers(LoopList), openapi_extra=_FAILS)
def list_loops(place: PlaceDep, calculator: CalculatorDep, analysis_id: AnalysisId, asked: PageDep, party: PartyQuery = None) -> Response:
    """Loops of exchange through the focal party, the strongest first; those through one party, if named."""
    return json_answer(paged_view(place, calculator, analysis_id, "loops", asked, {"party": party}))


@router.get("/flows", response_class=Response, responses=answers(FlowList), openapi_extra=_FAILS)
def list_flows(
    place: PlaceDep, calculator: CalculatorDep, analysis_id: AnalysisId, asked: PageDep, variant: Annotated[Literal["share", "normalised"], Query()] = "share"
) -> Response:
    """Streams by the share of loops that they carry (WVFO)."""
    return json_answer(paged_view(place, calculator, analysis_id, "flows", asked, {"variant": variant}))


@router.get("/sinks", response_class=Response, responses=answers(Sinks), openapi_extra=_FAILS)
def get_sinks(
    place: PlaceDep,
    calculator: CalculatorDep,
    analysis_id: AnalysisId,
    party: PartyQuery = None,
    product: Annotated[str | None, Query(examples=["refrigerator"])] = None,
    by: Annotated[Literal["party", "industry", "region"], Query()] = "party",
) -> Response:
    """Where what a party delivers ends, and what cannot be attributed."""
    return json_answer(calculator.ask("view", place.workspace.id, analysis_id=analysis_id, name="sinks", query={"party": party, "product": product, "by": by}))


@router.get("/bottleneck", response_class=Response, responses=answers(Bottleneck), openapi_extra=_FAILS)
def get_bottleneck(
    place: PlaceDep,
    calculator: CalculatorDep,
    analysis_id: AnalysisId,
    begin: Annotated[str, Query(alias="from", description="A party's id.", examples=["s1"])],
    end: Annotated[str, Query(alias="to", description="A party's id.", examples=["firm"])],
) -> Response:
    """How much value can reach one party from another through the chain, and what holds it back."""
    return json_answer(calculator.ask("view", place.workspace.id, analysis_id=analysis_id, name="bottleneck", query={"from": begin, "to": end}))


@router.get("/tiers", response_class=Response, responses=answers(Tiers), openapi_extra=_FAILS)
def get_tiers(
    place: PlaceDep,
    calculator: CalculatorDep,
    analysis_id: AnalysisId,
    party: PartyQuery = None,
    max_tier: Annotated[int | None, Query(ge=1, le=100, description="Default: that of the analysis, else 4.")] = None,
) -> Response:
    """On whom what a party delivers draws, tier by tier."""
    return json_answer(calculator.ask("view", place.workspace.id, analysis_id=analysis_id, name="tiers", query={"party": party, "max_tier": max_tier}))


@router.get("/give-get", response_class=Response, responses=answers(GiveGet), openapi_extra=_FAILS)
def get_give_get(place: PlaceDep, calculator: CalculatorDep, analysis_id: AnalysisId, party: PartyQuery = None) -> Response:
    """What a party gives the focal party and gets from it, by kind of value."""
    return json_answer(calculator.ask("view", place.workspace.id, analysis_id=analysis_id, name="give-get", query={"party": party}))


@router.get("/communities", response_class=Response, responses=answers(CommunityList), openapi_extra=_FAILS)
def list_communities(
    place: PlaceDep,
    calculator: CalculatorDep,
    analysis_id: AnalysisId,
    asked: PageDep,
    community: Annotated[str | None, Query(description="Only the one with this id.", examples=["1"])] = None,
) -> Response:
    """Who belongs together, the largest communities first; each is named after what most of its central parties are."""
    return json_answer(paged_view(place, calculator, analysis_id, "communities", asked, {"community_id": community}))


@router.get("/network", response_class=Response, responses=answers(Network), openapi_extra=_FAILS)
def get_network(place: PlaceDep, calculator: CalculatorDep, analysis_id: AnalysisId, asked: PageDep) -> Response:
    """What the network is like as a whole: one number a statistic, null with a reason where it is undefined. `bridges` are paged, `total` is theirs."""
    found = paged_view(place, calculator, analysis_id, "network", asked, {}, listed="bridges")
    return json_answer(found)


@router.get("/ownership", response_class=Response, responses=answers(Ownership), openapi_extra=_FAILS)
def get_ownership(place: PlaceDep, calculator: CalculatorDep, analysis_id: AnalysisId, party: PartyQuery = None) -> Response:
    """Who holds a party, directly and through others, and what it holds."""
    return json_answer(calculator.ask("view", place.workspace.id, analysis_id=analysis_id, name="ownership", query={"party": party}))


@router.get("/ties", response_class=Response, responses=answers(TieList), openapi_extra=_FAILS)
def get_ties(
    place: PlaceDep, calculator: CalculatorDep, analysis_id: AnalysisId, party: PartyQuery = None, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> Response:
    """With whom a party has the strongest ties."""
    return json_answer(calculator.ask("view", place.workspace.id, analysis_id=analysis_id, name="ties", query={"party": party, "limit": limit}))


@router.get("/data-quality", response_class=Response, responses=answers(DataQuality), openapi_extra=_FAILS)
def get_data_quality(place: PlaceDep, calculator: CalculatorDep, analysis_id: AnalysisId) -> Response:
    """Facts that name no document, and roles that nothing has been heard of."""
    return json_answer(calculator.ask("view", place.workspace.id, analysis_id=analysis_id, name="data-quality", query={}))


def paged_view(
    place: Place, calculator: Calculates, analysis_id: str, name: str, asked: PageAsked, query: dict[str, Any], listed: str = "items"
) -> dict[str, Any]:
    """A page of a view whose order does not change. Further pages are of the analysis that the first was of."""
    analysis_id, first = asked.place(analysis_id)
    analysis_id = analysis.analysis(place.service, place.workspace.id, analysis_id)["analysis_id"]
    query = query | {"limit": asked.limit, "offset": first}
    found: dict[str, Any] = calculator.ask("view", place.workspace.id, analysis_id=analysis_id, name=name, query=query)
    return found | {"next_cursor": with_cursor({"items": found[listed], "total": found["total"]}, asked, analysis_id, first)["next_cursor"]}
