"""How likely it is that bytes are text in an encoding: by the letters that languages have, by what stands beside what, by signs that no text holds."""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

WORD_BYTES, ALL_BYTES = 512, 12 << 10
"""Longer words are not looked at, and of the others so much in all."""
_WORD = re.compile(rb"[^\x00-\x2f:;<=>?]+")
_STRANGE = math.log(1e-4)
"""A letter that the language has not."""
_RARE_SIGN, _KANA, _HALF_WIDTH = math.log(0.2 / 6000), math.log(0.5 / 170), math.log(5e-4)
_LETTER = math.log(0.02)
"""One of another alphabet, which the sets of Chinese, Japanese and Korean have too."""
_COMMON_MARK, _RARE_MARK, _NO_SIGN = math.log(0.01), math.log(2e-4), math.log(1e-7)
_MIXED, _CASE, _BESIDE_MARK, _TWO_IN_A_ROW = math.log(1e-5), math.log(1e-4), math.log(0.02), math.log(0.1)
_MARKS = frozenset("“”„‘’‚–—…•€£¥§°©®™«»‹›№·¡¿ºª\xa0×±²³½、。，：；！？（）《》「」【】〈〉　・ー～％＋－／＆．￥₩₪฿´`")
_IN_WORDS = frozenset("’‘'·´`\xa0-–ー・")


class Reading(NamedTuple):
    """What the words of a file are in one encoding: how likely, and how many letters no language of the encoding has."""

    codec: str
    text: str
    likelihood: float
    strange: float


def words_of(data: bytes) -> list[bytes]:
    """The different words of a text with bytes beyond ASCII, some of them."""
    found: dict[bytes, None] = {}
    left = ALL_BYTES
    for match in _WORD.finditer(data):
        word = match[0]
        if len(word) <= WORD_BYTES and word not in found and not word.isascii():
            found[word] = None
            left -= len(word)
            if left < 0:
                break
    return list(found)


def readings_of(words: Sequence[bytes], codecs: Iterable[str]) -> list[Reading]:
    """The readings of the words, the likeliest first; an encoding in which one of them is no text has none."""
    found = [reading for codec in codecs if (reading := _reading(words, codec)) is not None]
    return sorted(found, key=lambda reading: -reading.likelihood)


def known_codecs() -> list[str]:
    """All encodings of which something is known."""
    return list(dict.fromkeys(codec for family in _families().values() for codec in family.codecs))


# --- one reading


class _Family(NamedTuple):
    codecs: tuple[str, ...]
    languages: tuple[Mapping[str, float], ...]
    """Of letters: the logarithm of their share."""
    common: frozenset[str] = frozenset()
    """Of Chinese, Japanese, Korean: the signs that most text is made of."""


@cache
def _families() -> dict[str, _Family]:
    tables: dict[str, dict[str, str]] = tomllib.loads((Path(__file__).parent / "letters.toml").read_text("utf-8"))
    for table in tables.values():
        for name in table.pop("like", "").split():
            table |= {f"{name}/{language}": text for language, text in tables[name].items() if language != "codecs"}
    return {name: _family(table) for name, table in tables.items()}


def _family(table: Mapping[str, str]) -> _Family:
    codecs = tuple(table["codecs"].split())
    if "common" in table:
        return _Family(codecs, (), frozenset(table["common"].replace("\n", "")))
    languages = [{item[0]: float(item[1:]) for item in text.split()} for name, text in table.items() if name != "codecs"]
    shares = [{letter: share / sum(language.values()) for letter, share in language.items()} for language in languages]
    together: dict[str, float] = {}
    for language in shares:
        together |= {letter: together.get(letter, 0.0) + share / len(shares) for letter, share in language.items()}
    return _Family(codecs, tuple({letter: math.log(share) for letter, share in language.items()} for language in (*shares, together)))


def _reading(words: Sequence[bytes], codec: str) -> Reading | None:
    try:
        text = " ".join(word.decode(codec) for word in words)
    except UnicodeError:
        return None
    counts = Counter(char for char in text if not char.isascii())
    beside = _beside(text)
    likelihood, strange = max(_letters(family, counts) for family in _families().values() if codec in family.codecs)
    return Reading(codec, text, likelihood + beside, strange)


def _letters(family: _Family, counts: Mapping[str, int]) -> tuple[float, float]:
    """The likelihood of the signs beyond ASCII in the language that fits best, and the share of those that it has not."""
    total = max(sum(counts.values()), 1)
    if family.common:
        likelihood = sum(count * _sign(char, family.common) for char, count in counts.items())
        strange = sum(count for char, count in counts.items() if _sign(char, family.common) <= _RARE_SIGN)
        return likelihood, strange / total
    marks = sum(count * _mark(char) for char, count in counts.items() if not _is_letter(char))
    letters = Counter[str]()
    for char, count in counts.items():
        if _is_letter(char):
            letters[char if char in "İ" else char.lower()[0]] += count
    best = max(
        (sum(count * language.get(letter, _STRANGE) for letter, count in letters.items()), -sum(n for letter, n in letters.items() if letter not in language))
        for language in family.languages
    )
    strange = -best[1] + sum(count for char, count in counts.items() if not _is_letter(char) and _mark(char) <= _RARE_MARK)
    return best[0] + marks, strange / total


def _sign(char: str, common: frozenset[str]) -> float:
    code = ord(char)
    if char in common:
        return math.log(0.8 / len(common))
    if 0x3041 <= code <= 0x30FA and "の" in common:
        return _KANA
    if 0xFF61 <= code <= 0xFF9F:
        return _HALF_WIDTH if "の" in common else _NO_SIGN
    if 0x4E00 <= code <= 0x9FFF or 0xAC00 <= code <= 0xD7A3 or (0xFF10 <= code <= 0xFF5A):
        return _RARE_SIGN
    return _LETTER if _is_letter(char) and _script(char) else _mark(char) if not _is_letter(char) else _STRANGE + _RARE_SIGN / 2


@lru_cache(maxsize=65_536)
def _mark(char: str) -> float:
    if char in _MARKS:
        return _COMMON_MARK
    return _NO_SIGN if unicodedata.category(char) in ("Cc", "Co", "Cn", "Cs") else _RARE_MARK


@lru_cache(maxsize=65_536)
def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] in "LM"


@lru_cache(maxsize=65_536)
def _script(char: str) -> str:
    """The alphabet of a letter; nothing for what stands beside any."""
    code = ord(char)
    if code < 0x250 or 0x1E00 <= code < 0x1F00:
        return "latin"
    starts = ((0x370, 0x400, "greek"), (0x400, 0x530, "cyrillic"), (0x590, 0x600, "hebrew"), (0x600, 0x700, "arabic"), (0xE00, 0xE80, "thai"))
    return next((name for first, end, name in starts if first <= code < end), "")


def _beside(text: str) -> float:
    """What stands beside what: no word mixes alphabets, goes on in capitals, or has a mark in its midst."""
    found = 0.0
    for left, right in pairwise(text):
        if left.isascii() and right.isascii():
            continue
        are_letters = _is_letter(left), _is_letter(right)
        if all(are_letters):
            scripts = _script(left), _script(right)
            if all(scripts) and scripts[0] != scripts[1]:
                found += _MIXED
            if (left.isascii() or right.isascii()) and not all(scripts):
                found += _TWO_IN_A_ROW
            if left.islower() and right.isupper():
                found += _CASE
            if scripts == ("latin", "latin") and not left.isascii() and not right.isascii():
                found += _TWO_IN_A_ROW
        elif any(are_letters):
            mark = right if are_letters[0] else left
            if not mark.isascii() and mark not in _IN_WORDS and _script(left if are_letters[0] else right):
                found += _BESIDE_MARK
    return found
