"""Idempotency keys of writes that are no revision: of workspaces, vocabularies, mappings. What is done under a key is done once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from graph_models.errors import IdempotencyKeyReused
from service.catalog import Catalog
from service.stores.store import Writing


def once(catalog: Catalog, scope: str, writing: Writing, act: Callable[[], Any]) -> dict[str, Any]:
    """The answer of ``act``, or the one that was given under the same key before. ``scope`` is the workspace, empty for the service."""
    if writing.key is None:
        return _json(act())
    before = catalog.answered(scope, writing.key)
    if before is None:
        answer = _json(act())
        catalog.remember_answer(scope, writing.key, writing.body_hash or "", msgspec.json.encode(answer))
        return answer
    if before[0] != (writing.body_hash or ""):
        raise IdempotencyKeyReused("This Idempotency-Key was used for another body")
    return msgspec.json.decode(before[1], type=dict[str, Any])


def _json(answer: Any) -> dict[str, Any]:
    return msgspec.convert(msgspec.to_builtins(answer), dict[str, Any])
