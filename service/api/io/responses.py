"""Answers as bytes: what is JSON already is not read again, and nothing that is no number leaves as one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from fastapi import Response

from service.api.io.dependencies import PageAsked, Place
from service.catalog.catalog import Family
from service.jobs.job import Job
from service.stores.interface.store import Row

T = TypeVar("T")
_encode = msgspec.json.Encoder(decimal_format="number").encode


def json_answer(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer of JSON; ``bytes`` are JSON already."""
    return Response(content if isinstance(content, bytes) else _encode(content), status, headers, "application/json")


def etag(row: Row) -> dict[str, str]:
    """The tag of an id's newest version, whatever slice is answered."""
    return {"ETag": f'"{row.current or row.version}"'}


def accepted(job: Job) -> Response:
    """Long work was queued: 202, and where to follow it."""
    return json_answer(job.as_submitted().as_json(), 202, {"Location": f"/v1/jobs/{job.id}"})


def with_cursor(page: dict[str, Any], asked: PageAsked, thing: str, first: int) -> dict[str, Any]:
    """A page of a list that belongs to a thing (see ``PageAsked.place``), whose first item has the place ``first``, with the cursor of the next page."""
    following = first + len(page["items"])
    return page | {"next_cursor": asked.cursor(f"{thing} {following}") if following < page["total"] else None}


def fixed_list(asked: PageAsked, items: Sequence[Any]) -> Response:
    """A page of a list that never changes."""
    thing, first = asked.place("")
    return json_answer(with_cursor({"items": items[first : first + asked.limit], "total": len(items)}, asked, thing, first))


def list_by_key(asked: PageAsked, items: Sequence[T], key: Callable[[T], str], shown: Callable[[T], Any]) -> dict[str, Any]:
    """A page of all items of a list, which are in the order of their keys."""
    rest = items if asked.after is None else items[bisect_right(items, asked.after, key=key) :]
    following = key(rest[asked.limit - 1]) if len(rest) > asked.limit else None
    return {"items": [shown(item) for item in rest[: asked.limit]], "next_cursor": asked.cursor(following), "total": len(items)}


def list_of_things(place: Place, asked: PageAsked, family: Family, shown: Callable[[dict[str, Any]], dict[str, Any]]) -> Response:
    """A page of what the catalog keeps of a family, the newest first."""
    found = place.service.catalog.numbered_things(place.workspace.id, family, None if asked.after is None else int(asked.after), asked.limit + 1)
    following = found[asked.limit - 1][0] if len(found) > asked.limit else None
    return json_answer({"items": [shown(body) for _, body in found[: asked.limit]], "next_cursor": asked.cursor(following), "total": None})
