"""What a request or a command says about single files: ``value`` for all of them, ``NAME:value`` for one; and the answers to questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from graph_models.errors import FieldError, InvalidInput
from service.imports.suggestion.table_samples import Hints

OPTIONS = ("sheet", "header_row", "header_rows", "encoding", "delimiter")
_MOST = {"header_row": 1_000, "header_rows": 5}
_SIGNS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}


def hints_of(names: Sequence[str], given: Mapping[str, Sequence[str]]) -> dict[str, Hints]:
    """File (empty: all others) -> how it is read."""
    said: dict[str, dict[str, Any]] = {}
    for option, values in given.items():
        for text in values:
            file = next((name for name in sorted(names, key=len, reverse=True) if text.startswith(f"{name}:")), "")
            said.setdefault(file, {})[option] = _value(option, text[len(file) + 1 :] if file else text)
    common = said.get("", {})
    return {file: Hints(**(common | own)) for file, own in said.items()}


def _value(option: str, text: str) -> Any:
    if option in _MOST:
        if not text.isascii() or not text.isdigit() or not 1 <= int(text[:5]) <= _MOST[option]:
            raise InvalidInput.of("out-of-range", f"`{option}` is a number from 1 to {_MOST[option]}, or FILE:number; this is {text[:80]!r}", option)
        return int(text)
    if option == "delimiter":
        text = _SIGNS.get(text, text)
        if len(text) != 1:
            raise InvalidInput.of("invalid", f"`delimiter` is one character, or FILE:character; this is {text[:80]!r}", option)
    if not text:
        raise InvalidInput.of("invalid", f"`{option}` is empty", option)
    return text


def answers_of(text: str | bytes | None) -> dict[str, Any]:
    """The answers to questions, from their JSON ``{question id: choice}``."""
    if not text:
        return {}
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise InvalidInput.of("bad-json", f"`answers` is a JSON object of question ids and choices: {error}", "answers") from None
    if not isinstance(found, dict):
        raise InvalidInput("The answers are not valid", errors=[FieldError("wrong-type", "`answers` is a JSON object of question ids and choices", "answers")])
    return found
