"""Small ecosystems in few words, for tests of what is computed on them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from graph_models.ecosystem.columns import Columns
from graph_models.ecosystem.ecosystem import Ecosystem

Record = dict[str, Any]
DELIVERED = (
    ("RawMat", "TierTwo", 40), ("TierTwo", "TierOne", 70), ("TierTwo", "OtherOEM", 30), ("TierOne", "Firm", 120), ("TierOne", "OtherOEM", 30),
    ("Firm", "Distributor", 200), ("Firm", "Enterprise", 100), ("Firm", "Service", 50), ("Service", "Firm", 10), ("Service", "Enterprise", 60),
    ("Distributor", "Retail", 150), ("Distributor", "Enterprise", 60), ("Retail", "Consumer", 160), ("Retail", "Firm", 5),
)  # fmt: skip
"""The worked example of the value chain: (supplier, customer, amount)."""


def parties(*ids: str, kind: str = "organization") -> list[Record]:
    return [{"type": "party", "id": party, "name": party, "kind": kind} for party in ids]


def flow(source: str, target: str, kind: str = "knowledge", **fields: Any) -> Record:
    return {"type": "value_flow", "id": f"{source}>{target}:{kind}", "source": source, "target": target, "kind": kind, **fields}


def paid(supplier: str, customer: str, amount: float, **fields: Any) -> Record:
    """What a customer pays for what a supplier delivered."""
    return {"type": "value_flow", "id": f"{supplier}>{customer}", "source": customer, "target": supplier, "kind": "money", "amount": amount, **fields}


def role(source: str, target: str, name: str, **fields: Any) -> Record:
    return {"type": "role", "id": f"{source} {name} {target}", "source": source, "target": target, "role": name, **fields}


def related(source: str, target: str, kind: str, **fields: Any) -> Record:
    return {"type": "relationship", "id": f"{source} {kind} {target}", "source": source, "target": target, "kind": kind, **fields}


def named(records: list[Record]) -> list[Record]:
    """Parties for everyone whom facts name."""
    ids = sorted({record[end] for record in records for end in ("source", "target") if record.get(end)})
    return parties(*ids)


def ecosystem_of(*records: Record, focal: str = "f", as_of: str = "2025-12-31", **more: Any) -> Ecosystem:
    """Of these records, and of parties for everyone whom they name and who is not among them."""
    known = {record["id"] for record in records if record["type"] == "party"}
    missing = [party for party in named(list(records)) if party["id"] not in known]
    return Ecosystem.from_records([*records, *missing], focal, as_of, **more)


def with_amounts(ecosystem: Ecosystem, amounts: dict[str, float]) -> Ecosystem:
    """The same with other amounts of some flows: columns may hold what no record may say."""
    table = ecosystem.columns["value_flows"]
    rows = zip(table["id"].to_pylist(), table["amount"].to_pylist(), strict=True)
    column = pa.array([amounts.get(fact, amount) for fact, amount in rows], pa.float64())
    tables = ecosystem.columns.tables | {"value_flows": table.set_column(table.schema.get_field_index("amount"), "amount", column)}
    return Ecosystem.from_columns(Columns(tables), ecosystem.focal_party, ecosystem.as_of)


def worked_chain() -> Ecosystem:
    return ecosystem_of(*(paid(*row) for row in DELIVERED), focal="Firm")


def edges(ecosystem: Ecosystem, name: str, **parameters: Any) -> dict[tuple[str, str], float]:
    """(source, target) -> weight of a graph, to 12 digits."""
    from graph_models.ecosystem.parameters import parameters_of
    from graph_models.graphs.graph_types import graph_of

    graph = graph_of(ecosystem, name, parameters_of(parameters))
    ids = ecosystem.parties
    return {(ids[u], ids[v]): float(f"{w:.12g}") for u, v, w in zip(graph.source.tolist(), graph.target.tolist(), graph.weight.tolist(), strict=True)}
