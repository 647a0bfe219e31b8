"""Questions in Cypher: an analyst's own, and the saved ones, on stores that have Cypher."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, cast

import msgspec

from graph_models.decoding import decode_request
from graph_models.errors import InvalidInput, NeedsNeo4j, NotFound
from service.stores.interface.store import CypherStore, Store
from service.stores.neo4j.statements import statement

MAX_ROWS = 1_000
HOW = "This store has no Cypher. Run the service on Neo4j (make run STORE=neo4j), or set STAKEHOLDER_GRAPH_STORE to neo4j://user:password@host:7687/database."


class Bounds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a question may cost, and its parameters."""

    parameters: dict[str, Any] = {}
    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_ROWS)] = MAX_ROWS
    timeout_s: Annotated[float, msgspec.Meta(gt=0)] = 10.0


class Question(Bounds, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of ``POST W/query``."""

    cypher: Annotated[str, msgspec.Meta(min_length=1, max_length=100_000)]


def ask(store: Store, fields: Mapping[str, Any], longest_s: float) -> Mapping[str, Any]:
    """Run an analyst's own statement, if it only reads: ``{"columns","rows","graph","truncated"}``."""
    _now_only(fields)
    question = decode_request(fields, Question)
    return _run(store, question.cypher, question, longest_s)


def ask_saved(store: Store, saved_queries: Sequence[Mapping[str, Any]], name: str, fields: Mapping[str, Any], longest_s: float) -> Mapping[str, Any]:
    """Run one of the saved questions; parameters that are left out take the values that it says."""
    saved = next((query for query in saved_queries if query["name"] == name), None)
    if saved is None:
        raise NotFound(f"There is no saved query {name!r}")
    _now_only(fields)
    bounds = decode_request(fields, Bounds)
    defaults = {parameter["name"]: parameter["default"] for parameter in saved["parameters"]}
    if unknown := bounds.parameters.keys() - defaults.keys():
        raise InvalidInput.of("unknown-parameter", f"this query takes {', '.join(defaults) or 'no parameters'}", f"parameters.{min(unknown)}")
    return _run(store, statement(f"exploration/{name}").text, msgspec.structs.replace(bounds, parameters=defaults | bounds.parameters), longest_s)


def _run(store: Store, text: str, bounds: Bounds, longest_s: float) -> Mapping[str, Any]:
    if not store.runs_cypher:
        raise NeedsNeo4j(HOW)
    if bounds.timeout_s > longest_s:
        raise InvalidInput.of("out-of-range", f"at most {longest_s:g} seconds", "timeout_s")
    return cast(CypherStore, store).query(text, bounds.parameters, bounds.limit, bounds.timeout_s)


def _now_only(fields: Mapping[str, Any]) -> None:
    if "known_at" in fields:
        raise InvalidInput.of("not-supported", "Cypher sees what is believed now; ask the records for what was known at another time", "known_at")
