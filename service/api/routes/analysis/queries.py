"""Exploration: saved questions, and read-only Cypher of one's own, on a Neo4j store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from graph_models.errors import CypherNotReadOnly, NeedsNeo4j, QueryFailed, TooManyQuestions
from service.api.io.dependencies import JsonDep, KnownAtQuery, PageDep, Place, PlaceDep, WritingDep
from service.api.io.operation_docs import answers, fails_with, takes
from service.api.io.responses import fixed_list, json_answer
from service.api.schemas.analysis.queries import QueryAnswer, QueryRequest, SavedQueryList, SavedQueryRequest
from service.catalog.idempotency import once_here
from service.facts import cypher_queries as queries
from service.http.encoded_slashes import id_in_path
from service.stores.interface.store import Writing
from service.stores.neo4j.statements import saved_queries

router = APIRouter(prefix="/v1/workspaces/{workspace}", tags=["exploration"])
Name = Annotated[str, Path(description="The name of a saved question.")]
SavedName = Annotated[str, Path(description="The name of a saved question.")]
_FAILS = fails_with(NeedsNeo4j, QueryFailed, TooManyQuestions)
_FAILS_TO_READ = fails_with(NeedsNeo4j, QueryFailed, CypherNotReadOnly, TooManyQuestions)


@router.get("/queries", response_class=Response, responses=answers(SavedQueryList))
def list_queries(place: PlaceDep, asked: PageDep) -> Response:
    """The saved questions; what is left out of their parameters is as `default` says."""
    return fixed_list(asked, _saved(place))


@router.post("/queries/{name}", response_class=Response, responses=answers(QueryAnswer), openapi_extra=takes(SavedQueryRequest) | _FAILS)
def run_saved_query(
    place: PlaceDep,
    name: Annotated[str, Path(description="The name of a saved question.")],
    fields: JsonDep,
    writing: WritingDep,
    known_at: KnownAtQuery = None,
) -> Response:
    """Run a saved question; parameters left out take the values that it names."""
    asked, longest_s = _asked(fields, known_at), place.service.settings.query_timeout_s
    return _once(place, writing, lambda: queries.ask_saved(place.store, _saved(place), id_in_path(name), asked, longest_s))


@router.post("/query", response_class=Response, responses=answers(QueryAnswer), openapi_extra=takes(QueryRequest) | _FAILS_TO_READ)
def run_query(place: PlaceDep, fields: JsonDep, writing: WritingDep, known_at: KnownAtQuery = None) -> Response:
    """Run one read-only Cypher statement. What writes, calls a procedure or loads files is 403 `cypher-not-read-only`, and nothing runs."""
    asked, longest_s = _asked(fields, known_at), place.service.settings.query_timeout_s
    return _once(place, writing, lambda: queries.ask(place.store, asked, longest_s))


def _once(place: Place, writing: Writing, ask: Callable[[], Mapping[str, Any]]) -> Response:
    """A question changes nothing; under a key it is asked once all the same, and whoever sends the key meanwhile waits for that answer."""
    return json_answer(ask() if writing.key is None else once_here(place.service.catalog, place.workspace.id, writing, ask))


def _saved(place: Place) -> list[dict[str, Any]]:
    """The saved questions, about the workspace's own focal party and day where they ask for these."""
    return saved_queries(place.workspace.focal_party_id, place.service.default_day(place.workspace))


def _asked(fields: dict[str, Any], known_at: str | None) -> dict[str, Any]:
    return fields if known_at is None else fields | {"known_at": known_at}
