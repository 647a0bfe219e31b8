"""What a mapping makes of files, in a form that two mappings can be compared in: parties by their names, ids and evidence left away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from graph_models.errors import FieldError
from graph_models.records.vocabulary import BUILT_IN
from service.imports.formats.byte_source import FileOfSet
from service.imports.mapping.bound_mapping import BoundMapping
from service.imports.mapping.model import read_mapping

FIRM = "(the firm)"


def made_of(mapping: str, files: Sequence[FileOfSet]) -> list[dict[str, Any]]:
    """The records of a mapping; parties that several records state are one, and an error of a line fails the test."""
    written = read_mapping(mapping)
    hints = written.model.workspace
    firm = hints.focal_party_id if hints is not None else None
    found = []
    for place, record in BoundMapping(written, files, BUILT_IN).records(lambda _: None):
        assert not isinstance(record, FieldError), (place, record)
        found.append(msgspec.to_builtins(record))
    names = {record["id"]: record["name"] for record in found if record["type"] == "party"}
    assert firm is not None
    names[firm] = FIRM
    return [_plain(record, names) for record in found]


def _plain(record: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    record = {name: value for name, value in record.items() if name not in ("evidence", "names")}
    if record["type"] == "party" and names[record["id"]] == FIRM:
        record = {"type": "party", "id": record["id"], "name": FIRM}
    for field in ("source", "target"):
        if field in record:
            record[field] = names[record[field]]
    if "amount" in record:
        record["amount"] = float(record["amount"])
    record.pop("id", None)
    return record


def not_made(suggested: Sequence[dict[str, Any]], by_hand: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The suggested records that no record by hand says as well, field by field."""
    return [record for record in suggested if not any(all(other.get(name) == value for name, value in record.items()) for other in by_hand)]
