"""What several lines, of one file or of several, say together of one thing: held until all were read, then made once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from graph_models.errors import FieldError
from graph_models.records.record_types import RecordType
from service.facts.overlays import NOTHING, TOLD, Overlay
from service.imports.buffers.spilling_dict import Shelf

MERGING = ("merge", "merge_names")
"""The values of ``duplicates`` that bring lines together."""


class Ownership(NamedTuple):
    """What of a record its file owns, and how it is therefore laid over what is stored."""

    fields: frozenset[str] | None
    """``None``: the file does not say, and everything that it maps counts."""
    overlay: Overlay

    def soft(self, fields: Mapping[str, Any]) -> set[str]:
        """The fields that any file that owns them overrules."""
        return set() if self.fields is None else set(fields) - self.fields - TOLD - {"type"}


def ownership_of(kind: RecordType, mapped: Mapping[str, Any], owns: list[str] | None, as_of: str | None) -> Ownership:
    """What a record of a mapping owns: the fields under ``owns``, else those that it maps. What it does not own stays as it is stored."""
    if owns is None and not kind.is_state:
        return Ownership(None, NOTHING)
    owned = None if owns is None else frozenset(name.partition(".")[0] for name in owns)
    left: list[str] = []
    said: dict[str, tuple[str, ...]] = {}
    for name in kind.record.__struct_fields__:
        if name in TOLD:
            continue
        if name not in mapped or (owned is not None and name not in owned):
            left.append(name)
        elif name in ("attributes", "identifiers", "values") and isinstance(mapped[name], dict):
            keys = [key for key in mapped[name] if owns is None or name in owns or f"{name}.{key}" in owns]
            said[name] = tuple(map(str, keys))
    return Ownership(owned, Overlay(left=tuple(left), said=said, as_of=as_of if kind.is_state else None))


class Held:
    """What was said of one thing so far, where it was said first, which fields no owner said yet, and how it will be laid over what is stored."""

    __slots__ = ("fields", "overlay", "place", "soft")

    def __init__(self, fields: dict[str, Any], place: int, soft: set[str], overlay: Overlay) -> None:
        self.fields, self.place, self.soft, self.overlay = fields, place, soft, overlay


class Merging:
    """The things of each type that lines say together."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._held: dict[str, Shelf[tuple[str, str | None], Held]] = {}

    def forget(self) -> None:
        """The files are read once more, from the start, or no more."""
        self._held.clear()

    def take(self, type_name: str, fields: dict[str, Any], place: int, ownership: Ownership, *, keep_names: bool) -> FieldError | None:
        """Take in what a line says; the fault where it contradicts what others said."""
        held = self._held.setdefault(type_name, Shelf(self._directory))
        key = (str(fields.get("id")), fields.get("valid_from"))
        soft = ownership.soft(fields)
        if (before := held.get(key)) is None:
            held[key] = Held(fields, place, soft, ownership.overlay)
            return None
        field = _merge(before, fields, soft, keep_names=keep_names)
        if field is not None:
            message = f"{key[0]!r} has {fields[field]!r} here and {before.fields[field]!r} in an earlier line, and these cannot be merged"
            return FieldError("contradiction", message, field)
        if before.overlay is not ownership.overlay:
            before.overlay = before.overlay.together(ownership.overlay)
        return None

    def finish(self, at_once: int) -> Iterator[tuple[str, list[Held]]]:
        """What all lines said together, so many of a type at a time."""
        for type_name, held in self._held.items():
            values = held.values()
            while some := list(islice(values, at_once)):
                yield type_name, some
        self.forget()


def _merge(held: Held, fields: Mapping[str, Any], soft: set[str], *, keep_names: bool) -> str | None:
    """Fill in what is missing, put lists and objects together, perhaps keep other names beside the first; the field that contradicts, if one does.

    Between a file that owns a field and one that does not, the owner is right.
    """
    into = held.fields
    for name, value in fields.items():
        before = into.get(name)
        if before is not None and before != value and (name in soft) != (name in held.soft):
            if name in held.soft:
                into[name] = value
                held.soft.discard(name)
            continue
        if before is None:
            into[name] = value
            if name in soft:
                held.soft.add(name)
        elif name not in soft:
            held.soft.discard(name)
        if before is None or before == value:
            continue
        if keep_names and name == "name":
            if {"text": value} not in (names := into.setdefault("names", [])):
                into["names"] = [*names, {"text": value}]
        elif isinstance(before, list) and isinstance(value, list):
            into[name] = before + [item for item in value if item not in before]
        elif isinstance(before, dict) and isinstance(value, dict):
            if any(before.get(key, inner) != inner for key, inner in value.items()):
                return name
            into[name] = before | value
        elif name not in soft:
            return name
    return None
