"""Answers as bytes: what is JSON already is not read again, and nothing that is no number leaves as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import Response

from service.jobs import Job
from service.stores.store import Row

_encode = msgspec.json.Encoder(decimal_format="number").encode


def json_answer(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer of JSON; ``bytes`` are JSON already."""
    return Response(content if isinstance(content, bytes) else _encode(content), status, headers, "application/json")


def etag(row: Row) -> dict[str, str]:
    """The tag of an id's newest version, whatever slice is answered."""
    return {"ETag": f'"{row.current or row.version}"'}


def accepted(job: Job) -> Response:
    """Long work was queued: 202, and where to follow it."""
    return json_answer(job.as_json(), 202, {"Location": f"/v1/jobs/{job.id}"})
