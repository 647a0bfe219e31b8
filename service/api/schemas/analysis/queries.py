"""Exploration: saved questions, Cypher, and what it answers."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from graph_models.records.record_types import Record
from service.api.schemas.shapes import Answer, Listed, Text, Truncated
from service.facts import cypher_queries as queries

QueryParameters = Annotated[dict[str, Any], Meta(description="Name -> value, any JSON that Cypher knows.")]


class QueryParameter(Answer, frozen=True, kw_only=True):
    """What a saved question may be given."""

    name: str
    type: Annotated[str, Meta(examples=["date", "text", "boolean", "integer", "number", "list", "map", "any"])]
    default: Annotated[Any, Meta(description="A value of that type.")]


class SavedQuery(Answer, frozen=True, kw_only=True):
    """A saved question."""

    name: str
    title: Text
    parameters: list[QueryParameter]


class SavedQueryList(Listed, frozen=True, kw_only=True):
    """The saved questions."""

    items: list[SavedQuery]


class SavedQueryRequest(queries.Bounds, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parameters that are left out take the values that the question names."""

    parameters: QueryParameters = msgspec.field(default_factory=dict)


class QueryRequest(queries.Question, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One read-only Cypher statement."""

    parameters: QueryParameters = msgspec.field(default_factory=dict)


class QueryGraph(Answer, frozen=True, kw_only=True):
    """The records that the rows name, each once."""

    parties: list[Record]
    facts: list[Record]


class QueryAnswer(Answer, frozen=True, kw_only=True):
    """The rows of a question."""

    columns: list[str]
    rows: Annotated[list[list[Any]], Meta(description="Values in the order of `columns`: whatever the statement returns, as JSON.")]
    graph: QueryGraph
    truncated: Truncated | None
