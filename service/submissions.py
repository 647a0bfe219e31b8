"""Imports handed in: files taken in, the mapping looked at while the client still waits, the job queued."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, BinaryIO

import msgspec

from service.ingest import load
from service.jobs import Job
from service.stores.store import Writing
from service.uploads import discard, take_in
from service.workplace import Service


def submit_import(service: Service, workspace_id: str, sent: Sequence[tuple[str | None, BinaryIO]], options: dict[str, Any], writing: Writing) -> Job:
    """Queue an import. A mapping that is absent or not valid is refused here; the same key with the same files gives the same job."""
    if options["mapping"] is not None:
        load.named_mapping(service, workspace_id, options["mapping"])
    upload = take_in(service, workspace_id, sent)
    arguments = options | {"import_id": secrets.token_hex(8), "files": upload.files, "upload": str(upload.directory), "who": writing.who}
    hashed = writing._replace(body_hash=f"{writing.body_hash}:{upload.digest}:{msgspec.json.encode(options, order='sorted').decode()}")
    job = service.jobs.submit("import", workspace_id, arguments, hashed)
    if job.arguments["upload"] != arguments["upload"]:  # the key was used before, by the same body: its job is there
        discard(upload)
    return job
