"""How the demo is told: a story collects records in batch form, each with a readable id and nothing that is empty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any, NamedTuple

FOCAL = "haiyue"
MONTHS = 36
FIRST_YEAR = 2023
YEARS = (2023, 2024, 2025)


def month(index: int) -> str:
    """The month of that number, 0 is January 2023: ``"2023-01"``."""
    return f"{FIRST_YEAR + index // 12}-{index % 12 + 1:02d}"


class Chapter(NamedTuple):
    """One slice of a role: where it stands, from and up to which month, and why; ``role`` is what the role becomes with it."""

    stage: str
    first: int | None = None
    last: int | None = None
    reason: str | None = None
    role: str | None = None


STEADY = (Chapter("active"),)


class Story:
    """Records in the order in which they were told; ids are made from what a record says, so that they read well in a URL."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.records: list[dict[str, Any]] = []
        self.parties: dict[str, dict[str, Any]] = {}
        self._used: Counter[str] = Counter()

    def dice(self, chapter: str) -> Random:
        """A source of chance of its own for each chapter: to rewrite one leaves the others as they were."""
        return Random(f"{self.seed}:{chapter}")

    def party(self, party: str, en: str, zh: str, kind: str = "organization", *, also: Sequence[str] = (), **fields: Any) -> str:
        """A party with its English and Chinese names (``also``: further Chinese ones)."""
        names = [{"text": text, "language": "zh"} for text in (zh, *also)]
        record = {"id": party, "name": en, "names": names, "kind": kind, **fields}
        self._tell("party", record)
        self.parties[party] = record
        return party

    def role(self, source: str, role: str, target: str = FOCAL, *, chapters: Sequence[Chapter] = STEADY, name: str = "", **fields: Any) -> str:
        """A role with its life cycle; ``name`` tells two roles of the same kind apart."""
        identity = self._id(".".join(part for part in ("role", source, role, target, name) if part))
        for chapter in chapters:
            since = None if chapter.first is None else month(chapter.first)
            until = None if chapter.last is None else month(chapter.last)
            own = {"valid_from": since, "valid_to": until} if chapter.first is not None or chapter.last is not None else {}
            where = {"role": chapter.role or role, "stage": chapter.stage, "stage_reason": chapter.reason}
            self._tell("role", {"id": identity, "source": source, "target": target, **where, **fields, **own})
        return identity

    def tie(self, kind: str, source: str, target: str, **fields: Any) -> str:
        """A relationship."""
        identity = self._id(f"{kind}.{source}.{target}")
        self._tell("relationship", {"id": identity, "source": source, "target": target, "kind": kind, **fields})
        return identity

    def flow(self, kind: str, source: str, target: str, *, name: str = "", **fields: Any) -> str:
        """A value flow; ``name`` is the part of its id that says which one of many it is."""
        identity = self._id(".".join(part for part in (kind, source, target, name) if part))
        self._tell("value_flow", {"id": identity, "source": source, "target": target, "kind": kind, **fields})
        return identity

    def yearly(self, kind: str, source: str, target: str, years: Iterable[int] = YEARS, *, name: str = "", **fields: Any) -> None:
        """The same flow in each of several years."""
        for year in years:
            self.flow(kind, source, target, name=f"{name}.{year}" if name else str(year), valid_from=str(year), **fields)

    def touch(self, kind: str, source: str, day: str, target: str = FOCAL, **fields: Any) -> str:
        """A touchpoint."""
        identity = self._id(f"{kind}.{source}.{day[:10]}")
        self._tell("touchpoint", {"id": identity, "source": source, "target": target, "kind": kind, "occurred_at": day, **fields})
        return identity

    def judge(self, scheme: str, target: str, values: dict[str, float], *, by: str | None = None, **fields: Any) -> None:
        """An assessment of a person."""
        identity = self._id(f"judged.{scheme}.{target}")
        self._tell("assessment", {"id": identity, "source": by, "target": target, "scheme": scheme, "values": values, **fields})

    def document(self, document: str, **fields: Any) -> None:
        self._tell("document", {"id": document, **fields})

    def rate(self, currency: str, rate: float, since: str) -> None:
        self._tell("exchange_rate", {"currency": currency, "base_currency": "CNY", "rate": rate, "valid_from": since})

    def _id(self, wanted: str) -> str:
        """The id wanted, with a number where it was taken before."""
        self._used[wanted] += 1
        return wanted if self._used[wanted] == 1 else f"{wanted}.{self._used[wanted]}"

    def _tell(self, kind: str, fields: dict[str, Any]) -> None:
        self.records.append({"type": kind} | {name: value for name, value in fields.items() if value not in (None, [])})
