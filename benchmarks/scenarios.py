"""What a scenario takes on the large demo, beside what both scores take on it: one removal, and many edits of every kind."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.machine import machine
from examples import large
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.scenarios.apply import edited
from graph_models.scenarios.edits import edits_of
from graph_models.scenarios.outcome import Case, outcome
from graph_models.scores.profile import DEFAULT_PROFILE
from graph_models.scores.scores import SCORES, plain_result

Edits = list[dict[str, Any]]


def timed(make: Callable[[], Any]) -> tuple[Any, float, float]:
    """(what it gives, seconds, seconds of the processor)."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = make()
    return answer, time.perf_counter() - wall, time.process_time() - cpu


def row(what: str, wall: float, cpu: float, more: str = "") -> None:
    print(f"| {what} | {wall:.2f} s | {cpu:.2f} s | {more} |", flush=True)


class Watch:
    """When each stage began."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, float]] = []

    def begin(self, stage: str) -> None:
        self.stages.append((stage, time.perf_counter()))

    def parts(self) -> str:
        ends = [moment for _, moment in self.stages[1:]] + [time.perf_counter()]
        return ", ".join(f"{stage} {end - begin:.2f}" for (stage, begin), end in zip(self.stages, ends, strict=True))


def largest(ecosystem: Ecosystem) -> list[str]:
    """Parties, but for the focal one, by the number of their value flows."""
    flows = ecosystem.families["value_flows"]
    count = np.bincount(np.concatenate([flows.source, flows.target]), minlength=len(ecosystem.parties))
    return [ecosystem.parties[place] for place in np.argsort(-count, kind="stable").tolist() if place != ecosystem.focal]


def many(ecosystem: Ecosystem) -> Edits:
    """A hundred parties removed, a hundred merged, four hundred flows scaled, a hundred redirected, a hundred added."""
    parties = largest(ecosystem)[100:]
    some = range(0, len(ecosystem.families["value_flows"]), len(ecosystem.families["value_flows"]) // 500)
    flows = ecosystem.families["value_flows"].texts("id", np.array(some)[:500])
    edits: Edits = [{"op": "scale", "ids": [flow], "factor": 0.5} for flow in _with_amount(ecosystem, flows)[:400]]
    edits += [{"op": "redirect", "id": flow, "target": parties[300 + place]} for place, flow in enumerate(flows[400:500])]
    edits += [{"op": "remove_party", "id": party} for party in parties[:100]]
    edits += [{"op": "merge", "id": party, "into": parties[200 + place]} for place, party in enumerate(parties[100:200])]
    new = {"type": "value_flow", "target": parties[400], "source": parties[401], "kind": "money", "amount": 5}
    return edits + [{"op": "add", "record": {**new, "id": f"new-{place}"}} for place in range(100)]


def _with_amount(ecosystem: Ecosystem, flows: list[str]) -> list[str]:
    family = ecosystem.families["value_flows"]
    there = dict(zip(family.texts("id"), (~np.isnan(family.number("amount"))).tolist(), strict=True))
    return [flow for flow in flows if there[flow]]


def main(size: str) -> None:
    ecosystem = large.ecosystem(large.shape_of(large.SIZES[size]))
    print(f"{machine()}\n\n{size}: {len(ecosystem.parties):,} parties, {ecosystem.facts:,} facts\n")
    print("| what | time | processor | |\n|---|---|---|---|")
    for score in SCORES:
        row(f"score {score}, first", *timed(lambda score=score: plain_result(ecosystem, DEFAULTS, score))[1:])
    first, *others = largest(ecosystem)
    cases: dict[str, Edits] = {
        "the largest party removed": [{"op": "remove_party", "id": first}],
        "a middling party removed": [{"op": "remove_party", "id": others[len(others) // 2]}],
        "the same again": [{"op": "remove_party", "id": others[len(others) // 2]}],
        "one flow scaled": [{"op": "scale", "ids": _with_amount(ecosystem, ecosystem.families["value_flows"].texts("id", np.arange(50)))[:1], "factor": 0.5}],
        "many edits": many(ecosystem),
    }
    for what, fields in cases.items():
        checked = edits_of(fields, ecosystem.vocabulary)
        after, wall, cpu = timed(lambda checked=checked: edited(ecosystem, checked))
        row(f"{what}: {len(checked)} edits done", wall, cpu)
        case = Case(ecosystem, after, checked, DEFAULTS, DEFAULT_PROFILE)
        watch = Watch()
        found, wall, cpu = timed(lambda case=case, watch=watch: outcome(case, watch.begin))
        row(f"{what}: outcome", wall, cpu, f"{watch.parts()}; {found['scores_moved']:,} scores move, value lost {found['value_lost']:,.0f}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "large")
