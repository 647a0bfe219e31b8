"""What a score would be without a fact is what it is where the fact never was: 50 random small ecosystems, made anew from records."""

from __future__ import annotations

import random
from typing import Any

import pytest

from graph_models import compute
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.scores.explanation import explain
from tests.graph_models.ecosystems import Record, parties

PLACES = ("f", "a", "b", "c", "d", "e")
SCORES = ("influence", "value_flow")


def records_of(seed: int) -> list[Record]:
    """Money, goods and judged knowledge in circles around f, some ties, roles, shares and judgements; ten to twenty-five facts."""
    chance = random.Random(seed)
    facts: list[Record] = []
    for _ in range(chance.randint(8, 16)):
        kind = chance.choice(["money", "money", "money", "goods", "service", "knowledge"])
        flow: Record = {"type": "value_flow", "kind": kind, "product": chance.choice([None, None, "p"])}
        if kind == "money" or chance.random() < 0.3:
            flow["amount"] = chance.randint(1, 400)
        if chance.random() < 0.3:
            flow["utility"] = chance.choice([0.2, 0.5, 0.9])
        facts.append({name: value for name, value in flow.items() if value is not None})
    for _ in range(chance.randint(2, 7)):
        purpose = chance.choice(["own_use", "resale", "transformation"])
        role = {"type": "role", "role": chance.choice(["customer", "supplier", "regulator"]), "purpose": purpose}
        knows = {"type": "relationship", "kind": chance.choice(["knows", "refers", "partners_with"]), "confidence": chance.choice([0.5, 1.0])}
        facts.append(chance.choice([role, knows, knows]))
    ended = [fact | dict(zip(("source", "target"), chance.sample(PLACES, 2), strict=True)) for fact in facts]
    if chance.random() < 0.5:
        owner, owned = chance.sample(PLACES[1:], 2)
        ended += [
            {"type": "relationship", "kind": "owns", "share": share, "source": a, "target": b} for a, b, share in ((owner, "f", 0.6), (owned, owner, 0.3))
        ]
    for judged in chance.sample(PLACES, chance.randint(0, 2)):
        values = {"power": chance.random(), "legitimacy": 0.5, "urgency": chance.random()}
        ended.append({"type": "assessment", "scheme": "salience", "target": judged, "values": values, "valid_from": "2025-01-01"})
    return [*parties(*PLACES), *(fact | {"id": f"x{place:02}"} for place, fact in enumerate(ended))]


def made(records: list[Record]) -> Ecosystem:
    return Ecosystem.from_records(records, "f", "2025-12-31")


def facts_shown(answer: dict[str, Any]) -> list[str]:
    return sorted({fact for part in answer["parts"] for item in part["evidence"] for fact in (*item["facts"], *item["implied"])})


@pytest.mark.parametrize("seed", range(50))
def test_the_value_without_a_fact_is_that_of_the_records_without_it(seed: int) -> None:
    records = records_of(seed)
    ecosystem = made(records)
    fresh: dict[tuple[str, str], dict[Any, Any]] = {}

    def without(fact: str, score: str) -> dict[Any, Any]:
        if (fact, score) not in fresh:
            fresh[fact, score] = compute(made([record for record in records if record["id"] != fact]), score).values
        return fresh[fact, score]

    for score in SCORES:
        for party in random.Random(seed).sample(PLACES[1:], 2):
            answer = explain(ecosystem, party, score, counterfactual=True)
            found, shown = answer["most_influential_fact"], facts_shown(answer)
            assert (found is None) == (not shown)
            if found is None:
                continue
            assert found["value_without"] == pytest.approx(without(found["fact_id"], score)[party], abs=1e-9)
            moved = {fact: abs(answer["value"] - (without(fact, score)[party] or 0.0)) for fact in shown}
            assert moved[found["fact_id"]] == pytest.approx(max(moved.values()), abs=1e-9)


def test_they_are_not_all_alike() -> None:
    kinds = [explain(made(records_of(seed)), "a", score, counterfactual=True)["most_influential_fact"] for seed in range(10) for score in SCORES]
    some = [found["value_without"] for found in kinds if found is not None]
    assert len(some) > 10
    assert len({round(value, 6) for value in some if value is not None}) > 8
