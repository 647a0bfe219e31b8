"""Records as the files that ``neo4j-admin database import full`` reads: the graph that the store itself would have written, as columns of text.

Between fields and around what must be quoted stand control characters, which hardly any text holds: so hardly any text is
quoted. Nodes have the numbers that they will have in the database, so that the import need not look up which node an id is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby, repeat
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from msgspec.json import encode

from graph_models.errors import FieldError
from graph_models.records.dates import Period, day_text
from graph_models.records.record_types import DECIMALS, Fields
from service.stores.interface.store import Revision
from service.stores.neo4j.rows import PROPERTIES, property_column, relationship_type

FIRST = repeat("1")
"""All is of revision 1, and nearly all of version 1."""
FIELD, ITEM, QUOTE = "\x1f", "\x1e", "\x02"
ARGUMENTS = "arguments"
"""The file that holds the command line: ``neo4j-admin database import full @arguments neo4j``, run in its directory."""
LISTS = frozenset({"names", "identifiers", "topics", "tags", "motives", "documents"})
WHOLE = frozenset({"market_tier", "importance"})
NUMBERS = frozenset(
    {*DECIMALS, "quantity", "utility", "confidence", "strength", "share", "sentiment", "value", "rate",
     "power", "legitimacy", "urgency", "interest", "closeness", "profit_impact", "supply_risk"}
)  # fmt: skip
"""The properties that are no text ..."""
TEXTS = frozenset({("relationship", "interest")})
"""... but of these record types (an assessment judges ``interest`` by a number)."""
EXACT = frozenset(DECIMALS)
"""Those whose text in a record is read as the number that the property is."""
HEADER, PLAIN, LINES = "-header.csv", ".csv", ".lines.csv"
OPTIONS = ("--id-type=actual", "--delimiter=U+001F", "--array-delimiter=U+001E", "--quote=U+0002", "--bad-tolerance=0")


class Layout(NamedTuple):
    """What one set of files holds: nodes of a label or relationships of a type (none: a column says it), and the columns around the properties."""

    group: str
    name: str | None
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    properties_of: str | None = None


ENDS = (":START_ID", ":END_ID")
LAYOUTS: dict[str, Layout] = {
    "party": Layout("nodes", None, (":ID",), (":LABEL",), "party"),
    "party_slice": Layout("nodes", "PartySlice", (":ID",), (), "party"),
    "touchpoint": Layout("nodes", "Touchpoint", (":ID",), (), "touchpoint"),
    "assessment": Layout("nodes", "Assessment", (":ID",), (), "assessment"),
    "document": Layout("nodes", "Document", (":ID",), (), "document"),
    "exchange_rate": Layout("nodes", "ExchangeRate", (":ID",), (), "exchange_rate"),
    "workspace": Layout("nodes", "Workspace", (":ID", "name:string", "revision:long", "time:string", "loaded:boolean")),
    "revision": Layout("nodes", "Revision", (":ID", "number:long", "time:string", "who:string", "counts:string", "import_id:string", "token:string")),
    "role": Layout("relationships", "HAS_ROLE", (), ENDS, "role"),
    "relationship": Layout("relationships", None, (), (*ENDS, ":TYPE"), "relationship"),
    "value_flow": Layout("relationships", "GIVES", (), ENDS, "value_flow"),
    "made": Layout("relationships", "MADE", ENDS),
    "toward": Layout("relationships", "TOWARD", ENDS),
    "judges": Layout("relationships", "JUDGES", ENDS),
    "slice_of": Layout("relationships", "SLICE_OF", ENDS),
}
"""name of the files -> what they hold, in the order of the command line."""
JUDGING = {"touchpoint": "toward", "assessment": "judges"}
"""Facts that are nodes -> the files of what ties them to their target."""


def header(name: str) -> str:
    """The first line of a set of files."""
    layout = LAYOUTS[name]
    if layout.properties_of is None:
        return FIELD.join((*layout.before, *layout.after))
    own = (f"{name}:{_type(layout.properties_of, name)}" for name in PROPERTIES[layout.properties_of])
    return FIELD.join((*layout.before, "id:string", "valid_from:date", "valid_to:date", "revision:long", *own, "version:long", "record:string", *layout.after))


def _type(type_name: str, name: str) -> str:
    kinds = (("string[]", LISTS), ("double", NUMBERS), ("long", WHOLE))
    return "string" if (type_name, name) in TEXTS else next((kind for kind, names in kinds if name in names), "string")


def property_cells(type_name: str, fields: Fields, bodies: Sequence[bytes], periods: Sequence[Period], versions: Iterable[str] = FIRST) -> list[Iterable[str]]:
    """The columns that all files of a record type have, between its own."""
    days = {period: FIELD.join(map(_day, period)) for period in set(periods)}
    own = [_texts(_type(type_name, name), fields[name] if name in EXACT else property_column(made, fields)) for name, made in PROPERTIES[type_name].items()]
    return [fields["id"], map(days.__getitem__, periods), FIRST, *own, versions, map(bytes.decode, bodies)]


_day = lru_cache(maxsize=65_536)(day_text)


def uncarried(type_name: str, fields: Fields) -> Iterator[FieldError]:
    """What of some records files cannot carry."""
    for name in LISTS & PROPERTIES[type_name].keys():
        for items in property_column(PROPERTIES[type_name][name], fields):
            if items and any(ITEM in item for item in items):
                yield FieldError("control-character", f"{items[0]!r}: import files cannot carry a list with the character U+001E in a text", name)


def _texts(kind: str, values: Sequence[Any]) -> Iterable[str]:
    """``kind``: the type of the property in the header."""
    if not values:
        return repeat("")
    if kind == "string[]":
        return [quoted(ITEM.join(items)) if items else "" for items in values]
    if kind != "string":
        return ["" if value is None else str(value) for value in values]
    filled = [value or "" for value in values] if None in values else values
    if "" not in values and not _is_marked("".join(filled)):
        return filled
    return ["" if value is None else quoted(value) for value in values]


def _is_marked(text: str) -> bool:
    return QUOTE in text or FIELD in text or "\n" in text or "\r" in text


def quoted(text: str) -> str:
    """A text that is empty, or holds a mark or the end of a line, stands in quotes."""
    return text if text and not _is_marked(text) else f"{QUOTE}{text.replace(QUOTE, QUOTE + QUOTE)}{QUOTE}"


class Part(NamedTuple):
    """The files that one process writes: those who write at once need parts of their own."""

    directory: Path
    name: str

    def add(self, files: str, cells: Sequence[Iterable[str]]) -> None:
        """Append rows, given as columns; those that are the same in all rows are joined once."""
        columns: list[Iterable[str]] = []
        for same, group in groupby(cells, lambda cell: isinstance(cell, repeat)):
            found = list(group)
            columns += [repeat(FIELD.join(map(next, found)))] if same else found  # type: ignore[arg-type]
        self.put(files, list(map(FIELD.join, zip(*columns, strict=False))))

    def put(self, files: str, rows: list[str]) -> None:
        """Append rows; those of several lines go into a file of their own, for these are read slowly."""
        text = "\n".join(rows)
        if text.count("\n") < len(rows) and "\r" not in text:
            self._append(f"{files}.{self.name}{PLAIN}", text)
            return
        for ending, of_lines in ((PLAIN, False), (LINES, True)):
            if chosen := [row for row in rows if ("\n" in row or "\r" in row) is of_lines]:
                self._append(f"{files}.{self.name}{ending}", "\n".join(chosen))

    def _append(self, file: str, text: str) -> None:
        if text:
            with (self.directory / file).open("ab") as sink:
                sink.write((text + "\n").encode())

    def add_facts(
        self,
        type_name: str,
        fields: Fields,
        bodies: Sequence[bytes],
        periods: Sequence[Period],
        ends: Mapping[str, Sequence[Any]],
        take: Callable[[int], Iterable[int]],
    ) -> None:
        """Append what is no party; ``ends`` are the numbers of the nodes of their parties, ``take`` gives so many to new nodes."""
        cells = property_cells(type_name, fields, bodies, periods)
        if LAYOUTS[type_name].group == "relationships":
            kinds = [map(relationship_type, fields["kind"])] if LAYOUTS[type_name].name is None else []
            self.add(type_name, [*cells, ends["source"], ends["target"], *kinds])
            return
        own = list(map(str, take(len(bodies))))
        self.add(type_name, [own, *cells])
        if type_name in JUDGING:
            made = [(source, node) for source, node in zip(ends["source"], own, strict=True) if source is not None]
            self.add("made", list(zip(*made, strict=True)))
            self.add(JUDGING[type_name], [own, ends["target"]])


def keep_revision(part: Part, revision: Revision, take: Callable[[int], Iterable[int]]) -> None:
    """The nodes by which the store knows that the revision took place, and that a load from files is to be finished."""
    workspace, own = map(str, take(2))
    number, counts = str(revision.number), encode(revision.counts).decode()
    part.put("workspace", [FIELD.join((workspace, "workspace", number, revision.time, "true"))])
    said = (revision.time, quoted(revision.who) if revision.who else "", counts, revision.import_id or "", uuid4().hex)
    part.put("revision", [FIELD.join((own, number, *said))])


def command_line(directory: Path) -> None:
    """Write the headers of the files that are there, and the arguments of the import."""
    lines, several = [], []
    for name, layout in LAYOUTS.items():
        files = sorted(path.name for path in directory.glob(f"{name}.*"))
        if files:
            (directory / f"{name}{HEADER}").write_text(header(name) + "\n", "utf-8")
            said = "" if layout.name is None else f"{layout.name}="
            lines.append(f"--{layout.group}={said}{','.join([f'{name}{HEADER}', *files])}")
            several += [file for file in files if file.endswith(LINES)]
    if several:
        lines += [f"--multiline-fields={','.join(several)}", "--multiline-fields-format=v2"]
    (directory / ARGUMENTS).write_text("\n".join([*OPTIONS, *lines]) + "\n", "utf-8")
