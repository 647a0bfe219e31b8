"""Which names in a set of files mean the same party: the list that has them, and short, misspelt and longer names beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.imports.cells.name_normalization import company_name

_BRANCH = re.compile(r"[(（][^()（）]{1,12}[)）]\s*$")
_UMLAUTS = str.maketrans({"Ä": "AE", "Ö": "OE", "Ü": "UE", "Å": "AA", "Ø": "OE", "Æ": "AE"})
_PLACE = re.compile(r"^(\w{2,4})[省市县区]")
_PERSON = re.compile(r"[\u4e00-\u9fff]{2,4}")
_ORGANIZATION = re.compile(
    r"公司|集团|基金|合伙|平台|企业|银行|大学|学院|协会|委员会|管委会|局|院|厂|中心|报|商会|"
    r"\b(ltd|limited|inc|corp|llc|gmbh|ag|plc|bv|b\.v\.|sa|s\.a\.|co|company|group|fund|bank|partners|holdings?|trust|university|association|capital)\b",
    re.IGNORECASE,
)


class PartyNames:
    """The names of the lists of a set. The first spelling of a name stands for all."""

    def __init__(self) -> None:
        self._full: dict[str, str] = {}
        self._short: dict[str, set[str]] = {}

    def add(self, name: str, short: str | None = None) -> None:
        """A party of a list, and its short name there."""
        form = company_name(name)
        full = self._full.setdefault(form, name)
        if short:
            self._short.setdefault(company_name(short), set()).add(full)

    def __contains__(self, name: str) -> bool:
        return company_name(name) in self._full

    def of(self, name: str) -> str | None:
        """The full name that a list says this is short for, where it says so of one party only."""
        found = self._short.get(company_name(name), set())
        return next(iter(found)) if len(found) == 1 and name not in self else None

    def alike(self, name: str) -> list[str]:
        """The names of the lists that differ only by a branch in brackets, by 市 after a place, or by how umlauts are written."""
        if name in self:
            return []
        loose = _loose(name)
        return sorted({full for full in self._full.values() if _loose(full) == loose})


def _loose(name: str) -> str:
    form = company_name(_BRANCH.sub("", name)).translate(_UMLAUTS)
    return _PLACE.sub(r"\1", form)


def seems_organization(name: str) -> bool:
    """Does a name have a word that organizations have?"""
    return _ORGANIZATION.search(name) is not None


def seem_people(names: Sequence[str]) -> bool:
    """Are these names of people, as far as names tell?"""
    return bool(names) and all(_PERSON.fullmatch(name) is not None and not seems_organization(name) for name in names)
