"""Seeded ecosystems without anything that the rules of the second version of the scores treat otherwise, and what they read before (commit 5169bd6)."""

from __future__ import annotations

import random
from typing import Any

from tests.graph_models.ecosystems import Record, parties

SEEDS = (1, 2, 3, 4, 5, 6)
PLACES = ("f", "a", "b", "c", "d", "e", "g", "h")
METRICS = (
    "influence", "value_flow", "wso", "reach", "pagerank", "betweenness", "degree", "strength_in", "strength_out", "constraint", "effective_size",
    "clustering", "harmonic", "pass_through_up", "pass_through_down", "sink_share", "embodied_value_added", "criticality", "disruption", "direct_share",
    "indirect_share", "trophic_level", "integrated_ownership", "control",
)  # fmt: skip
SWITCHED_OFF = {"implied_returns": False, "materiality": 0, "products": "mixed"}


def records_of(seed: int) -> list[Record]:
    """Flows by days, with and without judgements, amounts, products and returns; roles that are active; relationships stated once."""
    chance = random.Random(seed)
    facts: list[dict[str, Any]] = []
    for _ in range(24):
        source, target = chance.sample(PLACES, 2)
        kind = chance.choice(["money", "money", "money", "goods", "service", "knowledge", "attention"])
        fact: dict[str, Any] = {"type": "value_flow", "source": source, "target": target, "kind": kind}
        if kind == "money" or chance.random() < 0.3:
            fact["amount"] = chance.randint(1, 1000)
        if kind == "goods" and chance.random() < 0.5:
            fact |= {"quantity": chance.randint(1, 90), "unit": chance.choice(["t", "piece"])}
        if kind == "money":
            fact["in_return_for"] = chance.choice([None, "goods", "service", "knowledge", "capital"])
        fact |= chance.choice([{}, {"utility": 0.35}, {"utility": 0.8}, {"satisfaction": "C", "importance": 4}, {"satisfaction": "D"}])
        fact |= chance.choice([{}, {}, {"product": "p"}, {"product": "q"}])
        fact |= chance.choice([{}, {"valid_from": "2025"}, {"valid_from": "2024-07-01", "valid_to": "2025-06-30"}, {"confidence": 0.5}])
        facts.append({name: value for name, value in fact.items() if value is not None})
    for source, target in sorted({tuple(chance.sample(PLACES, 2)) for _ in range(8)}):
        name, purpose = chance.choice(["customer", "supplier", "distributor", "regulator"]), chance.choice([None, "own_use", "resale"])
        facts.append({"type": "role", "source": source, "target": target, "role": name, "stage": chance.choice([None, "active"]), "purpose": purpose})
    for source, target in sorted({tuple(chance.sample(PLACES, 2)) for _ in range(6)}):
        facts.append({"type": "relationship", "source": source, "target": target, "kind": chance.choice(["knows", "refers", "regulates", "part_of"])})
    for owner, owned in zip(PLACES[1:], PLACES, strict=False):
        if chance.random() < 0.6:
            facts.append({"type": "relationship", "source": owner, "target": owned, "kind": "owns", "share": chance.choice([0.2, 0.51, 0.7])})
    facts = [{name: value for name, value in fact.items() if value is not None} for fact in facts]
    return [*parties(*PLACES), *({**fact, "id": f"x{place:02d}"} for place, fact in enumerate(facts))]
