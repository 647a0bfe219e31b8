"""Uploaded files on their way to an import: each in a directory of its own that goes when the job has ended."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from graph_models.errors import InvalidInput, TooLarge
from service.jobs.job import Job
from service.workspaces.context import Service

_CHUNK = 1 << 20
UNCLAIMED_S = 3600.0
"""An upload of which no job knows may still be on its way."""


class Upload(NamedTuple):
    """Files that were taken in: where they are, how they are called, and a digest of what they say."""

    directory: Path
    files: list[dict[str, str]]
    digest: str


def take_in(service: Service, workspace_id: str, sent: Sequence[tuple[str | None, BinaryIO]]) -> Upload:
    """Copy what was sent; names are kept for people, never used as paths. ``TooLarge`` above the limit of one file."""
    if not sent:
        raise InvalidInput.of("missing", "an import needs at least one part called file", "file")
    directory = service.directory(workspace_id, "uploads", secrets.token_hex(8))
    digest = hashlib.blake2b(digest_size=16)
    files: list[dict[str, str]] = []
    try:
        for place, (name, source) in enumerate(sent):
            path = directory / str(place)
            _copy(source, path, service.settings.upload_bytes, digest)
            files.append({"path": str(path), "name": _plain_name(name, place)})
            digest.update(files[-1]["name"].encode() + b"\0")
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    return Upload(directory, files, digest.hexdigest())


def discard(upload: Upload) -> None:
    """The files are not needed."""
    shutil.rmtree(upload.directory, ignore_errors=True)


def discard_of(job: Job) -> None:
    """The job has ended: its files are not needed any more."""
    if (directory := job.arguments.get("upload")) is not None:
        shutil.rmtree(directory, ignore_errors=True)


def sweep(service: Service) -> None:
    """Remove what was uploaded for jobs that have ended, or that never came to be since the service died before."""
    named = service.jobs.uploads()
    for workspace in service.catalog.workspaces():
        for directory in service.directory(workspace.id, "uploads").iterdir():
            unclaimed = str(directory) not in named and time.time() - directory.stat().st_mtime > UNCLAIMED_S
            if unclaimed or named.get(str(directory)) is False:
                shutil.rmtree(directory, ignore_errors=True)


def _copy(source: BinaryIO, path: Path, limit: int, digest: hashlib.blake2b) -> None:
    taken = 0
    with path.open("wb") as target:
        while chunk := source.read(_CHUNK):
            taken += len(chunk)
            if taken > limit:
                raise TooLarge(f"A file is larger than {limit} bytes", limit=limit)
            digest.update(chunk)
            target.write(chunk)


def _plain_name(name: str | None, place: int) -> str:
    """The last part of a file name."""
    return (name or "").replace("\\", "/").rpartition("/")[2] or f"file{place + 1}"
