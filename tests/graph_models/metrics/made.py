"""Small ecosystems for the tests of metrics."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import networkx as nx

from graph_models import Ecosystem

DAY = "2025-12-31"

CHAIN = (
    ("RawMat", "TierTwo", 40),
    ("TierTwo", "TierOne", 70),
    ("TierTwo", "OtherOEM", 30),
    ("TierOne", "Firm", 120),
    ("TierOne", "OtherOEM", 30),
    ("Firm", "Distributor", 200),
    ("Firm", "Enterprise", 100),
    ("Firm", "Service", 50),
    ("Service", "Firm", 10),
    ("Service", "Enterprise", 60),
    ("Distributor", "Retail", 150),
    ("Distributor", "Enterprise", 60),
    ("Retail", "Consumer", 160),
    ("Retail", "Firm", 5),
)
"""The worked example of metrics.md section 4: supplier, customer, value delivered."""

MARRIAGES = (
    "Acciaiuoli Medici|Castellani Peruzzi|Castellani Strozzi|Castellani Barbadori|Medici Barbadori|Medici Ridolfi|Medici Tornabuoni|"
    "Medici Albizzi|Medici Salviati|Salviati Pazzi|Peruzzi Strozzi|Peruzzi Bischeri|Strozzi Ridolfi|Strozzi Bischeri|Ridolfi Tornabuoni|"
    "Tornabuoni Guadagni|Albizzi Ginori|Albizzi Guadagni|Bischeri Guadagni|Guadagni Lamberteschi"
)
"""Padgett, J., Ansell, C., Robust action and the rise of the Medici, American Journal of Sociology 98, 1993: marriages."""


def parties(*ids: str, **fields: Any) -> list[dict[str, Any]]:
    return [{"type": "party", "id": party, "name": party, "kind": "organization", **fields} for party in ids]


def paid(rows: Iterable[tuple[str, str, float]], **fields: Any) -> list[dict[str, Any]]:
    """Money from the customer to the supplier for what was delivered."""
    return [
        {"type": "value_flow", "id": f"{supplier}>{customer}", "source": customer, "target": supplier, "kind": "money", "amount": amount, **fields}
        for supplier, customer, amount in rows
    ]


def chain_records(rows: Iterable[tuple[str, str, float]] = CHAIN) -> list[dict[str, Any]]:
    rows = list(rows)
    return parties(*sorted({end for row in rows for end in row[:2]})) + paid(rows)


def ties(pairs: Iterable[tuple[str, str]], kind: str = "partners_with", **fields: Any) -> list[dict[str, Any]]:
    return [{"type": "relationship", "id": f"{a}-{b}", "source": a, "target": b, "kind": kind, **fields} for a, b in pairs]


def owns(*rows: tuple[str, str, float]) -> list[dict[str, Any]]:
    return [{"type": "relationship", "id": f"{a}-{b}", "source": a, "target": b, "kind": "owns", "share": share} for a, b, share in rows]


def ecosystem(records: Iterable[dict[str, Any]], focal: str) -> Ecosystem:
    return Ecosystem.from_records(list(records), focal, DAY)


def of_networkx(graph: nx.Graph) -> Ecosystem:
    """Its edges as ties, with their ``strength``, around its first node. A tie to oneself becomes a flow: only flows may be that."""
    name = "n{:04}".format
    records = parties(*(name(node) for node in graph))
    for place, (a, b, strength) in enumerate(graph.edges(data="strength")):
        both = {"id": f"e{place:04}", "source": name(a), "target": name(b)}
        tie = {"type": "relationship", "kind": "refers"} | ({} if strength is None else {"strength": strength})
        records.append(both | ({"type": "value_flow", "kind": "data"} if a == b else tie))
    return ecosystem(records, name(min(graph, default=0)))


def florentine_families() -> Ecosystem:
    pairs = [(a, b) for a, b in (pair.split() for pair in MARRIAGES.split("|"))]
    return ecosystem(parties(*sorted({family for pair in pairs for family in pair})) + ties(pairs), "Medici")


FAMILIES = {"graph": "facts", "kinds": ["partners_with"], "weight": "none", "directed": False}
