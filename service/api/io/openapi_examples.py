"""The examples of the API's documentation: requests, and the answers that the demo gave to them (``python docs/make_examples.py``)."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import msgspec


class Example(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One operation: its parameters by name, its body, and by status what it answered."""

    parameters: dict[str, Any] = {}
    body: Any = msgspec.UNSET
    answers: dict[str, Any] = {}


class Examples(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All of them: by ``METHOD path``; problems by code; and the files that uploads send."""

    files: dict[str, str]
    operations: dict[str, Example]
    problems: dict[str, dict[str, Any]]


NONE = Example()


@cache
def examples() -> Examples:
    """Read once."""
    return msgspec.json.decode(resources.files("service.api").joinpath("examples.json").read_bytes(), type=Examples)
