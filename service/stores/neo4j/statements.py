"""Every Cypher statement is a file in ``cypher/<purpose>/``: this is where one is read, checked, and becomes a statement.

No other module turns text into something that Neo4j runs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, LiteralString, NamedTuple, cast

Mode = Literal["read", "write", "auto"]
PURPOSES = ("schema", "store", "exploration")
_HERE = Path(__file__).resolve()
ROOT = next((place for place in (_HERE.parents[3] / "cypher", _HERE.parents[2] / "cypher") if place.is_dir()), _HERE.parents[3] / "cypher")
"""Beside the packages in a clone, inside the package where the service is installed from a wheel."""

_PARAM = re.compile(r":param ([A-Za-z_]\w*) => (.+)")
_FIELD = re.compile(r"(mode|title_zh|focal): (.+)")
_NAME = re.compile(rf"({'|'.join(PURPOSES)})/\w+")
_DATE = re.compile(r"\bdate\('([^']*)'\)")
USED = re.compile(r"\$([A-Za-z_]\w*)")
TOKENS = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`(?:``|[^`])*`|//[^\n]*|/\*.*?\*/", re.DOTALL)
"""What in Cypher text is not itself Cypher: strings, quoted names, comments."""


class BadStatement(ValueError):
    """A file in ``cypher/`` does not keep the form that all of them have."""


class Parameter(NamedTuple):
    """A declared parameter: its type as people would say it, and the value that its ``:param`` line gives as an example."""

    name: str
    type: str
    default: Any


class Statement(NamedTuple):
    """A statement that may run: ``name`` is its path in ``cypher/``."""

    name: str
    title: str
    title_zh: str | None
    returns: str
    text: LiteralString
    parameters: tuple[Parameter, ...]
    mode: Mode
    focal: str | None = None
    """The parameter that is the workspace's focal party where a question leaves it out."""

    def bound(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The values, if they are exactly those that the statement declares."""
        declared = {parameter.name for parameter in self.parameters}
        if declared != values.keys():
            raise BadStatement(f"{self.name} takes {sorted(declared)}, not {sorted(values)}")
        return values


@cache
def statement(name: str) -> Statement:
    """The statement of a file, by its path without ``.cypher``; ``BadStatement`` where there is none or its form is wrong."""
    path = ROOT / f"{name}.cypher"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise BadStatement(f"there is no statement {name!r}")
    return parsed(name, path.read_text("utf-8"))


def statements(purpose: str) -> tuple[Statement, ...]:
    """All statements of a purpose, by name."""
    return tuple(statement(f"{purpose}/{path.stem}") for path in sorted((ROOT / purpose).glob("*.cypher")))


def saved_queries(focal_party: str | None, day: str) -> list[dict[str, Any]]:
    """The saved questions, as ``GET W/queries`` lists them in a workspace with this focal party and default day."""
    return [
        {
            "name": query.name.removeprefix("exploration/"),
            "title": {"en": query.title, "zh": query.title_zh},
            "parameters": [parameter._asdict() | _own_default(query, parameter, focal_party, day) for parameter in query.parameters],
        }
        for query in statements("exploration")
    ]


def _own_default(query: Statement, parameter: Parameter, focal_party: str | None, day: str) -> dict[str, Any]:
    """What a workspace says in place of the example in the file."""
    if parameter.name == query.focal:
        return {"default": focal_party}
    return {"default": day} if parameter.name == "day" else {}


def analyst_statement(text: str, *, explained: bool = False) -> LiteralString:
    """An analyst's own text, for the gate only: it is explained first, and run only where the gate lets it through."""
    return _literal(f"EXPLAIN {text}" if explained else text)


def _literal(text: str) -> LiteralString:
    """The one place that vouches for a text: it comes from a file of ours or goes through the gate."""
    return cast(LiteralString, text)  # type: ignore[redundant-cast]  # to mypy the two are one type


def parsed(name: str, source: str) -> Statement:
    """A statement from the text of its file."""
    header, body = _split(source)
    if not header:
        raise BadStatement(f"{name} has no header of comments")
    fields: dict[str, str] = {}
    parameters: list[Parameter] = []
    returns: list[str] = []
    for line in header[1:]:
        if found := _PARAM.fullmatch(line):
            parameters.append(_parameter(name, found[1], found[2]))
        elif found := _FIELD.fullmatch(line):
            fields[found[1]] = found[2]
        elif line.startswith(":") or (re.match(r"\w+: ", line) and not returns):
            raise BadStatement(f"{name} has a header line of an unknown form: {line!r}")
        else:
            returns.append(line)
    if fields.get("mode") not in ("read", "write", "auto"):
        raise BadStatement(f"{name} says no mode: read, write or auto")
    if not returns:
        raise BadStatement(f"{name} does not say what it returns")
    if not body.endswith(";"):
        raise BadStatement(f"{name} does not end with a semicolon")
    if fields.get("focal") not in (None, *(parameter.name for parameter in parameters)):
        raise BadStatement(f"{name} has no parameter {fields['focal']!r} to be the focal party")
    _same_parameters(name, {parameter.name for parameter in parameters}, set(USED.findall(TOKENS.sub(" ", body))))
    return Statement(
        name,
        header[0],
        fields.get("title_zh"),
        " ".join(returns),
        _literal(body[:-1].rstrip()),
        tuple(parameters),
        cast(Mode, fields["mode"]),
        fields.get("focal"),
    )


def _split(source: str) -> tuple[list[str], str]:
    lines = source.strip().splitlines()
    length = next((place for place, line in enumerate(lines) if not line.startswith("//")), len(lines))
    return [line.removeprefix("//").strip() for line in lines[:length]], "\n".join(lines[length:]).strip()


def _same_parameters(name: str, declared: set[str], used: set[str]) -> None:
    if missing := used - declared:
        raise BadStatement(f"{name} uses parameters that it does not declare: {', '.join(sorted(missing))}")
    if unused := declared - used:
        raise BadStatement(f"{name} declares parameters that it does not use: {', '.join(sorted(unused))}")


def _parameter(name: str, parameter: str, literal: str) -> Parameter:
    if found := _DATE.fullmatch(literal):
        return Parameter(parameter, "date", found[1])
    text = re.sub(r"'((?:\\.|[^'\\])*)'", lambda match: json.dumps(match[1].replace("\\'", "'")), _DATE.sub(r"'\1'", literal))
    try:
        value = json.loads(text)
    except ValueError:
        raise BadStatement(f"{name}: the example of {parameter} is no value: {literal}") from None
    names = {str: "text", bool: "boolean", int: "integer", float: "number", list: "list", dict: "map"}
    return Parameter(parameter, names.get(type(value), "any"), value)
