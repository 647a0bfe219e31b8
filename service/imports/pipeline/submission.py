"""Long work handed in: looked at while the client still waits, and queued once under one key, however often and at once it is sent."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

import msgspec

from service.imports.pipeline import import_job as load
from service.imports.pipeline.uploads import discard, take_in
from service.jobs.job import Job, Kind
from service.stores.interface.store import Writing
from service.workspaces.context import Service


def submit(service: Service, workspace_id: str, kind: Kind, writing: Writing, arguments: Callable[[], dict[str, Any]]) -> Job:
    """Queue a job. ``arguments`` checks what was asked and says what the job is given; what a key was used for before is not checked again."""
    return service.jobs.of_key(workspace_id, writing) or service.jobs.submit(kind, workspace_id, arguments(), writing)


def submit_import(service: Service, workspace_id: str, sent: Sequence[tuple[str | None, BinaryIO]], options: dict[str, Any], writing: Writing) -> Job:
    """Queue an import. A mapping that is absent or not valid is refused here; the same key with the same files gives the same job."""
    upload = take_in(service, workspace_id, sent)
    arguments = options | {"import_id": secrets.token_hex(8), "files": upload.files, "upload": str(upload.directory), "who": writing.who}
    hashed = writing._replace(body_hash=f"{writing.body_hash}:{upload.digest}:{msgspec.json.encode(options, order='sorted').decode()}")

    def checked() -> dict[str, Any]:
        if options["mapping"] is not None:
            load.named_mapping(service, workspace_id, options["mapping"])
        return arguments

    try:
        job = submit(service, workspace_id, "import", hashed, checked)
    except BaseException:
        discard(upload)
        raise
    if job.arguments["upload"] != arguments["upload"]:  # the key was used before, by the same body: its job is there
        discard(upload)
    return job
