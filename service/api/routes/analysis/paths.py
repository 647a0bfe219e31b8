"""Paths: the strongest ways from one party to another."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from graph_models.records.dates import day_text
from service.api.io.dependencies import CalculatorDep, InstantDep, KnownAtQuery, PlaceDep
from service.api.io.operation_docs import answers
from service.api.io.responses import json_answer
from service.api.schemas.records.parties import Paths

router = APIRouter(prefix="/v1/workspaces/{workspace}/paths", tags=["parties"])


@router.get("", response_class=Response, responses=answers(Paths))
def get_paths(
    place: PlaceDep,
    calculator: CalculatorDep,
    at: InstantDep,
    begin: Annotated[str, Query(alias="from", description="A party's id.", examples=["d1"])],
    end: Annotated[str, Query(alias="to", description="A party's id.", examples=["fund1"])],
    k: Annotated[int, Query(ge=1, le=100, description="How many paths.")] = 3,
    max_hops: Annotated[int, Query(ge=1, le=10)] = 6,
    diverse: Annotated[bool, Query(description="Prefer paths that share no party between their ends.")] = True,
    known_at: KnownAtQuery = None,
) -> Response:
    """The k strongest paths of ties that hold at the instant, in either direction; strength is the product of the ties' weights."""
    asked = {"begin": begin, "end": end, "k": k, "max_hops": max_hops, "diverse": diverse, "as_of": day_text(at.day or 0), "known_at": known_at}
    return json_answer(calculator.ask("paths", place.workspace.id, **asked))
