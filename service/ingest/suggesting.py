"""A first mapping for a file that nobody has described: what headers and values seem to mean, and why. A person edits it; nothing is applied."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from graph_models.errors import FieldError
from service.ingest.mapping_model import read_mapping
from service.ingest.number_text import readings
from service.ingest.readers import open_table
from service.ingest.readings import date_readings, unit_in
from service.ingest.sources import FileOfSet
from service.ingest.tables import ReadOptions
from service.ingest.total_lines import TOTALS

SAMPLE = 2_000
MOSTLY = 0.9
PLACEHOLDERS = frozenset({"REDACTED", "REDACTED DATA", "REDACTED PERSONAL DATA", "ANONYMOUS", "N/A", "匿名", "保密", "未公开", "第一名", "第二名", "第三名"})
_IDENTIFIERS = {"uscc": re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}"), "lei": re.compile(r"[0-9A-Z]{18}\d{2}"), "email": re.compile(r"[^@\s]+@[^@\s]+\.\w+")}
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_UNIT = re.compile(r"[（(\[【].*?[)）\]】]")


class Column(NamedTuple):
    """A column of the sample: its name, what it seems to mean, why, and its values that are not empty."""

    name: str
    meaning: str | None
    reason: str
    values: list[str]


class Suggestion(NamedTuple):
    """A mapping as YAML, what each column is read as, and what only a person can say."""

    mapping: str
    columns: list[dict[str, Any]]
    open_questions: list[str]


def suggest(file: FileOfSet) -> Suggestion:
    """A first mapping for a file, from its header and its first two thousand lines."""
    options = ReadOptions(header_row="auto") if file.plain_name.lower().endswith((".csv", ".tsv", ".txt", ".tab", ".xlsx", ".xlsm")) else ReadOptions()
    with open_table(file, options) as table:
        sample = list(islice(table.lines, SAMPLE))
        names, shown = table.columns, table.shown
    lines = [cells for _, cells in sample if not isinstance(cells, FieldError)]
    columns = _read(names, [cells for cells in lines if next((cell for cell in cells if cell), "") not in TOTALS])
    questions = [f"Line {line} and others: {cells.message}." for line, cells in sample if isinstance(cells, FieldError)][:1]
    spec = _file(file, columns, lines, shown, questions)
    model = {
        "name": re.sub(r"[^A-Za-z0-9_-]+", "_", Path(file.plain_name).stem).strip("_-")[:60] or "mapping",
        "records": [{"type": "party", "id": "firm", "name": "The firm", "kind": "organization"}],
        "files": {"table": spec},
    }
    questions.insert(0, "Who is the firm? Put its id and name under `records`; parties are taken to deal with it.")
    text = _comments(columns, questions) + yaml.dump(model, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=150)
    read_mapping(text)
    return Suggestion(text, [_about(column) for column in columns], questions)


def _about(column: Column) -> dict[str, Any]:
    return {"column": column.name, "read_as": column.meaning, "reason": column.reason, "examples": list(dict.fromkeys(column.values))[:3]}


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _comments(columns: Sequence[Column], questions: Sequence[str]) -> str:
    told = [f"# {_plain(column.name)}: {column.meaning or 'not used'}. {_plain(column.reason)}" for column in columns]
    asked = [f"# ? {_plain(question)}" for question in questions]
    return "\n".join(["# A suggestion, to be read and edited before it is used. What it rests on:", *told, "# What only you can say:", *asked]) + "\n"


def _plain(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)[:200]


# -- what columns mean


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "column_words.toml").read_text("utf-8"))


def _bare(text: str) -> str:
    spaced = _CAMEL.sub(" ", unicodedata.normalize("NFKC", _UNIT.sub("", text)))
    return " ".join(spaced.casefold().replace("_", " ").split())


def _read(names: Sequence[str], lines: Sequence[Sequence[str]]) -> list[Column]:
    taken: dict[str | None, int] = {}
    columns: list[Column] = []
    for place, name in enumerate(names):
        values = [cells[place].strip() for cells in lines if cells[place].strip()]
        meaning, reason, weight = _meaning(name, values)
        if meaning in taken and columns[taken[meaning]].meaning == meaning:
            meaning, reason = None, f"{reason}; {columns[taken[meaning]].name!r} is taken for that already"
        if meaning is not None and weight:
            taken[meaning] = place
        columns.append(Column(name, meaning, reason, values))
    return columns


def _meaning(name: str, values: Sequence[str]) -> tuple[str | None, str, int]:
    """What a column seems to mean, why, and how much the header says of it."""
    if not values:
        return None, "it is empty in the lines looked at", 0
    for scheme, pattern in _IDENTIFIERS.items():
        if _share(values, lambda text, pattern=pattern: pattern.fullmatch(text) is not None) >= MOSTLY:
            return scheme, f"its values look like {scheme}", 1
    bare = _bare(name)
    words = [(word, meaning) for meaning, entry in _words().items() if meaning != "values" for word in entry["words"]]
    found = [(end, len(word), meaning, word) for word, meaning in words if (end := _said(bare, word)) is not None]
    if found:
        _, _, meaning, word = max(found)
        misfit = _misfit(meaning, values)
        if misfit is None:
            return meaning, f"the header says {word!r}; {len(set(values))} of {len(values)} values are different", 1
        return None, f"the header says {word!r}, but {misfit}", 0
    if _share(values, lambda text: bool(date_readings(text)) and len(text) > 4) >= MOSTLY:
        return "date", "nearly all values are dates", 1
    return None, "neither header nor values tell what it means", 0


def _said(header: str, word: str) -> int | None:
    """Where in a header a word ends, if it is there: what a header ends with is what it is about (``供应商编号`` is a number, not a supplier)."""
    if not word.isascii():
        place = header.rfind(word)
        return None if place < 0 else place + len(word)
    found = list(re.finditer(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", header))
    return found[-1].end() if found else None


def _misfit(meaning: str, values: Sequence[str]) -> str | None:
    if meaning in ("amount", "share") and _share(values, lambda text: bool(readings(text.rstrip("%％")))) < MOSTLY:
        return "many values are no numbers"
    if meaning == "date" and _share(values, lambda text: bool(date_readings(text))) < MOSTLY:
        return "many values are no dates"
    return None


def _share(values: Sequence[str], fits: Any) -> float:
    return sum(map(bool, map(fits, values))) / len(values) if values else 0.0


# -- what is made of them


def _file(file: FileOfSet, columns: Sequence[Column], lines: Sequence[Sequence[str]], shown: Mapping[str, str], questions: list[str]) -> dict[str, Any]:
    by: dict[str | None, Column] = {column.meaning: column for column in columns if column.meaning is not None}
    spec: dict[str, Any] = {"pattern": file.name.replace("[", "[[]") if "[" in file.name else file.name}
    spec |= {name: int(value) for name, value in shown.items() if name == "header_row" and value != "1"}
    used: set[str] = set()
    records = _flows(by, used, questions) if "amount" in by or "share" in by or ("source" in by and "target" in by) else _parties(by, used, questions)
    numbers = [column for column in columns if column.name in used and column.meaning in ("amount", "share")]
    if numbers:
        spec |= _numbers(numbers, questions)
    if any(next((cell for cell in cells if cell), "") in TOTALS for cells in lines):
        spec["totals"] = sorted(TOTALS)
        questions.append("Lines that begin with 合计 and the like are left out as sums of others: is that right?")
    if hidden := _redactions(by, used):
        spec["redact"] = hidden
    spec["ignore"] = [column.name for column in columns if column.name not in used]
    spec["records"] = records
    return spec


def _numbers(columns: Sequence[Column], questions: list[str]) -> dict[str, Any]:
    spec: dict[str, Any] = {"decimal": "auto"}
    unsure = [value for column in columns for value in column.values if len(readings(value)) == 2]
    if unsure:
        questions.append(f"How are numbers written? {unsure[0]!r} is {' or '.join(map(str, readings(unsure[0])))}: say `decimal` and `thousands`.")
    units = {column.name: unit for column in columns if (unit := unit_in(column.name)) is not None}
    return spec | ({"units": units} if units else {})


def _redactions(by: Mapping[str | None, Column], used: set[str]) -> list[dict[str, Any]]:
    hidden = {by[end].name: sorted(set(by[end].values) & PLACEHOLDERS) for end in ("name", "source", "target") if end in by and by[end].name in used}
    return [{"column": name, "values": values} for name, values in hidden.items() if values]


def _cell(column: Column, used: set[str]) -> dict[str, Any]:
    used.add(column.name)
    return {"column": column.name}


def _party(column: Column, used: set[str]) -> dict[str, Any]:
    return {"type": "party", "id": _cell(column, used), "name": _cell(column, used), "kind": "organization", "duplicates": "first"}


def _flows(by: Mapping[str | None, Column], used: set[str], questions: list[str]) -> list[dict[str, Any]]:
    """Two parties and what passes between them, or one that owns a share of the other; a side that has no column is the firm."""
    source, target = by.get("source"), by.get("target") or by.get("name")
    if target is None and source is None:
        questions.append("Between whom are these? No column seems to name a party.")
    ends = {"source": "firm" if source is None else _cell(source, used), "target": "firm" if target is None else _cell(target, used)}
    if source is None or target is None:
        side, does = ("source", "gives") if source is None else ("target", "receives")
        questions.append(f"Which way? The firm is taken for the {side}: it {does} the money.")
    records = [_party(column, used) for column in (source, target) if column is not None]
    about: dict[str, Any] = {"id": _line_id(by.get("id"), used)}
    when = {"valid_from": _cell(by["date"], used) | {"date": "auto"}} if "date" in by else {}
    if "date" in by and (unsure := [value for value in by["date"].values if len(date_readings(value)) == 2]):
        questions.append(f"Which day is {unsure[0]!r}: {' or '.join(date_readings(unsure[0]))}? Say `date` with a format.")
    if "amount" not in by and "share" in by:
        return [*records, {"type": "relationship", **about, **ends, "kind": "owns", "share": _cell(by["share"], used), **when}]
    if "amount" not in by:
        questions.append("What stands between the two? They are taken to know each other.")
        return [*records, {"type": "relationship", **about, **ends, "kind": "knows", **when}]
    flow: dict[str, Any] = {"type": "value_flow", **about, **ends, "kind": "money", "amount": _cell(by["amount"], used)}
    if "currency" in by:
        flow["currency"] = _cell(by["currency"], used)
    else:
        flow["currency"] = "CNY"
        questions.append("In which currency are the amounts? They are taken for CNY.")
    flow |= {name: _cell(by[name], used) for name in ("product", "channel") if name in by}
    return [*records, flow | when]


def _line_id(number: Column | None, used: set[str]) -> dict[str, str]:
    """The file's own number where each line has another one, else the place of the line."""
    if number is None or set("{}") & set(number.name) or len(set(number.values)) < max(len(number.values), 2):
        return {"template": "{#file}/{#line}"}
    used.add(number.name)
    return {"template": f"line:{{{number.name}}}"}


def _parties(by: Mapping[str | None, Column], used: set[str], questions: list[str]) -> list[dict[str, Any]]:
    """One party a line, with a role toward the firm where the file tells one."""
    name, number = by.get("name") or by.get("target") or by.get("source"), by.get("id")
    if name is None and number is None:
        questions.append("What is a line of this file? No column seems to name a party, and nothing is made of it.")
        return []
    key = number if number is not None and len(set(number.values)) == len(number.values) else name or number
    assert key is not None
    party: dict[str, Any] = {"type": "party", "id": _cell(key, used), "name": _cell(name or key, used), "kind": "organization", "duplicates": "first"}
    party |= {field: _cell(by[field], used) for field in ("city", "region", "country") if field in by}
    if identifiers := {scheme: _cell(by[scheme], used) for scheme in ("uscc", "lei", "vat", "domain", "email") if scheme in by}:
        party["identifiers"] = identifiers
    questions.append("Are these organizations? Every party is taken for one (`kind`).")
    role: dict[str, Any] = {"type": "role", "id": {"template": "{#file}/{#line}"}, "source": _cell(key, used), "target": "firm", "role": "customer"}
    if "role" in by:
        role["role"] = _mapped(by["role"], "role", used, questions)
    else:
        questions.append("What are they to the firm? They are taken for customers (`role`).")
    if "stage" in by:
        role["stage"] = _mapped(by["stage"], "stage", used, questions)
    return [party, role]


def _mapped(column: Column, field: str, used: set[str], questions: list[str]) -> dict[str, Any]:
    """A value map from what the cells say; what they say that is not known is asked."""
    known = {word: value for value, words in _words()["values"][field].items() for word in words}
    counted = Counter(column.values)
    found = {text: known[_bare(text)] for text in counted if _bare(text) in known}
    if unknown := [text for text in counted if text not in found]:
        questions.append(f"What {field} do these mean: {', '.join(map(repr, unknown[:10]))}? They are read as none.")
    default = {"otherwise": None} if field == "stage" else {"otherwise": "customer"}
    return _cell(column, used) | {"values": found or {"": None}, **default}
