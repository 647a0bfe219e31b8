"""Answers as bytes: what is JSON already is not read again, and nothing that is no number leaves as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import Response

from graph_models.errors import InvalidInput
from service.jobs import Job
from service.reads import cursor_made, cursor_read
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


def offset_of(cursor: str | None) -> int:
    """The place that a cursor names in a list whose order does not change."""
    text = cursor_read(cursor) or "0"
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise InvalidInput.of("bad-cursor", "this is no cursor of this list", "cursor")
    return int(text)


def with_cursor(page: dict[str, Any], first: int) -> dict[str, Any]:
    """A page of such a list, whose first item has the place ``first``, with the cursor of the page that follows."""
    following = first + len(page["items"])
    return page | {"next_cursor": cursor_made(str(following)) if following < page["total"] else None}
