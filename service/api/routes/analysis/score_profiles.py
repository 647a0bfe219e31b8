"""Score profiles: named weights of the parts of the two scores."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from graph_models.scores.profile import DEFAULT_PROFILE
from service.api.io.dependencies import MAX_NUMBER, JsonDep, PageDep, PlaceDep, WritingDep
from service.api.io.operation_docs import answers, takes
from service.api.io.responses import json_answer, list_by_key
from service.api.schemas.analysis.score_profiles import ProfileList, ProfileRequest, ScoreProfile
from service.catalog.idempotency import once
from service.http.encoded_slashes import id_in_path
from service.workspaces import score_profiles as profiles

router = APIRouter(prefix="/v1/workspaces/{workspace}/score-profiles", tags=["analyses"])
Name = Annotated[str, Path(description="The name of a profile.", examples=["default"])]


@router.get("", response_class=Response, responses=answers(ProfileList))
def list_profiles(place: PlaceDep, asked: PageDep) -> Response:
    """The names that `profile` of an analysis may have."""
    names = profiles.names(place.service, place.workspace.id)
    return json_answer(list_by_key(asked, names, lambda name: f"{name != DEFAULT_PROFILE.name:d}{name}", lambda name: {"name": name}))


@router.get("/{name}", response_class=Response, responses=answers(ScoreProfile))
def get_profile(place: PlaceDep, name: Name, version: Annotated[int | None, Query(ge=1, le=MAX_NUMBER, description="Default: the newest.")] = None) -> Response:
    """The weights; `influence_owned`, if it is there, holds where somebody owns the focal party."""
    return json_answer(profiles.shown(place.service, place.workspace.id, id_in_path(name), version))


@router.put("/{name}", response_class=Response, responses=answers(ScoreProfile), openapi_extra=takes(ProfileRequest))
def put_profile(place: PlaceDep, name: Name, fields: JsonDep, writing: WritingDep) -> Response:
    """Save weights; a new version where they changed. They need not sum to 1. Analyses keep the version that they were made with."""
    save = (place.service, place.workspace.id, id_in_path(name), fields)
    return json_answer(once(place.service.catalog, place.workspace.id, writing, lambda: profiles.save(*save)))
