"""Normal forms of names: one text for spellings that differ only in how they are written, so that an id can be made of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

_FORMS = {"LIMITED": "LTD", "COMPANY": "CO", "INCORPORATED": "INC", "CORPORATION": "CORP", "AND": "&"}
"""Words that mean the same; a legal form is never left out, since it may tell two companies apart."""
_APOSTROPHE = re.compile(r"['’`.]")
_BETWEEN = re.compile(r"[^\w&]+")


@lru_cache(maxsize=1 << 16)
def plain_text(text: str) -> str:
    """Without differences of case, width and spaces: ``ＡＢ  c`` and ``ab C`` are ``AB C``."""
    return " ".join(unicodedata.normalize("NFKC", text).upper().split())


@lru_cache(maxsize=1 << 16)
def company_name(text: str) -> str:
    """Without differences of case, width, punctuation, and of long and short legal forms: ``Smith & Sons Limited``, ``SMITH AND SONS LTD.``."""
    plain = plain_text(text).replace("&", " & ").replace("有限责任公司", "有限公司")
    return " ".join(_FORMS.get(word, word) for word in _BETWEEN.sub(" ", _APOSTROPHE.sub("", plain)).split())


NORMAL_FORMS: Mapping[str, Callable[[str], str]] = {"text": plain_text, "company_name": company_name}
