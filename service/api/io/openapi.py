"""The OpenAPI document: routes as FastAPI lists them, schemas from structs, problems by route, examples that are answers of the demo."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from graph_models.records.record_types import RECORD_TYPES
from service.api import schemas
from service.api.io.openapi_examples import NONE, Example, examples
from service.api.io.operation_docs import PROBLEMS
from service.api.io.problem_responses import DEFAULT, codes_of, problem_responses
from service.api.schemas.records.record_fields import described

REF = "#/components/schemas/"
_FORM = re.compile(r"Body_(\w+?)_v1_\w+")
METHODS = frozenset({"get", "put", "post", "patch", "delete"})


def describe(app: FastAPI) -> None:
    """Make the app's OpenAPI document when it is first asked for."""

    @lru_cache(1)
    def openapi() -> dict[str, Any]:
        return document(app)

    app.openapi = openapi  # type: ignore[method-assign]


def document(app: FastAPI) -> dict[str, Any]:
    """The whole document."""
    found = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes, openapi_version="3.1.0", tags=app.openapi_tags)
    forms = {name: schema for name, schema in found.get("components", {}).get("schemas", {}).items() if _FORM.fullmatch(name)}
    found["components"] = {"schemas": component_schemas() | forms, "responses": {}}
    for name, operation in operations(found):
        _add_problems(found, operation)
        _add_examples(operation, examples().operations.get(name, NONE))
    _name_forms(found)
    found["components"]["schemas"] = _needed(found)
    return found


def operations(found: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """``METHOD path`` and the operation, of all routes."""
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            if method in METHODS:
                yield f"{method.upper()} {path}", operation


@cache
def component_schemas() -> dict[str, dict[str, Any]]:
    """Name -> schema of every struct of the schemas package, and of those that they are made of."""
    _, found = msgspec.json.schema_components(_structs(), ref_template=f"{REF}{{name}}")
    if several := [name for name in found if "." in name]:
        raise TypeError(f"two structs of the API have the same name: {', '.join(several)}")
    for kind in RECORD_TYPES:
        name = kind.record.__name__
        for record in (name, f"{name}Put", f"{name}Patch", f"Answered{name}"):
            found[record] = described(name, found[record])
        for record in (name, f"{name}Put"):
            found[record] |= {"required": [field for field in found[record]["required"] if field != "type"]}
    found["PartyPage"] = described("Party", found["PartyPage"])
    return found


def _structs() -> list[type]:
    """Every struct of the modules of the schemas package, in lists by type of record too."""
    found: dict[type, None] = {}  # a set in order
    for module in walk_packages(schemas.__path__, f"{schemas.__name__}."):
        for value in vars(import_module(module.name)).values():
            for item in value.values() if isinstance(value, dict) else (value,):
                if isinstance(item, type) and issubclass(item, msgspec.Struct) and item.__module__.startswith(schemas.__name__):
                    found[item] = None
    return list(found)


def _add_problems(found: dict[str, Any], operation: dict[str, Any]) -> None:
    for made_by_framework in ("422", "default"):
        operation["responses"].pop(made_by_framework, None)
    for status, name, response in problem_responses(codes_of(operation, operation.pop(PROBLEMS, ()))):
        found["components"]["responses"][name] = response
        operation["responses"].setdefault(status, {"$ref": f"#/components/responses/{name}"})
    operation["responses"]["default"] = DEFAULT


def _add_examples(operation: dict[str, Any], example: Example) -> None:
    for parameter in operation.get("parameters", ()):
        for place in (parameter, parameter["schema"]):
            place.pop("examples", None)
        if parameter["name"] in example.parameters:
            parameter["example"] = example.parameters[parameter["name"]]
    if example.body is not msgspec.UNSET:
        for content in operation["requestBody"]["content"].values():
            content["example"] = example.body
    for status, answer in example.answers.items():
        for content in operation["responses"][status]["content"].values():
            content["example"] = answer


def _name_forms(found: dict[str, Any]) -> None:
    """A form is named after its operation, not after its path too."""
    components = found["components"]["schemas"]
    for name in [name for name in components if _FORM.fullmatch(name)]:
        words = _FORM.fullmatch(name)
        assert words is not None
        plain = "".join(word.capitalize() for word in words[1].split("_")) + "Form"
        components[plain] = components.pop(name) | {"title": plain}
        for _, operation in operations(found):
            for content in operation.get("requestBody", {}).get("content", {}).values():
                if content["schema"].get("$ref") == f"{REF}{name}":
                    content["schema"] = {"$ref": f"{REF}{plain}"}


def _needed(found: Mapping[str, Any]) -> dict[str, Any]:
    """The schemas that something refers to, by name."""
    every = found["components"]["schemas"]
    waiting = list(_references([found["paths"], found["components"]["responses"]]))
    needed: dict[str, Any] = {}
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = every[name]
            waiting += _references([every[name]])
    return dict(sorted(needed.items()))


def _references(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str) and value["$ref"].startswith(REF):
                yield value["$ref"].removeprefix(REF)
            yield from _references(value.values())
        elif isinstance(value, list):
            yield from _references(value)
