"""Functions of a line made of functions of a line: constants, defaults, templates, what a pattern finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.imports.cells.patterns import Pattern
from service.imports.mapping.row_layout import Frame, Getter, text_of


class Constant:
    """The same for every line."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self, frame: Frame) -> Any:
        return self.value


def where(get: Getter, condition: Callable[[Frame], bool]) -> Getter:
    """Empty unless the condition holds."""
    return lambda frame: get(frame) if condition(frame) else None


def or_else(get: Getter, default: Getter) -> Getter:
    """The default where it is empty."""
    return lambda frame: default(frame) if (value := get(frame)) is None else value


def joined(parts: list[str | Getter]) -> Getter:
    """Texts and values one after the other; empty where one of the values is."""
    if all(isinstance(part, str) for part in parts):
        return Constant("".join(str(part) for part in parts))

    def value(frame: Frame) -> str | None:
        texts = []
        for part in parts:
            if type(part) is str:
                texts.append(part)
            elif (item := part(frame)) is None:  # type: ignore[operator]
                return None
            else:
                texts.append(item if type(item) is str else text_of(item))
        return "".join(texts)

    return value


def extracted(get: Getter, pattern: Pattern) -> Getter:
    """The first group of the pattern (all that it matches, if it has none); nothing where it does not match."""

    def value(frame: Frame) -> str | None:
        text = get(frame)
        return None if text is None else pattern.find(text_of(text))

    return value
