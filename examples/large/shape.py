"""How large the ecosystem is, and of whom it is made."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

SIZES = {"large": 100_000, "huge": 1_000_000}
"""Parties; facts are ten times as many."""
SEED = 2026
FOCAL = "firm"
FIRST_DAY, LAST_DAY = 737_791, 739_616
"""2021-01-01 and 2025-12-31, as proleptic ordinals."""
WORKSPACE: dict[str, Any] = {
    "id": "large",
    "name": "Large trial ecosystem / 大型试验生态",
    "focal_party_id": FOCAL,
    "base_currency": "CNY",
    "locale": "zh",
    "default_as_of": "2025-12-31",
}


class Group(NamedTuple):
    """Parties of one part in the ecosystem: the letter of their ids, their share of all, kind, role toward the firm, and the label of their names."""

    letter: str
    share: float
    kind: str
    role: str
    word: str


GROUPS: tuple[Group, ...] = (
    Group("c", 0.52, "person", "customer", "Customer"), Group("b", 0.08, "organization", "customer", "Business"),
    Group("d", 0.001, "organization", "distributor", "Distribution"), Group("w", 0.004, "organization", "wholesaler", "Wholesale"),
    Group("r", 0.025, "organization", "retailer", "Stores"), Group("s", 0.008, "organization", "supplier", "Components"),
    Group("t", 0.03, "organization", "supplier", "Parts"), Group("u", 0.07, "organization", "supplier", "Materials"),
    Group("v", 0.01, "organization", "service_provider", "Services"), Group("e", 0.05, "person", "employee", "Employee"),
    Group("a", 0.03, "person", "alumni", "Alumnus"), Group("i", 0.006, "organization", "investor", "Capital"),
    Group("g", 0.001, "organization", "regulator", "Authority"), Group("p", 0.01, "organization", "partner", "Labs"),
    Group("m", 0.004, "organization", "media", "Daily"), Group("n", 0.002, "organization", "university", "University"),
    Group("o", 0.009, "group", "community", "Community"), Group("x", 0.0005, "organization", "competitor", "Appliances"),
)  # fmt: skip
RIVALS = Group("y", 0.0, "person", "competitor_customer", "Household")
"""Who buys elsewhere: all the rest."""


class Shape(NamedTuple):
    """The numbers of one ecosystem. Parties are counted through: the firm is 0, then group after group."""

    parties: int
    facts: int
    seed: int
    groups: tuple[Group, ...]
    first: np.ndarray[Any, np.dtype[np.int64]]
    """The number of each group's first party, and at the end that of all parties."""

    def members(self, letters: str) -> tuple[int, int]:
        """The first number of a run of groups, and the one after its last."""
        places = [place for place, group in enumerate(self.groups) if group.letter in letters]
        return int(self.first[places[0]]), int(self.first[places[-1] + 1])

    def random(self, what: str) -> np.random.Generator:
        """A stream of chance of its own for each subject: what one part draws does not move another."""
        return np.random.default_rng([self.seed, *what.encode()])


def shape_of(parties: int, seed: int = SEED) -> Shape:
    """The shape of an ecosystem with so many parties (at least 1,000)."""
    if parties < 1_000:
        raise ValueError("the large ecosystem has at least 1,000 parties")
    counts = [max(round(group.share * parties), 2) for group in GROUPS]
    counts.append(parties - 1 - sum(counts))
    return Shape(parties, parties * 10, seed, (*GROUPS, RIVALS), np.cumsum([1, *counts]))
