"""A part of a mapping while it is suggested: what is made of the columns of one table, and which of them are used."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from graph_models.records.vocabulary import Vocabulary
from service.imports.cells.amount_text import style_of
from service.imports.cells.name_normalization import company_name
from service.imports.cells.number_formats import Numbers, readings
from service.imports.mapping.ambiguous_cells import date_readings, unit_in
from service.imports.suggestion.column_meanings import Column, bare, known_values
from service.imports.suggestion.party_names import PartyNames, seem_people
from service.imports.suggestion.questions import Choice, Questions, choice, one_of
from service.imports.suggestion.table_samples import Sample

PLACEHOLDERS = frozenset({"REDACTED", "REDACTED DATA", "REDACTED PERSONAL DATA", "ANONYMOUS", "N/A", "匿名", "保密", "未公开", "第一名", "第二名", "第三名"})
SHOWN = 12
"""So many values of a column are asked about."""
_SEPARATORS = ("、", ";", "；", "/", "|", "，", ",", "+")
_CURRENCY_IN_HEADER = re.compile(r"[（(\[【]([^)）\]】]*)[)）\]】]|\b(USD|EUR|GBP|CNY|RMB|JPY|CHF|HKD)\b")
_THOUSANDS = re.compile(r"[(\[][^)\]]*?\b(k|thousands?|tsd|m|mn|millions?|mio)\b", re.IGNORECASE)


class Context(NamedTuple):
    """What the parts of one mapping have in common."""

    questions: Questions
    vocabulary: Vocabulary
    names: PartyNames
    firm: str
    """The id of the focal party."""
    base_currency: str | None
    has_orders: bool
    """Does a file of the set have the orders of customers one by one?"""


class Draft:
    """The part of a mapping for one table."""

    def __init__(self, sample: Sample, context: Context) -> None:
        self.sample, self.context = sample, context
        self.amounts = [column for column in sample.columns if column.meaning == "amount"]
        self.by: dict[str, Column] = {column.meaning: column for column in reversed(sample.columns) if column.meaning is not None}
        self.used: set[str] = set()
        self.derive: dict[str, Any] = {}
        self.records: list[dict[str, Any]] = []
        self.options: dict[str, Any] = {}
        self.units: dict[str, int] = {}
        self._ids: dict[str, str] = {}
        self._spelt: dict[str, dict[str, str]] = {}
        """Column -> other spellings in it -> the name in the list of the set."""

    # --- columns

    def get(self, *meanings: str) -> Column | None:
        """The first column that has one of these meanings."""
        return next((self.by[meaning] for meaning in meanings if meaning in self.by), None)

    def value(self, column: Column) -> Any:
        """The column as a value of a mapping."""
        self.used.add(column.name)
        return {"column": column.name} if set("{}") & set(column.name) else f"{{{column.name}}}"

    def cell(self, column: Column, **more: Any) -> dict[str, Any]:
        """The column as a value of a mapping, with what is done to it."""
        self.used.add(column.name)
        return {"column": column.name, **more}

    def own(self, name: str) -> str:
        """A name for a derived column that no column of the file has."""
        taken = {column.name for column in self.sample.columns} | set(self.derive)
        while name in taken:
            name += "_"
        return name

    def ask(self, topic: str | tuple[str, ...], column: Column | None, en: str, zh: str, choices: Sequence[Choice] = (), *, free: bool = False) -> str | None:
        """Ask about this table; ``topic``: what about, and what tells this question from others about the same. ``None`` until it is answered."""
        column_name = None if column is None else column.name
        return self.context.questions.ask(self.question_id(topic), self.sample.name, column_name, en, zh, choices, free=free)

    def question_id(self, topic: str | tuple[str, ...]) -> str:
        """The id of a question about this table: it stays the same with other answers."""
        first, *more = (topic,) if isinstance(topic, str) else topic
        return ":".join((first, self.sample.name, *more))

    # --- parties

    def party(self, column: Column, prefix: str = "") -> str:
        """The id of the party that a column names, as a template: the same for all spellings, and in all files of the set."""
        if column.name not in self._ids:
            aliases = self._spelt[column.name] = {} if prefix else self._aliases(column)
            source = column.name
            self.used.add(column.name)
            if hidden := sorted(set(column.values) & PLACEHOLDERS):
                self.options.setdefault("redact", []).append({"column": column.name, "values": hidden})
            if aliases:
                source = self.own(f"{column.meaning}_name")
                self.derive[source] = {"column": column.name, "values": aliases, "otherwise": {"column": column.name}}
            derived = self.own(f"{column.meaning}_id")
            self.derive[derived] = {"column": source, "normalize": "company_name"}
            self._ids[column.name] = derived
        return f"{prefix}{{{self._ids[column.name]}}}"

    def _aliases(self, column: Column) -> dict[str, str]:
        """Other spellings in a column -> the name of the party in the list of the set; those that are only alike are asked about."""
        found: dict[str, str] = {}
        for name in dict.fromkeys(column.values):
            full = self.context.names.of(name)
            alike = [] if full is not None else self.context.names.alike(name)
            if len(alike) == 1:
                answer = self.ask(("same", name), column, f"Is {name!r} the same as {alike[0]!r} of the list?", f"「{name}」就是名单里的「{alike[0]}」吗？",
                    [choice("same", f"the same as {alike[0]}", f"就是{alike[0]}"), choice("another", "another party", "另一家")],
                )  # fmt: skip
                full = None if answer == "another" else alike[0]
            if full is not None and company_name(full) != company_name(name):
                found[name] = full
        return found

    def new_names(self, column: Column) -> list[str]:
        """The names in a column that no list of the set has."""
        aliases = self._spelt.get(column.name, {})
        return [name for name in dict.fromkeys(column.values) if name not in aliases and name not in self.context.names]

    def add_party(self, column: Column, kind: Any = None, *, prefix: str = "", duplicates: str = "first", fields: Mapping[str, Any] | None = None) -> None:
        """A record for the parties that a column names, but for those that another file of the set already lists."""
        party = {"type": "party", "id": self.party(column, prefix), "name": self.value(column), "kind": kind or self.kind(column), "duplicates": duplicates}
        when: dict[str, Any] = {}
        if duplicates == "first" and not prefix and (known := [name for name in dict.fromkeys(column.values) if name in self._listed(column)]):
            if len(known) == len(set(column.values)) and not fields:
                return
            aliases = [name for name in known if name not in self.context.names]
            when = {"when": {"column": column.name, "not_in": aliases}} if aliases else {}
        if "" in column.cells and "when" not in when:
            when = {"when": {"column": column.name, "present": True}}
        self.records.append({"type": "party"} | when | party | dict(fields or {}))

    def _listed(self, column: Column) -> set[str]:
        self.party(column)
        return set(column.values) - set(self.new_names(column))

    def new_names_of(self, column: Column) -> list[str]:
        """As :meth:`new_names`, once the spellings of the column are known."""
        self.party(column)
        return self.new_names(column)

    def kind(self, column: Column) -> str:
        """Whether the parties of a column are people or organizations."""
        return "person" if column.meaning == "person" or (column.meaning in ("owner", "object") and seem_people(column.values)) else "organization"

    def about(self, party: Column, *, primary: bool = True) -> dict[str, Any]:
        """What the file says of the parties of a column: those columns whose header begins as its does, and, of the main one, all others."""
        found: dict[str, Any] = {}
        for name in ("region", "city", "country"):
            if (column := self._of(name, party, primary)) is not None:
                found[name] = self.value(column)
        if (column := self._of("size", party, primary)) is not None and (size := self.mapped(column, "size_class")):
            found["size_class"] = size
        if (column := self._of("industry", party, primary)) is not None:
            found["industry"] = {"scheme": "own", "code": self.value(column)}
        schemes = {name: self.value(column) for name in ("uscc", "lei", "vat", "domain", "email") if (column := self._of(name, party, primary)) is not None}
        days = {
            name: self.cell(column, **{"as": "number"}) for name in ("time_to_recover_days", "inventory_days") if (column := self._of(name, party, primary))
        }
        return found | ({"identifiers": schemes} if schemes else {}) | ({"attributes": days} if days else {})

    def _of(self, meaning: str, party: Column, primary: bool) -> Column | None:
        candidates = [column for column in self.sample.columns if column.meaning == meaning]
        names = ("end_customer", "customer", "distributor", "supplier", "owner", "company")
        others = [other for name in names if (other := self.by.get(name)) is not None and other is not party]
        for column in candidates:
            mine, theirs = _alike(column.name, party.name), max((_alike(column.name, other.name) for other in others), default=0)
            if (mine >= 2 and mine > theirs) or (primary and theirs < 2):
                return column
        return None

    # --- values of closed lists

    def labels(self, field: str) -> list[tuple[str, str]]:
        """What the vocabulary calls the values of a closed list."""
        vocabulary = self.context.vocabulary
        entries: Sequence[Any] = ()
        if field in ("stage", "role"):
            entries = self._kinds(field)
        elif field in vocabulary.dimensions:
            entries = vocabulary.dimensions[field].values
        return [(text, entry.id) for entry in entries for text in (entry.id.replace("_", " "), entry.label.en, entry.label.zh)]

    def _kinds(self, field: str) -> Sequence[Any]:
        return list(self.context.vocabulary.stages.values()) if field == "stage" else list(self.context.vocabulary.roles.values())

    def choices(self, field: str) -> list[Choice]:
        """The values of a closed list, to choose from."""
        vocabulary = self.context.vocabulary
        if field in ("stage", "role"):
            entries: Sequence[Any] = self._kinds(field)
        else:
            entries = vocabulary.dimensions[field].values
        return one_of(entries)

    def read_values(self, column: Column, field: str, texts: Sequence[str] | None = None) -> dict[str, str | None]:
        """What each text of a column means; what is not known is asked, and means nothing until it is answered."""
        known = known_values(field, self.labels(field))
        found: dict[str, str | None] = {}
        for text in dict.fromkeys(column.values if texts is None else texts):
            found[text] = known.get(bare(text))
            if found[text] is None and len(found) <= SHOWN and field in ("stage", "role", "tier", "size_class"):
                answer = self.ask(
                    ("value", column.name, text),
                    column,
                    f"What does {text!r} mean?",
                    f"「{text}」是什么意思？",
                    self.choices(field),
                )
                found[text] = None if answer == "none" else answer
        return found

    def known_roles(self, column: Column) -> dict[str, str | None]:
        """What the texts of a column call a role, without asking."""
        known = known_values("role", self.labels("role"))
        return {text: known.get(bare(text)) for text in dict.fromkeys(column.values)}

    def mapped(self, column: Column, field: str) -> dict[str, Any] | None:
        """A value map of what the cells of a column say; ``None`` where nothing is known."""
        values = self.read_values(column, field)
        return self.cell(column, values=values, otherwise=None) if any(values.values()) else None

    def separator(self, column: Column, field: str) -> str | None:
        """The sign between several values in one cell, where each of the parts is known and the whole is not."""
        known = known_values(field, self.labels(field))
        for sign in _SEPARATORS:
            several = [text for text in set(column.values) if sign in text and bare(text) not in known]
            if several and all(bare(part) in known for text in several for part in text.split(sign)):
                return sign
        return None

    # --- dates, amounts, ids

    def day(self, column: Column) -> dict[str, Any]:
        """A date; one whose order does not show is asked about."""
        orders = {text: date_readings(text) for text in set(column.values)}
        unsure = next((text for text in column.values if len(orders[text]) == 2), None)
        if unsure is None:
            return self.cell(column, date="auto")
        answer = self.ask(("date", column.name), column, f"Which day is {unsure!r}: {' or '.join(orders[unsure])}?",
            f"「{unsure}」是哪一天：{'还是'.join(orders[unsure])}？",
            [choice("day_first", "the day comes first", "日在前"), choice("month_first", "the month comes first", "月在前")],
        )  # fmt: skip
        sign = next(char for char in unsure if not char.isdigit())
        formats = {"day_first": f"%d{sign}%m{sign}%Y", "month_first": f"%m{sign}%d{sign}%Y"}
        return self.cell(column, date=formats[answer] if answer else "auto")

    def amount(self, column: Column) -> Any:
        """A number of money, with its unit and how it is written."""
        unit = unit_in(column.name)
        if unit is None and (found := _THOUSANDS.search(column.name)) is not None:
            unit = 1_000 if found[1].casefold()[0] in "kt" else 1_000_000
        if unit is not None:
            self.units[column.name] = unit
        unsure = next((text for text in column.values if len(readings(text)) == 2), None)
        self.options.setdefault("decimal", "auto")
        if unsure is not None:
            one, other = readings(unsure)
            sign = next(char for char in unsure if char in ",.")
            asked = f"How are numbers written? {unsure!r} is {one} or {other}"
            choices = [choice("thousands", f"it is {one}", f"是 {one}"), choice("decimal", f"it is {other}", f"是 {other}")]
            answer = self.ask(("number", column.name), column, asked, f"数字怎样写？「{unsure}」是 {one} 还是 {other}？", choices)
            if answer is not None:
                point = sign if answer == "decimal" else "." if sign == "," else ","
                self.options |= {"decimal": point, "thousands": "," if point == "." else "."}
        if not all(map(readings, column.values)) and (style := style_of(column.values, Numbers("auto"))) not in (None, "plain"):
            return self.cell(column, number=style)
        return self.value(column)

    def currency(self, amount: Column) -> Any:
        """In which currency an amount is: what its column says, or its header; else it is asked, and the base currency until then."""
        column = self.by.get("currency")
        if column is not None:
            values = {text: known for text in dict.fromkeys(column.values) if (known := self._currency(text)) is not None}
            found = self.cell(column, values=values)
            if "" in column.cells:
                home = self.context.base_currency or next(iter(values.values()), "CNY")
                answer = self.ask("blank_currency", column, f"In which currency are amounts where {column.name!r} is empty?",
                    f"「{column.name}」空着的金额是什么币种？", [choice(name) for name in dict.fromkeys((home, *values.values()))], free=True,
                )  # fmt: skip
                found["default"] = answer or home
            return found
        for match in _CURRENCY_IN_HEADER.finditer(amount.name):
            for part in re.split(r"[\s,，/]+", match[1] or match[2]):
                if (known := self._currency(part.lstrip("百千十万亿").removeprefix("单位:"))) is not None:
                    return known
        base = self.context.base_currency
        choices = [choice(name) for name in dict.fromkeys(filter(None, (base, "CNY", "USD", "EUR", "GBP")))]
        asked = "In which currency are the amounts? Until you say, in the base currency of the workspace"
        answer = self.ask("currency", amount, asked, "金额是什么币种？没有回答之前按工作区的本位币", choices, free=True)
        return answer or base

    def _currency(self, text: str) -> str | None:
        if text.upper() in self.context.vocabulary.currencies:
            return text.upper()
        return known_values("currency").get(bare(text) or text)

    def line_id(self, topic: str, *columns: Column | None) -> str:
        """An id for what each line says: the file's own number where each line has another one, else what tells the lines apart, else the line."""
        number = self.by.get("id")
        if number is not None and not set("{}") & set(number.name) and len(set(number.values)) == len(number.cells) > 1:
            return f"{topic}:{self.value(number)}"
        named = [column for column in columns if column is not None and not set("{}") & set(column.name)]
        if named and "" not in (cell for column in named for cell in column.cells):
            rows = list(zip(*(column.cells for column in named), strict=True))
            if len(set(rows)) == len(rows):
                return f"{topic}:" + "/".join(f"{{{self._ids.get(column.name, column.name)}}}" for column in named)
        return f"{topic}:{{#file}}/{{#line}}"


def _alike(one: str, other: str) -> int:
    """How many letters two headers have in common at their beginning."""
    one, other = bare(one), bare(other)
    return next((place for place, (first, second) in enumerate(zip(one, other, strict=False)) if first != second), min(len(one), len(other)))
