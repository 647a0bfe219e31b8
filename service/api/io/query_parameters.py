"""Query parameters that an operation does not know are refused, not passed over: a misspelt filter must not answer with everything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from graph_models.errors import FieldError, InvalidInput

_known: dict[str, frozenset[str]] = {}
"""operation -> the parameters that it knows, once it was asked."""


async def only_known_parameters(request: Request) -> None:
    """Raises ``InvalidInput`` that names each parameter that is unknown (``unknown-parameter``) or given twice (``repeated``)."""
    route: Any = request.scope.get("route")
    if not request.scope["query_string"] or not isinstance(route, APIRoute) or not route.include_in_schema:
        return
    known, asked = _known_parameters(route), request.query_params
    there = ", ".join(sorted(known)) or "none"
    errors = [FieldError("unknown-parameter", f"{name!r} is no parameter here; there are {there}", name) for name in asked if name not in known]
    errors += [FieldError("repeated", f"{name} is given more than once", name) for name in asked if len(asked.getlist(name)) > 1]
    if errors:
        raise InvalidInput("The query has parameters that are not read here", errors=errors)


def _known_parameters(route: APIRoute) -> frozenset[str]:
    """Those that a route declares, and those that its documentation adds."""
    known = _known.get(route.unique_id)
    if known is None:
        documented = (route.openapi_extra or {}).get("parameters", ())
        names = [*_declared(route.dependant), *(parameter["name"] for parameter in documented if parameter["in"] == "query")]
        known = _known[route.unique_id] = frozenset(names)
    return known


def _declared(dependant: Dependant) -> Iterator[str]:
    yield from (parameter.alias for parameter in dependant.query_params)
    for inner in dependant.dependencies:
        yield from _declared(inner)
