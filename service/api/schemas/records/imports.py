"""Mappings and imports: what is sent, what they result in, and what taking one back means."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from service.api.schemas.records.writes import BatchAnswer, FaultGroup, LineError
from service.api.schemas.shapes import Answer, Listed, NamedItem, Text, Time, Truncated
from service.imports.pipeline import rollback

ByType = Annotated[dict[str, int], Meta(description="Type of record -> how many were read.")]
FilesRead = Annotated[list[dict[str, str]], Meta(description="How each file was read: `file`, `as`, `format`, `encoding`, `delimiter`, `sheet` ...")]
RankingMade = Annotated[str | UnsetType, Meta(description="The ranking that the mapping asks for.")]


class MappingList(Listed, frozen=True, kw_only=True):
    """The saved mappings, by name."""

    items: list[NamedItem]


class MappingVersion(Answer, frozen=True, kw_only=True):
    """Which version of a mapping was saved."""

    name: str
    version: int
    recorded_at: Time


class SavedMapping(MappingVersion, frozen=True, kw_only=True):
    """One version of a mapping."""

    mapping: Annotated[str, Meta(description="The YAML as it was sent.")]


class SuggestedColumn(Answer, frozen=True, kw_only=True):
    """What a column is read as, and why."""

    column: str
    means: Annotated[str | None, Meta(description="Null: nothing is made of it.")]
    why: str
    examples: list[str]


class SkippedLine(Answer, frozen=True, kw_only=True):
    """A line that is not read."""

    line: int
    why: str


class SuggestedTable(Answer, frozen=True, kw_only=True):
    """A table that was found in a file."""

    file: str
    sheet: str | None
    header_row: int
    header_rows: int
    rows: int
    columns: list[SuggestedColumn]
    left_out: list[SkippedLine]


class Choice(Answer, frozen=True, kw_only=True):
    """One possible answer."""

    value: str
    text: Text


class Question(Answer, frozen=True, kw_only=True):
    """What only a person can say."""

    id: str
    file: str | None
    column: str | None
    text: Text
    choices: Annotated[list[Choice], Meta(description="Empty: any text is an answer.")]


class SuggestedMapping(Answer, frozen=True, kw_only=True):
    """A first mapping, to be read and edited; nothing is kept or applied."""

    mapping: Annotated[str, Meta(description="YAML, with its reasons as comments.")]
    tables: list[SuggestedTable]
    questions: Annotated[list[Question], Meta(description="Send `answers` (question id -> choice) for the next mapping.")]
    encoding: Annotated[dict[str, str], Meta(description="File -> the encoding that its text was read in.")]


class ImportWarning(Answer, frozen=True, kw_only=True):
    """Something that looks wrong in what was imported."""

    code: str
    line: int | None
    message: str


class Columns(Answer, frozen=True, kw_only=True):
    """What became of each column; of several files as `file:column`."""

    mapped: list[str]
    ignored: list[str]


class LeftOutLines(Answer, frozen=True, kw_only=True):
    """Lines that a rule of the mapping left out."""

    file: str
    lines: list[int]
    why: str


class Redaction(Answer, frozen=True, kw_only=True):
    """A placeholder for a name that was found."""

    file: str
    column: str
    placeholder: str
    lines: int
    parties: Annotated[int, Meta(description="How many anonymous parties they became.")]


class PreviewItem(Answer, frozen=True, kw_only=True):
    """What writing a record would do."""

    op: Literal["create", "update", "unchanged"]
    type: str
    id: str
    fields: Annotated[dict[str, Any], Meta(description="The fields of the record; of an update those that change.")]
    before: Annotated[dict[str, Any] | UnsetType, Meta(description="Of an update: what these fields say now.")] = UNSET


class ImportResult(BatchAnswer, frozen=True, kw_only=True):
    """Of a job `import`: what a batch answers, and what became of each column."""

    faults: Annotated[list[FaultGroup], Meta(description="`errors` in groups, the most frequent first.")]
    import_id: str
    dry_run: bool
    by_type: ByType
    preview: Annotated[list[PreviewItem], Meta(description="Of a dry run.")]
    preview_truncated: Truncated | None
    columns: Columns
    redacted: list[Redaction]
    left_out: list[LeftOutLines]
    files: FilesRead
    warnings: list[ImportWarning]
    ranking_id: RankingMade = UNSET


class Import(Answer, frozen=True, kw_only=True):
    """What is known of an import. One that is being written, or was cut off, has its id and state only."""

    import_id: str
    state: Literal["writing", "done", "cancelled", "rolling_back", "rolled_back"]
    accepted: int | UnsetType = UNSET
    created: int | UnsetType = UNSET
    updated: int | UnsetType = UNSET
    unchanged: int | UnsetType = UNSET
    rejected: int | UnsetType = UNSET
    errors: list[LineError] | UnsetType = UNSET
    faults: list[FaultGroup] | UnsetType = UNSET
    truncated: Truncated | UnsetType = UNSET
    revision: int | UnsetType | None = UNSET
    dry_run: bool | UnsetType = UNSET
    by_type: ByType | UnsetType = UNSET
    preview_truncated: Truncated | UnsetType | None = UNSET
    columns: Columns | UnsetType = UNSET
    redacted: list[Redaction] | UnsetType = UNSET
    left_out: list[LeftOutLines] | UnsetType = UNSET
    files: FilesRead | UnsetType = UNSET
    warnings: list[ImportWarning] | UnsetType = UNSET
    ranking_id: RankingMade = UNSET
    rolled_back_by: Annotated[int | UnsetType | None, Meta(description="The write that took it back.")] = UNSET


class ImportList(Listed, frozen=True, kw_only=True):
    """Imports that were written, the newest first."""

    items: list[Import]


class LaterWrite(Answer, frozen=True, kw_only=True):
    """A later write that built on the import."""

    type: str
    id: str
    revision: int
    why: Annotated[Literal["changed", "needs"], Meta(description="It changed the record, or made a fact that needs it.")]
    needs: str | None


class RollbackPreview(Answer, frozen=True, kw_only=True):
    """What would become of one id."""

    op: Literal["restore", "delete"]
    type: str
    id: str
    now: Annotated[list[dict[str, Any]], Meta(description="The records that are believed now.")]
    before: Annotated[list[dict[str, Any]], Meta(description="Those that were believed before the import.")]


class RollbackResult(Answer, frozen=True, kw_only=True):
    """Of a job `rollback`."""

    faults: Annotated[list[FaultGroup], Meta(description="`errors` in groups, the most frequent first.")]
    import_id: str
    dry_run: bool
    records: Annotated[int, Meta(description="How many ids go back.")]
    later: list[LaterWrite]
    truncated: Truncated | UnsetType = UNSET
    revision: int | None
    preview: Annotated[list[RollbackPreview] | UnsetType, Meta(description="Of a dry run.")] = UNSET


class RollbackRequest(rollback.Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What becomes of that on which later writes built, and whether anything is done at all."""

    later: Annotated[
        Literal["refuse", "keep", "take_along"],
        Meta(description="`refuse`: the job fails with 409 `built-on`; `keep`: what they touched or need stays; `take_along`: it goes too."),
    ] = "refuse"
    dry_run: Annotated[bool, Meta(description="Say what would be done, and do nothing.")] = False
