"""Rules: the thresholds and weights by which parties are classed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from graph_models.ecosystem.rules import SECTIONS, SHIPPED, Rules
from service.api.io.dependencies import JsonDep, PageDep, PlaceDep, WritingDep
from service.api.io.operation_docs import answers, takes
from service.api.io.responses import json_answer, list_by_key
from service.api.schemas.analysis.rules import RuleList, RuleRequest, RuleSection
from service.catalog.idempotency import once
from service.http.encoded_slashes import id_in_path
from service.workspaces import rules as kept

router = APIRouter(tags=["analyses"])
Section = Annotated[str, Path(description="The name of a section.", examples=["tiers"])]


@router.get("/v1/rules", response_class=Response, responses=answers(RuleList))
def list_shipped_rules(asked: PageDep) -> Response:
    """The rules of the product, by which every workspace classes its parties that has none of its own."""
    return _listed(asked, SHIPPED)


@router.get("/v1/workspaces/{workspace}/rules", response_class=Response, responses=answers(RuleList))
def list_rules(place: PlaceDep, asked: PageDep) -> Response:
    """The rules of a workspace: the product's, with the sections that it changed."""
    return _listed(asked, kept.rules_of(place.service, place.workspace.id))


@router.get("/v1/workspaces/{workspace}/rules/{section}", response_class=Response, responses=answers(RuleSection))
def get_rules(place: PlaceDep, section: Section) -> Response:
    """One section of the rules."""
    return json_answer(kept.shown(kept.rules_of(place.service, place.workspace.id), id_in_path(section)))


@router.put("/v1/workspaces/{workspace}/rules/{section}", response_class=Response, responses=answers(RuleSection), openapi_extra=takes(RuleRequest))
def put_rules(place: PlaceDep, section: Section, fields: JsonDep, writing: WritingDep) -> Response:
    """Keep the values of a section that differ from the product's; a new version where they changed. Analyses keep the version that they were made with."""
    save = (place.service, place.workspace.id, id_in_path(section), fields)
    return json_answer(once(place.service.catalog, place.workspace.id, writing, lambda: kept.save(*save)))


def _listed(asked: PageDep, rules: Rules) -> Response:
    sections = list(enumerate(SECTIONS))
    return json_answer(list_by_key(asked, sections, lambda item: f"{item[0]:03}", lambda item: kept.shown(rules, item[1])))
