"""The ecosystem: all that is known of parties and facts at one instant, as immutable columns, around one focal party."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_models.arrays.types import Mask
from graph_models.ecosystem.checked_records import _checked
from graph_models.ecosystem.columns import Columns, columns_of
from graph_models.ecosystem.fact_table import Coded, Family, Places, T, _coded
from graph_models.ecosystem.record_columns import tables_of
from graph_models.records.dates import Period, day_of, day_text, months_before, now_text
from graph_models.records.vocabulary import BUILT_IN, Vocabulary

if TYPE_CHECKING:
    from graph_models.ecosystem.parameters import Parameters


FACT_FAMILIES = ("roles", "relationships", "value_flows", "touchpoints", "assessments")
"""The order in which facts are numbered."""
KINDS_OF = {"roles": "roles", "relationships": "relationship_kinds", "value_flows": "value_kinds", "touchpoints": "touchpoint_kinds"}
"""family -> the group of the vocabulary that lists its kinds."""
PERIOD_MONTHS = 12


class Ecosystem:
    """Immutable. ``parties`` are ids in order; a party's place among them is its number in every graph and array."""

    def __init__(self, columns: Columns, focal_party: str, as_of: int, base_currency: str, vocabulary: Vocabulary) -> None:
        self.columns = columns
        self.focal_party = focal_party
        self.as_of = as_of
        self.base_currency = base_currency
        self.vocabulary = vocabulary
        self.origin: Ecosystem | None = None
        """Where this is another ecosystem changed: that one. What is known of it may save work here, never change a result."""
        self.families: dict[str, Family] = {}
        first = 0
        for family in FACT_FAMILIES:
            self.families[family] = Family(columns[family], first)
            first += len(self.families[family])
        self.facts = first
        self._kept: dict[Hashable, Any] = {}

    @classmethod
    def from_columns(
        cls, columns: Columns, focal_party: str, as_of: int | str | date, base_currency: str = "CNY", vocabulary: Vocabulary = BUILT_IN
    ) -> Ecosystem:
        """From the columns that a store delivers: states as they read on the day, all events."""
        return cls(columns, focal_party, _day(as_of), base_currency, vocabulary)

    @classmethod
    def from_records(
        cls,
        records: Iterable[Mapping[str, Any]],
        focal_party: str,
        as_of: int | str | date | None = None,
        base_currency: str = "CNY",
        vocabulary: Vocabulary = BUILT_IN,
    ) -> Ecosystem:
        """From the dicts of a batch. ``InvalidInput`` names line and field of each that is wrong.

        >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "acme")]
        >>> records.append({"type": "value_flow", "id": "v", "source": "acme", "target": "firm", "kind": "money", "amount": 5})
        >>> ecosystem = Ecosystem.from_records(records, focal_party="firm", as_of="2025-12-31")
        >>> ecosystem.parties, ecosystem.focal
        (['acme', 'firm'], 1)
        """
        day = _day(now_text()[:10] if as_of is None else as_of)
        return cls(columns_of(tables_of(_checked(records, vocabulary), day)), focal_party, day, base_currency, vocabulary)

    @cached_property
    def parties(self) -> list[str]:
        return cast("list[str]", self.columns["parties"]["id"].to_pylist())

    @cached_property
    def places(self) -> Places:
        return Places(self.columns["parties"]["id"])

    def index(self, party: str) -> int:
        """The place of a party; ``KeyError`` where there is none of that id."""
        return self.places[party]

    @cached_property
    def focal(self) -> int | None:
        """The place of the focal party itself, ``None`` where it is not there. (Rolled up: see ``roll_up.focal_of``.)"""
        return self.places.get(self.focal_party)

    @cached_property
    def details(self) -> list[dict[str, Any]]:
        """What the segments, pages and reports show of each party: name, region, industry ..."""
        decode = msgspec.json.Decoder(dict[str, Any]).decode
        return [decode(text) if text else {} for text in self.columns["parties"]["details"].to_pylist()]

    @cached_property
    def names(self) -> list[str]:
        return [details.get("name", party) for details, party in zip(self.details, self.parties, strict=True)]

    @cached_property
    def party_kind(self) -> Coded:
        return _coded(self.columns["parties"]["kind"])

    @cached_property
    def snapshot_id(self) -> str:
        """The same records, day, focal party, currency and vocabulary give the same."""
        parts = (self.columns.digest, self.focal_party, str(self.as_of), self.base_currency, self.vocabulary.hash)
        return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()

    @cached_property
    def default_period(self) -> Period:
        """The 12 months up to and including ``as_of``."""
        return Period(months_before(self.as_of, PERIOD_MONTHS), self.as_of + 1)

    def period(self, parameters: Parameters) -> Period:
        return self.default_period if parameters.period is None else Period(*parameters.period)

    @property
    def as_of_text(self) -> str:
        return day_text(self.as_of)

    def means(self, family: str, *meanings: str) -> Mask:
        """Per fact of a family: does the vocabulary understand its kind as one of these?"""
        return self.families[family].coded("kind").flags(self.vocabulary.kinds_that_mean(KINDS_OF[family], *meanings).__contains__)

    def family_of(self, ref: int) -> tuple[str, int]:
        """The family of a fact's number, and its row there."""
        for name, family in self.families.items():
            if ref < family.first_ref + len(family):
                return name, ref - family.first_ref
        raise IndexError(ref)

    def fact_id(self, ref: int) -> str:
        """The id of a fact. Numbers run over roles, relationships, value flows, touchpoints, assessments."""
        name, row = self.family_of(int(ref))
        return cast(str, self.families[name].ids[row].as_py())

    def fact_ids(self, refs: Iterable[int]) -> list[str]:
        numbers = np.array(list(refs), np.int64)
        answer = np.full(len(numbers), None, object)
        for family in self.families.values():
            there = np.flatnonzero((numbers >= family.first_ref) & (numbers < family.first_ref + len(family)))
            if len(there):
                answer[there] = family.texts("id", numbers[there] - family.first_ref)
        return cast("list[str]", answer.tolist())

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made once for these parameters; graphs and streams are shared by all metrics."""
        if key not in self._kept:
            self._kept[key] = make()
        return cast(T, self._kept[key])

    def without(self, facts: Iterable[str]) -> Ecosystem:
        """The ecosystem as if these facts were not there (of each id, those of every family)."""
        gone = pa.array(sorted(facts), pa.string())
        tables = {family: self.columns[family].filter(pc.invert(pc.is_in(self.columns[family]["id"], value_set=gone))) for family in self.families}
        return self.changed(tables)

    def changed(self, tables: Mapping[str, pa.Table], focal_party: str | None = None) -> Ecosystem:
        """The same instant with other tables in the place of some; what stays is not made anew."""
        columns = Columns(self.columns.tables | dict(tables))
        answer = Ecosystem(columns, focal_party or self.focal_party, self.as_of, self.base_currency, self.vocabulary)
        if "parties" not in tables:
            answer.__dict__.update({name: value for name, value in self.__dict__.items() if name in ("parties", "places", "details", "party_kind")})
        for name in set(self.families) - set(tables):
            answer.families[name]._made = self.families[name]._made
        answer.origin = self
        return answer


def _day(as_of: int | str | date) -> int:
    if isinstance(as_of, str):
        return day_of(as_of)
    return as_of.toordinal() if isinstance(as_of, date) else int(as_of)
