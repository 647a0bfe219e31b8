"""The shape of a mapping: what its YAML may hold, apart from the fields of records, which ``mapping_rows.py`` reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from graph_models.errors import FieldError, InvalidInput
from graph_models.records.dates import day_of
from graph_models.records.json_codec import record_of
from graph_models.records.record_types import BY_NAME, Record
from service.facts.overlays import TOLD
from service.imports.formats.table import ReadOptions
from service.imports.mapping.yaml_text import Lines, path_of, path_text, read_yaml

Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")]
SPEC_KEYS = frozenset({"type", "when", "each", "group_by", "duplicates", "evidence"})
"""What a record of a mapping says beside the fields of its type."""
NULLS = ("",)


class WorkspaceHints(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a workspace for these data is best made with."""

    name: str | None = None
    focal_party_id: str | None = None
    base_currency: str | None = None
    locale: Literal["en", "zh"] | None = None
    time_zone: str | None = None
    default_as_of: str | None = None


Every = Literal["year", "quarter", "month"]
EVERY: dict[Every, int] = {"year": 12, "quarter": 3, "month": 1}
"""How long the periods of a ranking are, in months."""


class Ranking(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The ranking that an import of these data ends in: the parties of a role by both scores, period after period."""

    role: str
    every: Every = "year"


class LookUp(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The line of another file of the set whose ``key`` equals this line's ``by``: its columns are ``<name>.<column>``."""

    file: Name
    by: str
    missing: Literal["error", "empty"] = "error"


class Redaction(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Placeholders in a column, which hide somebody: each becomes a text of its own, told apart by other columns, else by its line."""

    column: str
    values: Annotated[list[str], msgspec.Meta(min_length=1)]
    apart_by: list[str] = []
    placeholder_as: Name | None = None
    """A column for the placeholder as it was read; empty in lines that name somebody."""


class FileSpec(ReadOptions, kw_only=True, forbid_unknown_fields=True):
    """One file of the set, or several of one shape, and what is made of its lines."""

    pattern: str | list[str]
    if_absent: Literal["error", "skip"] = "error"
    null: list[str] = msgspec.field(default_factory=list)
    decimal: Literal[".", ",", "auto"] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""
    units: dict[str, Decimal] = msgspec.field(default_factory=dict)
    """Column -> what its numbers are multiplied by: 10000 where it counts in 万元."""
    totals: list[str] | None = None
    """Lines whose first cell says so are sums of others, are left out, and are listed."""
    strip: bool = True
    aliases: dict[str, list[str]] = msgspec.field(default_factory=dict)
    """Column -> the names that it has in some files."""
    optional: list[str] = msgspec.field(default_factory=list)
    """Columns that some files have not: their cells are empty there."""
    ignore: list[str] = msgspec.field(default_factory=list)
    key: str | None = None
    derive: dict[Name, Any] = msgspec.field(default_factory=dict)
    look_up: dict[Name, LookUp] = msgspec.field(default_factory=dict)
    redact: list[Redaction] = msgspec.field(default_factory=list)
    when: Any = None
    owns: list[str] | None = None
    """The fields that are this file's to say; those of others stay as they are. Without it: the fields that it maps."""
    list_as_of: str | None = None
    """The file describes this day: what is stored of the days before it stays."""
    records: list[dict[str, Any]] = msgspec.field(default_factory=list)


class MappingText(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A whole mapping, as it is written."""

    name: Name
    version: Annotated[int, msgspec.Meta(ge=1)] = 1
    title: str | None = None
    description: str | None = None
    workspace: WorkspaceHints | None = None
    ranking: Ranking | None = None
    unused: list[str] = []
    """Patterns of files of the set from which nothing is taken."""
    records: list[dict[str, Any]] = []
    """Records that are in no file: the focal party, documents."""
    files: Annotated[dict[Name, FileSpec], msgspec.Meta(min_length=1)]


class Written(msgspec.Struct, frozen=True):
    """A mapping as read: its model, its text, and the line of everything in it."""

    model: MappingText
    text: str
    lines: Lines
    constants: tuple[tuple[int, Record], ...]


def read_mapping(text: str) -> Written:
    """A mapping from its YAML. Raises ``InvalidInput`` with the field and line of everything that is wrong, ``Malformed`` for what is no YAML."""
    value, lines = read_yaml(text)
    if not isinstance(value, dict):
        raise InvalidInput.of("wrong-type", "a mapping is a YAML mapping with `name` and `files`", None, 1)
    try:
        model = msgspec.convert(value, MappingText)
    except msgspec.ValidationError as error:
        raise invalid([_shape_error(str(error), value, lines)]) from None
    constants, errors = _constants(model, lines)
    errors += [
        lines.error("unknown-name", f"there is no file {look_up.file!r} in `files`", ("files", name, "look_up", alias, "file"))
        for name, file in model.files.items() for alias, look_up in file.look_up.items() if look_up.file not in model.files
    ]  # fmt: skip
    errors += [
        lines.error("missing", f"file {look_up.file!r} is looked up and needs a `key`", ("files", look_up.file))
        for file in model.files.values() for look_up in file.look_up.values() if look_up.file in model.files and model.files[look_up.file].key is None
    ]  # fmt: skip
    errors += _ownership_errors(model, lines)
    if errors:
        raise invalid(errors)
    return Written(model, text, lines, tuple(constants))


def _ownership_errors(model: MappingText, lines: Lines) -> Iterator[FieldError]:
    """What is wrong with ``owns`` and ``list_as_of``."""
    for name, file in model.files.items():
        kinds = [BY_NAME[kind] for record in file.records if (kind := str(record.get("type"))) in BY_NAME]
        fields = sorted({field for kind in kinds for field in kind.record.__struct_fields__} - TOLD)
        for place, owned in enumerate(file.owns or ()):
            if owned.partition(".")[0] not in fields:
                yield lines.error(
                    "unknown-field", f"no record of this file has a field {owned!r}; there are {', '.join(fields)}", ("files", name, "owns", place)
                )
        try:
            day_of(file.list_as_of or "2000-01-01")
        except ValueError as error:
            yield lines.error("bad-date", str(error), ("files", name, "list_as_of"))


def invalid(errors: list[FieldError]) -> InvalidInput:
    """The one error for all that is wrong with a mapping."""
    first = errors[0]
    where = f" line {first.line}" if first.line else ""
    return InvalidInput(f"The mapping is not valid:{where} {first.field or ''}: {first.message}".replace("  ", " "), errors=errors)


def _constants(model: MappingText, lines: Lines) -> tuple[list[tuple[int, Record]], list[FieldError]]:
    found: list[tuple[int, Record]] = []
    errors: list[FieldError] = []
    for place, fields in enumerate(model.records):
        path = ("records", place)
        line = lines.of(path) or 0
        if str(fields.get("type")) not in BY_NAME:
            errors.append(lines.error("unknown-type", f"a type is one of {', '.join(BY_NAME)}", (*path, "type")))
            continue
        try:
            found.append((line, record_of(fields)))
        except InvalidInput as error:
            errors += [fault._replace(field=f"{path_text(path)}.{fault.field or ''}".rstrip("."), line=line) for fault in error.errors]
    return found, errors


def _shape_error(message: str, value: Any, lines: Lines) -> FieldError:
    """What msgspec says, at the path and line where it is. It writes ``[...]`` for a name: the first one that fits is looked for."""
    where = re.search(r" - at `(key in )?\$?(.*?)`$", message)
    text = re.sub(r" - at `.*`$", "", message)
    path = _completed(path_of(where[2]) if where else (), where[2] if where else "", text, value)
    unknown = re.search(r"unknown field `(.*?)`", text)
    missing = re.search(r"missing required field `(.*?)`", text)
    if unknown:
        return lines.error("unknown-field", text, (*path, unknown[1]))
    if missing:
        return lines.error("missing", text, (*path, missing[1]))
    kind = text.startswith("Expected") and "matching" not in text
    code = "out-of-range" if re.search(r"[<>]=? |length", text) else "wrong-type" if kind else "invalid"
    return lines.error(code, text, path)


def _completed(path: tuple[str | int, ...], written: str, text: str, value: Any) -> tuple[str | int, ...]:
    """``$.files[...].x`` leaves open which file it is: try each by itself."""
    if "[...]" not in written or path != ("files",):
        return path
    for name, file in value["files"].items():
        try:
            msgspec.convert(file, FileSpec)
        except msgspec.ValidationError as error:
            if re.sub(r" - at `.*`$", "", str(error)) == text:
                inner = re.search(r" - at `\$(.*?)`$", str(error))
                return (*path, name, *(path_of(inner[1]) if inner else ()))
    return path
