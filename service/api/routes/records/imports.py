"""Imports of files, and the mappings that say what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, File, Form, Path, Query, Request, Response, UploadFile

from graph_models.errors import Busy, Conflict, TooCostly
from service.api.io.dependencies import MAX_NUMBER, MappingTextDep, OptionalJsonDep, PageDep, Place, PlaceDep, WritingDep
from service.api.io.operation_docs import answers, fails_with, takes, takes_as
from service.api.io.responses import accepted, json_answer, list_by_key, list_of_things
from service.api.schemas.platform.jobs import Job
from service.api.schemas.records.imports import Import, ImportList, MappingList, MappingVersion, RollbackRequest, SavedMapping, SuggestedMapping
from service.catalog.idempotency import once_here
from service.core.bounded_process import Bounded
from service.http.encoded_slashes import id_in_path
from service.imports.formats.byte_source import FileOfSet
from service.imports.formats.encoding_detection import AUTO, codec_named
from service.imports.pipeline import import_job as load
from service.imports.pipeline import rollback
from service.imports.pipeline.submission import submit, submit_import
from service.imports.pipeline.uploads import discard, take_in
from service.imports.suggestion.options import answers_of, hints_of
from service.imports.suggestion.suggestion import Asked, suggest
from service.imports.suggestion.table_samples import Hints
from service.stores.interface.store import At

router = APIRouter(prefix="/v1/workspaces/{workspace}", tags=["imports"])
_apart = Bounded(preload=["service.imports.suggestion.suggestion"])
"""Files are looked at in processes with bounds, never in the API's own."""
Name = Annotated[str, Path(description="The name of a mapping.", examples=["orders"])]
_PER_FILE = "for all files, or `NAME:value` for one; may be repeated."
_Option = Annotated[list[str] | None, Form(description=f"Of files that need it: {_PER_FILE}", examples=[["orders.csv:1"]])]
ImportId = Annotated[str, Path(description="The id of an import.", examples=["9f2c41d07a5be3f8"])]


@router.get("/mappings", response_class=Response, responses=answers(MappingList))
def list_mappings(place: PlaceDep, asked: PageDep) -> Response:
    """The names of the saved mappings."""
    names = place.service.catalog.names(place.workspace.id, "mapping")
    return json_answer(list_by_key(asked, names, str, lambda name: {"name": name}))


@router.post("/mappings/suggest", response_class=Response, responses=answers(SuggestedMapping), openapi_extra=fails_with(Busy, TooCostly))
def suggest_mapping(
    place: PlaceDep,
    writing: WritingDep,
    file: Annotated[list[UploadFile], File(description="Files that `POST W/imports` reads; a set is understood together.", examples=["orders.csv"])],
    sheet: _Option = None,
    header_row: _Option = None,
    header_rows: _Option = None,
    encoding: _Option = None,
    delimiter: _Option = None,
    locale: Annotated[Literal["en", "zh"] | None, Form(description="The language of comments; default: the workspace's.")] = None,
    answers: Annotated[str | None, Form(description="A JSON object: question id -> choice.", examples=['{"currency:orders.csv": "EUR"}'])] = None,
) -> Response:
    """A first mapping for files that belong together, with the reason for what each column is read as, and what only a person can say.

    Nothing is kept or applied. With `answers` to the questions the next mapping is made; what no answer settles stays out of it.
    """
    given = {"sheet": sheet, "header_row": header_row, "header_rows": header_rows, "encoding": encoding, "delimiter": delimiter}
    said = answers_of(answers)
    upload = take_in(place.service, place.workspace.id, [(part.filename, part.file) for part in file])
    try:
        files = [FileOfSet(FilePath(item["path"]), item["name"]) for item in upload.files]
        hints = hints_of([one.name for one in files], {name: values for name, values in given.items() if values})
        asked = _asked(place, hints, locale, said)
        options = msgspec.json.encode([given, locale, answers]).decode()
        hashed = writing._replace(body_hash=f"{writing.body_hash}:{upload.digest}:{options}")
        return json_answer(once_here(place.service.catalog, place.workspace.id, hashed, lambda: _apart.call(suggest, files, asked)._asdict()))
    finally:
        discard(upload)


def _asked(place: Place, hints: Mapping[str, Hints], locale: str | None, answers: Mapping[str, Any]) -> Asked:
    """What is asked for, with what the workspace knows: its focal party, currency, language and terms."""
    workspace = place.workspace
    focal = workspace.focal_party_id
    is_there = focal is not None and any(row.body is not None for row in place.store.get("party", [focal], At()))
    return Asked(hints, locale or workspace.locale, answers, focal if is_there else None, workspace.base_currency, place.vocabulary)


@router.get("/mappings/{name}", response_class=Response, responses=answers(SavedMapping))
def get_mapping(place: PlaceDep, name: Name, version: Annotated[int | None, Query(ge=1, le=MAX_NUMBER, description="Default: the newest.")] = None) -> Response:
    """A saved mapping, as it was sent."""
    kept = place.service.catalog.version(place.workspace.id, "mapping", id_in_path(name), version)
    return json_answer(SavedMapping(name=kept.name, version=kept.version, mapping=kept.body.decode(), recorded_at=kept.recorded_at))


@router.put("/mappings/{name}", response_class=Response, responses=answers(MappingVersion),
            openapi_extra=takes_as("application/yaml", {"type": "string", "description": "The YAML of the mapping."}))  # fmt: skip
def put_mapping(place: PlaceDep, name: Name, text: MappingTextDep, writing: WritingDep) -> Response:
    """Save a mapping (YAML); a new version where its text changed."""
    save = (place.service, place.workspace.id, id_in_path(name), text)
    return json_answer(once_here(place.service.catalog, place.workspace.id, writing, lambda: load.save_mapping(*save)))


@router.post("/imports", status_code=202, response_class=Response, responses=answers(Job, "Queued.", status=202))
def submit_import_job(
    request: Request,
    place: PlaceDep,
    writing: WritingDep,
    file: Annotated[list[UploadFile], File(description="CSV, TSV, XLSX, JSON, NDJSON, Parquet, GraphML; gz; may be repeated.", examples=["orders.csv"])],
    mapping: Annotated[str | None, Form(description="A saved mapping's name, or YAML; none for records (NDJSON, JSON, Parquet).", examples=["orders"])] = None,
    dry_run: Annotated[bool | None, Query(description="Say what would be done, and do nothing.")] = None,
    on_error: Annotated[Literal["abort", "skip"] | None, Query()] = None,
    form_dry_run: Annotated[bool, Form(alias="dry_run")] = False,
    form_on_error: Annotated[Literal["abort", "skip"], Form(alias="on_error")] = "abort",
    encoding: Annotated[str | None, Form(description="Of the text files, over what the mapping says.", examples=["windows-1251"])] = None,
) -> Response:
    """Import files in the worker; the job's result is what a batch answers, and what became of each column."""
    sent = [(part.filename, part.file) for part in file]
    options = {"mapping": mapping, "dry_run": form_dry_run if dry_run is None else dry_run, "on_error": on_error or form_on_error}
    if encoding is not None:
        options["encoding"] = encoding if encoding == AUTO else codec_named(encoding)
    return accepted(submit_import(place.service, place.workspace.id, sent, options, writing))


@router.get("/imports", response_class=Response, responses=answers(ImportList))
def list_imports(place: PlaceDep, asked: PageDep) -> Response:
    """Imports that were written, newest first; `state` is done, rolling_back or rolled_back."""
    return list_of_things(place, asked, "import", lambda about: {"state": "done"} | about)


@router.get("/imports/{import_id}", response_class=Response, responses=answers(Import))
def get_import(place: PlaceDep, import_id: ImportId) -> Response:
    """What an import did."""
    return json_answer({"state": "done"} | place.service.catalog.thing(place.workspace.id, "import", import_id))


@router.post("/imports/{import_id}/rollback", status_code=202, response_class=Response, responses=answers(Job, "Queued.", status=202),
             openapi_extra=takes(RollbackRequest, required=False) | fails_with(Conflict))  # fmt: skip
def submit_rollback(place: PlaceDep, import_id: ImportId, fields: OptionalJsonDep, writing: WritingDep) -> Response:
    """Take an import back, as a job: what it changed reads again as before. On what later writes built, and which these are, is listed.

    `later`: `refuse` (the job fails with 409 `built-on` and the list), `keep` (what they touched or need stays), `take_along` (it goes too).
    """

    def arguments() -> dict[str, Any]:
        asked = rollback.check(fields)
        rollback.check_import(place.service, place.workspace.id, import_id)
        return {"import_id": import_id, "later": asked.later, "dry_run": asked.dry_run, "who": writing.who}

    return accepted(submit(place.service, place.workspace.id, "rollback", writing, arguments))
