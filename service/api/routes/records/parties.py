"""A party: its page, its facts, its journey."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from graph_models.errors import InvalidInput
from graph_models.records.dates import day_text
from service.api.io.dependencies import CalculatorDep, InstantDep, KnownAtQuery, PageDep, PlaceDep, RecordIdDep
from service.api.io.operation_docs import answers
from service.api.io.responses import etag, json_answer
from service.api.schemas.records.parties import Journey, PartyPage
from service.api.schemas.records.records import FactList
from service.facts import reading as reads
from service.facts.neighborhood import journey

router = APIRouter(prefix="/v1/workspaces/{workspace}/parties/{record_id}", tags=["parties"])

Types = Annotated[str | None, Query(description="Only facts of these types, parted by commas.", examples=["role,value_flow"])]


@router.get("", response_class=Response, responses=answers(PartyPage))
def get_party(place: PlaceDep, calculator: CalculatorDep, record_id: RecordIdDep, at: InstantDep, known_at: KnownAtQuery = None) -> Response:
    """A party with its roles, identifiers, newest scores, give and get with the focal party, and last touchpoints."""
    row = reads.record(place.store, "party", record_id, at)
    content = calculator.ask("party", place.workspace.id, party=record_id, as_of=day_text(at.day or 0), known_at=known_at)
    return json_answer(content, headers=etag(row))


@router.get("/facts", response_class=Response, responses=answers(FactList))
def list_facts(place: PlaceDep, record_id: RecordIdDep, at: InstantDep, asked: PageDep, types: Types = None) -> Response:
    """All facts that name the party, by type and id."""
    reads.record(place.store, "party", record_id, at)
    wanted = reads.FACT_TYPES if types is None else _fact_types(types)
    found = reads.facts(place.store, record_id, at, wanted, asked.after, asked.limit)
    return json_answer(found.as_json(asked.cursor(found.following)))


@router.get("/journey", response_class=Response, responses=answers(Journey))
def get_journey(place: PlaceDep, record_id: RecordIdDep, at: InstantDep) -> Response:
    """Dated touchpoints and changes of stage, oldest first."""
    return json_answer(journey(place.store, record_id, at))


def _fact_types(text: str) -> list[str]:
    wanted = text.split(",")
    if unknown := set(wanted) - set(reads.FACT_TYPES):
        raise InvalidInput.of("unknown-type", f"{min(unknown)!r} is none of {', '.join(reads.FACT_TYPES)}", "types")
    return wanted
