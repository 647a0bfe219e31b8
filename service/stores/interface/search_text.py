"""Names as search words, the same for every store: Latin words without accents and case, Chinese as pairs of characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from graph_models.records.party import Name, Party

_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af\U00020000-\U0003134f"
_CHINESE = re.compile(f"[{_CJK}]")
_RUNS = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")


def search_text(party: Party) -> str:
    """All words by which a party can be found: its names, aliases, identifiers and id."""
    return search_text_of(party.id, party.name, party.names, party.identifiers)


def search_text_of(party_id: str, name: str, names: Sequence[Name] | None, identifiers: Mapping[str, str] | None) -> str:
    """The words by which a party with these fields can be found."""
    text = " ".join((party_id, name, *[other.text for other in names or ()], *(identifiers or {}).values()))
    return " ".join(dict.fromkeys(_RUNS.findall(text.lower()) if text.isascii() else _indexed(text)))


def search_words(q: str) -> list[str]:
    """The words that a search asks for, all of which must be there; a word that ends with ``*`` is the beginning of one."""
    words: list[str] = []
    for run, chinese in _runs(q):
        words += _pairs(run) if chinese and len(run) > 1 else [run] if chinese else [run + "*"]
    return list(dict.fromkeys(words))


def _indexed(text: str) -> Iterator[str]:
    for run, chinese in _runs(text):
        yield from (*run, *_pairs(run)) if chinese else (run,)


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]


def _runs(text: str) -> Iterable[tuple[str, bool]]:
    plain = "".join([character for character in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(character)])
    for run in _RUNS.findall(unicodedata.normalize("NFC", plain)):
        yield run, _CHINESE.match(run) is not None
