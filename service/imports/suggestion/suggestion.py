"""A first mapping for a set of files that nobody has described: what headers and values seem to mean, and why. A person edits it; nothing is applied.

What the files do not tell is asked, in both languages; until it is answered nothing is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import yaml

from graph_models.errors import FieldError, InvalidInput
from graph_models.records.vocabulary import BUILT_IN, Vocabulary
from service.imports.formats.byte_source import FileOfSet
from service.imports.mapping.model import read_mapping
from service.imports.suggestion.column_meanings import file_kinds, known_values, share_of
from service.imports.suggestion.comments import comments
from service.imports.suggestion.draft import Context, Draft
from service.imports.suggestion.party_names import PartyNames
from service.imports.suggestion.people_shapes import PEOPLE
from service.imports.suggestion.questions import Questions, choice
from service.imports.suggestion.record_shapes import LISTS, SHAPES, main_party, shape_of
from service.imports.suggestion.table_samples import Hints, Sample, samples_of

MAX_FILES = 50
_CJK = re.compile(r"[\u3400-\u9fff]")
_ORDER = ("list", "suppliers", "orders", "through")
"""Lists come first: what they say of a party counts before what other files do."""


class Asked(NamedTuple):
    """What whoever asks for a suggestion says: how single files are read, in which language to comment, what was answered, and what is known of the firm."""

    hints: Mapping[str, Hints] = {}
    locale: str | None = None
    answers: Mapping[str, Any] = {}
    firm: str | None = None
    """The id of a focal party that is there already."""
    base_currency: str | None = None
    vocabulary: Vocabulary = BUILT_IN


class Suggestion(NamedTuple):
    """A mapping as YAML, what each table and column is read as, and what only a person can say."""

    mapping: str
    tables: list[dict[str, Any]]
    questions: list[dict[str, Any]]
    encoding: dict[str, str]


def suggest(files: Sequence[FileOfSet], asked: Asked = Asked()) -> Suggestion:  # noqa: B008 - a constant
    """A first mapping for files that belong together, from their headers and their first two thousand lines."""
    _check(files, asked)
    samples = [sample for file in files for sample in samples_of(file, asked.hints.get(file.name) or asked.hints.get("", Hints()))]
    shapes = {place: shape_of(sample) for place, sample in enumerate(samples)}
    order = sorted(range(len(samples)), key=lambda place: _ORDER.index(shapes[place]) if shapes[place] in _ORDER else len(_ORDER))
    is_chinese = share_of([column.name for sample in samples for column in sample.columns], lambda name: _CJK.search(name) is not None) >= 0.3
    locale = asked.locale or ("zh" if is_chinese else "en")
    questions = Questions(asked.answers)
    base = asked.base_currency or questions.answer("base_currency") or ("CNY" if is_chinese else _commonest_currency(samples))
    firm, constants = _firm(questions, samples, asked, locale)
    names = _names(samples, [place for place in order if shapes[place] in LISTS])
    context = Context(questions, asked.vocabulary, names, firm, base, "orders" in shapes.values())
    drafts = [(_drafted(samples[place], shapes[place], context), shapes[place]) for place in order]
    hints = {"name": constants[0]["name"]} if constants else {}
    workspace = hints | {"focal_party_id": firm} | ({"base_currency": base} if base else {}) | {"locale": locale}
    model = {"name": _mapping_name(files), "workspace": workspace} | ({"records": constants} if constants else {})
    model["files"] = {f"file{number}": _spec(draft) for number, (draft, _) in enumerate(drafts, 1)}
    text = comments(drafts, questions.open(), locale) + yaml.dump(model, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=150)
    read_mapping(text)
    tables = [_table(draft, locale) for draft, _ in drafts]
    encodings = {sample.file.name: sample.shown["encoding"] for sample in samples if "encoding" in sample.shown}
    return Suggestion(text, tables, [question.as_json() for question in questions.open()], encodings)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _check(files: Sequence[FileOfSet], asked: Asked) -> None:
    names = [file.name for file in files]
    if not files or len(files) > MAX_FILES:
        raise InvalidInput.of("out-of-range", f"a suggestion is made for 1 to {MAX_FILES} files", "file")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InvalidInput.of("duplicate", f"two files are both called {twice[0]!r}", "file")
    if unknown := sorted(set(asked.hints) - {"", *names}):
        raise InvalidInput("An option names a file that is not there", errors=[FieldError("unknown-file", f"there is no file {unknown[0]!r}", "file")])


def _mapping_name(files: Sequence[FileOfSet]) -> str:
    stem = files[0].plain_name.rpartition(".")[0] if len(files) == 1 else "files"
    return re.sub(r"[^A-Za-z0-9_-]+", "_", stem).strip("_-")[:60] or "mapping"


def _firm(questions: Questions, samples: Sequence[Sample], asked: Asked, locale: str) -> tuple[str, list[dict[str, Any]]]:
    """The id of the focal party, and its record where the workspace has none yet."""
    if asked.firm is not None:
        return asked.firm, []
    titles = dict.fromkeys(part for sample in samples for title in sample.titles if (part := re.split(r"[\s　（(\d]", title)[0]) and 2 <= len(part) <= 20)
    guesses = [choice(title) for title in titles if not set("：:") & set(title) and not file_kinds(title)]
    name = questions.ask(
        "firm", None, None, "What is the name of the firm that these files are about?", "这些文件是哪家公司的？请写公司全称", guesses[:3], free=True
    )
    return "firm", [{"type": "party", "id": "firm", "name": name or {"zh": "本公司", "en": "The firm"}[locale], "kind": "organization"}]


def _commonest_currency(samples: Sequence[Sample]) -> str | None:
    known = known_values("currency")
    cells = [cell for sample in samples for column in sample.columns if column.meaning == "currency" for cell in column.values]
    found = [known.get(cell.casefold(), cell.upper()) for cell in cells]
    return max(sorted(set(found)), key=found.count) if found and set(found) <= BUILT_IN.currencies else None


def _names(samples: Sequence[Sample], lists: Sequence[int]) -> PartyNames:
    names = PartyNames()
    for place in lists:
        if (party := main_party(samples[place])) is None:
            continue
        short = next((column.cells for column in samples[place].columns if column.meaning == "short" and column is not party), [""] * len(party.cells))
        for name, abbreviation in zip(party.cells, short, strict=True):
            if name:
                names.add(name, abbreviation or None)
    return names


def _drafted(sample: Sample, shape: str, context: Context) -> Draft:
    draft = Draft(sample, context)
    make = (SHAPES | PEOPLE).get(shape)
    if make is not None:
        make(draft)
    return draft


def _spec(draft: Draft) -> dict[str, Any]:
    """The part of the mapping for one table."""
    sample = draft.sample
    pattern = sample.file.name.replace("[", "[[]").replace("*", "[*]").replace("?", "[?]") if set("[*?") & set(sample.file.name) else sample.file.name
    spec: dict[str, Any] = {"pattern": pattern} | sample.options
    if words := sorted({cell for _, why, cell in sample.left_out if why == "total"}):
        spec["totals"] = words
    spec |= draft.options | ({"units": draft.units} if draft.units else {})
    if sample.list_as_of is not None and any(record["type"] == "role" for record in draft.records):
        spec["list_as_of"] = sample.list_as_of
    conditions = [condition for line, why, cell in sample.left_out if why == "sum" and (condition := _without_sum(draft, line, cell)) is not None]
    if conditions:
        spec["when"] = conditions
        draft.used.add(sample.columns[0].name)
    spec["ignore"] = [column.name for column in sample.columns if column.name not in draft.used]
    return spec | ({"derive": draft.derive} if draft.derive else {}) | {"records": draft.records}


def _without_sum(draft: Draft, line: int, cell: str) -> dict[str, Any] | None:
    """The condition that leaves out a line whose numbers are the sums of those before it, unless somebody says that it is none."""
    keep = draft.ask(("sum", str(line)), None, f"Line {line} ({cell!r}) says the sums of the lines before it. Is it left out?",
        f"第 {line} 行（「{cell}」）等于前面各行之和，是否不算？", [choice("leave_out", "it is left out", "不算"), choice("keep", "it counts", "算")],
    )  # fmt: skip
    column = next((column for column in draft.sample.columns if column.name in draft.used and cell in column.cells), draft.sample.columns[0])
    return None if keep == "keep" else {"column": column.name, "not_in": [cell]}


def _table(draft: Draft, locale: str) -> dict[str, Any]:
    """What is said of one table beside its mapping."""
    sample = draft.sample
    why = {
        "total": ("it is a sum or a mean of other lines", "是其他行的合计或平均"),
        "sum": ("its numbers are the sums of the lines before it", "等于前面各行之和"),
    }
    columns = [
        {
            "column": column.name, "means": column.meaning if column.name in draft.used else None, "why": column.reason.in_locale(locale),
            "examples": list(dict.fromkeys(column.values))[:3],
        }
        for column in sample.columns
    ]  # fmt: skip
    return {
        "file": sample.file.name, "sheet": sample.options.get("sheet") or sample.shown.get("sheet"), "header_row": sample.options.get("header_row", 1),
        "header_rows": sample.options.get("header_rows", 1), "rows": len(sample.numbers), "columns": columns,
        "left_out": [{"line": line, "why": why[kind][locale == "zh"] if kind in why else message} for line, kind, message in sample.left_out],
    }  # fmt: skip
