"""Normal forms of names: one text for spellings that differ only in how they are written, so that an id can be made of it.

Names that differ in a letter, a mark, a digit or a symbol have different forms, but for the rules that are listed here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

_FORMS = {"LIMITED": "LTD", "COMPANY": "CO", "INCORPORATED": "INC", "CORPORATION": "CORP", "AND": "&"}
"""Words that mean the same; a legal form is never left out, since it may tell two companies apart."""
_SIGNS = {"有限责任公司": "有限公司", "㈱": "株式会社", "(株)": "株式会社", "㈲": "有限会社", "(有)": "有限会社", "㈜": "주식회사", "(주)": "주식회사"}
"""Legal forms that are written without spaces, or as one sign."""
_SIGN = re.compile("|".join(map(re.escape, _SIGNS)))
_DROPPED = frozenset("'’‘.")
"""Within a word these stand for nothing (``S.A.``, ``O'Neil``); a point between two digits does (``3.5``)."""
_SYMBOLS = frozenset("#%&@*§¶†‡‰‱※")
"""Unicode counts them as punctuation; in names they tell as much as a letter (``C#``)."""


@lru_cache(maxsize=1 << 16)
def plain_text(text: str) -> str:
    """Without differences of case, width and spaces: ``ＡＢ  c`` and ``ab C`` are ``AB C``."""
    return " ".join("".join(map(_upper, _folded(text))).split())


@lru_cache(maxsize=1 << 16)
def company_name(text: str) -> str:
    """Without differences of case, width, punctuation, and of long and short legal forms: ``Smith & Sons Limited``, ``SMITH AND SONS LTD.``.

    A name of nothing but punctuation has none: it is the empty text.
    """
    signs = _SIGN.sub(lambda found: _SIGNS[found[0]], plain_text(text).replace("&", " & "))
    words = "".join(_without_punctuation(signs)).split()
    return " ".join(_FORMS.get(word, word) for word in words)


NORMAL_FORMS: Mapping[str, Callable[[str], str]] = {"text": plain_text, "company_name": company_name}


def _folded(text: str) -> str:
    """Of one width and one case: full and half width forms as ordinary ones, all else composed and case-folded as Unicode says."""
    if text.isascii():
        return text.casefold()
    narrow = "".join(map(_of_one_width, unicodedata.normalize("NFC", text)))
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", narrow).casefold())


@lru_cache(maxsize=1 << 12)
def _of_one_width(char: str) -> str:
    wide = unicodedata.decomposition(char).startswith(("<wide>", "<narrow>"))
    return unicodedata.normalize("NFKC", char) if wide else char


@lru_cache(maxsize=1 << 12)
def _upper(char: str) -> str:
    """The capital of a folded letter, where no other letter has the same one."""
    upper = char.upper()
    return upper if len(upper) == 1 and upper.casefold() == char else char


def _without_punctuation(text: str) -> list[str]:
    """The characters; a space for each sign that only parts words, nothing for those within words."""
    kept: list[str] = []
    for place, char in enumerate(text):
        if char in _DROPPED:
            between = text[place - 1 : place].isdigit() and text[place + 1 : place + 2].isdigit()
            kept.append(("." if char == "." else " ") if between else "")
        else:
            kept.append(_kept(char))
    return kept


@lru_cache(maxsize=1 << 12)
def _kept(char: str) -> str:
    """A letter, mark, digit or symbol as it is; nothing for what nobody sees; a space for all else."""
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    return char if category[0] in "LMNS" or category == "Co" or char in _SYMBOLS else " "
