"""Faults of an import put together: what is said of many lines alike is told once, with how many lines it is and the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph_models.errors import FieldError

SHOWN_GROUPS, SHOWN_LINES = 100, 4


def grouped(errors: Sequence[FieldError]) -> list[dict[str, Any]]:
    """The faults that differ in code, field or words, those of most lines first: ``{"code", "field", "message", "count", "lines"}``."""
    groups: dict[tuple[str, str | None, str], dict[str, Any]] = {}
    for error in errors:
        key = (error.code, error.field, error.message)
        if (group := groups.get(key)) is None:
            group = groups[key] = {"code": error.code, "field": error.field, "message": error.message, "count": 0, "lines": []}
        group["count"] += 1
        if len(group["lines"]) < SHOWN_LINES:
            group["lines"].append(error.line)
    return sorted(groups.values(), key=lambda group: -group["count"])[:SHOWN_GROUPS]
