"""What the columns of a table seem to mean, from their headers and values, and what cells say of values of closed lists."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from graph_models.records.vocabulary import Text
from service.imports.cells.number_formats import readings
from service.imports.mapping.ambiguous_cells import date_readings

MOSTLY = 0.9
PARTIES = ("end_customer", "customer", "distributor", "supplier", "owner", "payer", "payee", "object", "person", "provider", "company", "owned")
"""The meanings that name a party, those that say most about it first."""
NUMBERS = frozenset({"amount", "capital", "share", "quantity", "nps", "csat", "time_to_recover_days", "inventory_days"})
DAYS = frozenset({"date", "since", "joined", "left"})
_IDENTIFIERS = {"uscc": re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}"), "lei": re.compile(r"[0-9A-Z]{18}\d{2}"), "email": re.compile(r"[^@\s]+@[^@\s]+\.\w+")}
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_UNIT = re.compile(r"[（(\[【].*?[)）\]】]")
_OF_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)年?度?")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")


class Column(NamedTuple):
    """A column of a sample: its name, what it seems to mean, why, its cells, and the year that its header names."""

    name: str
    meaning: str | None
    reason: Text
    cells: list[str]
    year: str | None = None

    @property
    def values(self) -> list[str]:
        """The cells that are not empty."""
        return [cell for cell in self.cells if cell]


@cache
def words() -> dict[str, Any]:
    """The words of headers, files and cells."""
    return tomllib.loads((Path(__file__).parent / "column_words.toml").read_text("utf-8"))


def bare(text: str) -> str:
    """A header or a cell as the words are written: of one case and width, without a unit in brackets and without a year."""
    spaced = _CAMEL.sub(" ", unicodedata.normalize("NFKC", _UNIT.sub("", text)))
    return " ".join(_OF_YEAR.sub(" ", spaced).replace("_", " ").casefold().split()).strip(" :")


def columns_of(names: Sequence[str], lines: Sequence[Sequence[str]]) -> list[Column]:
    """The columns of a sample; of two with one meaning the first has it, but for amounts of several years."""
    taken: dict[tuple[str, str | None], str] = {}
    found: list[Column] = []
    for place, name in enumerate(names):
        cells = [line[place].strip() for line in lines]
        meaning, reason = _meaning(name, [cell for cell in cells if cell])
        year = match[1] if (match := _YEAR.search(name)) else None
        key = (meaning or "", year if meaning == "amount" else None)
        if meaning is not None and meaning != "none" and key in taken:
            meaning, reason = None, Text(en=f"{reason.en}; {taken[key]!r} is taken for that already", zh=f"{reason.zh}；已把「{taken[key]}」当作此列")
        elif meaning is not None:
            taken[key] = name
        found.append(Column(name, None if meaning in ("none", "line_number") else meaning, reason, cells, year))
    return found


def _meaning(name: str, values: Sequence[str]) -> tuple[str | None, Text]:
    if not values:
        return None, Text(en="it is empty in the lines looked at", zh="所看的各行此列为空")
    for scheme, pattern in _IDENTIFIERS.items():
        if share_of(values, lambda text, pattern=pattern: pattern.fullmatch(text) is not None) >= MOSTLY:  # type: ignore[misc]
            return scheme, Text(en=f"its values look like {scheme}", zh=f"各值像是 {scheme}")
    header = bare(name)
    found = [(end, len(word), meaning, word) for meaning, entry in words()["columns"].items() for word in entry if (end := _ends(header, word)) is not None]
    if found:
        _, _, meaning, word = max(found)
        misfit = _misfit(meaning, values)
        if misfit is None:
            return meaning, Text(en=f"the header says {word!r}", zh=f"表头说「{word}」")
        return None, Text(en=f"the header says {word!r}, but {misfit.en}", zh=f"表头说「{word}」，但{misfit.zh}")
    return None, Text(en="the header says nothing that is known", zh="表头的词不认识")


def _ends(header: str, word: str) -> int | None:
    """Where in a header a word ends, if it is there: what a header ends with is what it is about (``供应商编号`` is a number, not a supplier)."""
    if not word.isascii():
        place = header.rfind(word)
        return None if place < 0 else place + len(word)
    found = list(re.finditer(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", header))
    return found[-1].end() if found else None


def _misfit(meaning: str, values: Sequence[str]) -> Text | None:
    if meaning in NUMBERS and share_of(values, is_number) < MOSTLY:
        return Text(en="many values are no numbers", zh="许多值不是数字")
    if meaning in DAYS and share_of(values, lambda text: bool(date_readings(text))) < MOSTLY:
        return Text(en="many values are no dates", zh="许多值不是日期")
    if meaning == "year" and share_of(values, lambda text: _YEAR.fullmatch(text.rstrip("年")) is not None) < MOSTLY:
        return Text(en="many values are no years", zh="许多值不是年份")
    return None


_DECORATED = re.compile(r"[￥¥$€£\s]*(.+?)\s*(?:万元|亿元|元|万)?")


def is_number(text: str) -> bool:
    """Is it a number as analysts write them: with signs of currencies, brackets, percent?"""
    plain = unicodedata.normalize("NFKC", text).strip().rstrip("%").strip("()").rstrip("-")
    return bool(readings(plain)) or ((found := _DECORATED.fullmatch(plain)) is not None and bool(readings(found[1])))


def share_of(values: Sequence[str], fits: Callable[[str], bool]) -> float:
    """The share of values of which something is so."""
    return sum(map(fits, values)) / len(values) if values else 0.0


def label(meaning: str, locale: str) -> str:
    """What a meaning is called."""
    entry = words()["columns"].get(meaning, [meaning])
    return next((word for word in entry if word.isascii() != (locale == "zh")), meaning)


def known_values(field: str, labels: Sequence[tuple[str, str]] = ()) -> dict[str, str]:
    """What a cell may say -> the value of a closed list; ``labels`` are (text, value) of the vocabulary."""
    found = {bare(text): value for text, value in labels}
    return found | {word: value for value, entry in words()["values"][field].items() for word in entry}


def file_kinds(*texts: str) -> list[str]:
    """What a file is about, as its name, sheet and titles say; what is said last in the first of them counts most."""
    found: list[str] = []
    for text in texts:
        header = bare(re.sub(r"[-_.]", " ", text))
        said = [(end, kind) for kind, entry in words()["files"].items() for word in entry if (end := _ends(header, word)) is not None]
        found += [kind for _, kind in sorted(said, reverse=True)]
    return list(dict.fromkeys(found))
