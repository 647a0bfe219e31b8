"""The YAML of a mapping as plain values, with the line of each, so that an error can say where it is.

Only what JSON has is read: no tags, no anchors; ``yes``, ``no`` and dates stay text, and a name may not be there twice.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from graph_models.errors import FieldError, InvalidInput, Malformed

Path = tuple[str | int, ...]
MAX_BYTES = 256 << 10
MAX_DEPTH = 32
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})")
_FLOAT = re.compile(r"-?(0|[1-9]\d*)\.\d+")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_PARTS = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[\.\.\.\]")


class Lines:
    """Where in the text each value stands."""

    def __init__(self) -> None:
        self.by_path: dict[Path, int] = {}

    def of(self, path: Path) -> int | None:
        """The line of the value, or of the nearest one that holds it."""
        for length in range(len(path), -1, -1):
            if (line := self.by_path.get(path[:length])) is not None:
                return line
        return None

    def error(self, code: str, message: str, path: Path) -> FieldError:
        return FieldError(code, message, path_text(path), self.of(path))


def path_text(path: Path) -> str:
    """A path as people write it: ``files.orders.records[0].id``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def path_of(text: str) -> Path:
    """The path that a message of msgspec names (``$.files[...].x``: as far as it goes)."""
    parts: list[str | int] = []
    for match in _PARTS.finditer(text.removeprefix("$")):
        if match[0] == "[...]":
            break
        parts.append(int(match[2]) if match[2] else match[1])
    return tuple(parts)


def read_yaml(text: str, what: str = "mapping") -> tuple[Any, Lines]:
    """The values of a YAML text, and their lines. Raises ``Malformed`` where it is none, ``InvalidInput`` for what is not taken."""
    if len(text) > MAX_BYTES:
        raise InvalidInput.of("too-large", f"a {what} has at most {MAX_BYTES >> 10} KiB")
    try:
        _refuse_traps(text, what)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        lines = Lines()
        return (None if node is None else _value(node, (), lines)), lines
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark
        line = None if mark is None else mark.line + 1
        raise Malformed(f"The {what} is not YAML: {error.problem}", errors=[FieldError("bad-yaml", str(error.problem), None, line)]) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Malformed(f"The {what} is not YAML: {str(error) or 'it is nested too deep'}") from None


def _refuse_traps(text: str, what: str) -> None:
    """Anchors and endless nesting are refused before anything is made of them."""
    depth = 0
    event: Any
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise InvalidInput.of("too-deep", f"a {what} is nested at most {MAX_DEPTH} deep", None, event.start_mark.line + 1)
        if getattr(event, "anchor", None) is not None:
            raise InvalidInput.of("yaml-anchor", f"anchors and aliases are not read in a {what}", None, event.start_mark.line + 1)


def _value(node: yaml.Node, path: Path, lines: Lines) -> Any:
    lines.by_path.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, place), lines) for place, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    assert isinstance(node, yaml.ScalarNode)
    if node.style in ("'", '"', "|", ">"):
        return node.value
    return _scalar(node.value)


def _mapping(node: yaml.MappingNode, path: Path, lines: Lines) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, item in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise InvalidInput.of("bad-name", "a name in a mapping is a text", path_text(path) or None, line)
        name = str(key.value)
        if name in values:
            raise InvalidInput.of("duplicate-name", f"{name!r} is there twice", path_text((*path, name)), line)
        lines.by_path[(*path, name)] = line
        values[name] = _value(item, (*path, name), lines)
    return values


def _scalar(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
