"""Ecosystems that nobody would draw: every metric and score answers with finite numbers or a reason, in bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from graph_models import Ecosystem, compute
from graph_models.analysis.registry import DEFAULT_SET
from graph_models.ecosystem.column_schema import FAMILIES
from graph_models.ecosystem.columns import columns_of
from graph_models.ecosystem.record_columns import table_of
from graph_models.errors import InvalidInput
from graph_models.metrics.result import NUMBER
from graph_models.records.dates import ALL_TIME, day_of
from graph_models.scores.explanation import explain
from graph_models.scores.scores import SCORES
from tests.graph_models.ecosystems import ecosystem_of, flow, paid, parties, related, role

LEAVES = 20_000
SECONDS = 60
"""Far more than is needed, far less than anything that grows with the square of the leaves."""
AS_OF = "2025-12-31"
LARGEST = 10**23


def star(leaves: int, amount: float = 1.0) -> Ecosystem:
    """Everybody is a customer of f, gets goods of the same worth and pays the same."""
    ids = ["f", *(f"leaf{place:07d}" for place in range(leaves))]
    day, others = day_of("2025-06-30"), ids[1:]
    hub = ["f"] * leaves

    def facts(family: str, prefix: str, source: list[str], target: list[str], **more: Any) -> Any:
        period = {"valid_from": [day] * leaves, "valid_to": [day + 1 if family == "value_flows" else ALL_TIME.end] * leaves}
        same = {name: [value] * leaves for name, value in more.items()}
        return table_of(family, {"id": [f"{prefix}{place:07d}" for place in range(leaves)], "source": source, "target": target, **period, **same})

    everybody = {"id": ids, "valid_from": [ALL_TIME.start] * len(ids), "valid_to": [ALL_TIME.end] * len(ids), "kind": ["organization"] * len(ids)}
    tables = {family: table_of(family, {}) for family in FAMILIES} | {
        "parties": table_of("parties", everybody | {"details": ["{}"] * len(ids)}),
        "roles": facts("roles", "r", others, hub, kind="customer"),
    }
    goods = facts("value_flows", "g", hub, others, kind="goods", amount=amount, currency="CNY")
    money = facts("value_flows", "m", others, hub, kind="money", amount=amount, currency="CNY")
    tables["value_flows"] = pa.concat_tables([goods, money])
    return Ecosystem.from_columns(columns_of(tables), "f", day_of(AS_OF))


def answered(ecosystem: Ecosystem) -> dict[str, Any]:
    """The default set; each value is a finite number, or there is a reason."""
    found = {}
    for metric in DEFAULT_SET:
        result = found[metric] = compute(ecosystem, metric)
        reasons = result.reasons
        for party, value in result.values.items():
            assert (value is None) == (party in reasons), (metric, party)
        if result.kind == NUMBER:
            assert np.isfinite(result.array[result.defined]).all(), metric
        for more in (result.coverage, result.standard_error):
            assert more is None or np.isfinite(more[result.defined]).all(), metric
    for party in ecosystem.parties[:3]:
        for score in SCORES:
            answer = explain(ecosystem, party, score)
            assert (answer["value"] is None) == (answer["reason"] is not None)
    return found


def test_a_star_is_answered_in_time_that_grows_as_the_star_does() -> None:
    ecosystem = star(LEAVES)
    begin = time.process_time()
    found = answered(ecosystem)
    assert time.process_time() - begin < SECONDS
    leaf = ecosystem.parties[1]
    assert found["wso"].values[leaf] == pytest.approx(1 / LEAVES)
    assert found["sink_share"].values[leaf] == pytest.approx(1 / LEAVES)
    assert found["degree"].values["f"] == LEAVES
    assert found["betweenness"].values["f"] == pytest.approx(1.0, rel=0.01)
    assert found["influence"].ranks[1:].tolist() == [1] * LEAVES
    assert [warning.code for warning in found["influence"].warnings].count("score-flat") == 1


def test_a_hub_beside_the_focal_party_does_not_stop_the_search_for_loops() -> None:
    records = [flow("f", "hub", utility=0.9), flow("hub", "f", utility=0.9)]
    for place in range(2_000):
        records += [flow("hub", f"l{place:04d}", utility=0.9), flow(f"l{place:04d}", "hub", utility=0.9)]
        records += [flow("other", f"l{place:04d}", utility=0.9), flow(f"l{place:04d}", "other", utility=0.9)]
    begin = time.process_time()
    result = compute(ecosystem_of(*records), "wso")
    assert time.process_time() - begin < SECONDS
    assert (result.values["hub"], result.values["l0000"], result.parameters["complete"]) == (1.0, 0.0, True)


def test_the_greatest_amounts_beside_the_least_stay_numbers() -> None:
    ends = [(a, b) for a in "abf" for b in "abf" if a != b]
    everywhere = ecosystem_of(*(paid(a, b, LARGEST) for a, b in ends), *(flow(a, b, "goods", quantity=1e24, unit="t") for a, b in ends))
    mixed = ecosystem_of(paid("a", "f", 1e-12), paid("f", "b", LARGEST), paid("b", "a", 1e-12), paid("f", "a", LARGEST))
    tiny = ecosystem_of(*(flow(a, b, "goods", quantity=5e-324, unit="t") for a, b in ends))
    for ecosystem in (everywhere, mixed, tiny):
        answered(ecosystem)


@pytest.mark.parametrize("records", [[paid("a", "f", 1e308)], [flow("a", "f", "goods", quantity=1e308)]])
def test_what_no_sum_can_hold_is_refused_with_its_field(records: list[dict[str, Any]]) -> None:
    with pytest.raises(InvalidInput) as refused:
        ecosystem_of(*records)
    assert [error.field for error in refused.value.errors] in (["amount"], ["quantity"])


STRANGE: dict[str, Callable[[], Ecosystem]] = {
    "nobody": lambda: ecosystem_of(),
    "one party": lambda: ecosystem_of(*parties("f")),
    "no focal party": lambda: ecosystem_of(paid("a", "b", 5)),
    "the focal party pays itself": lambda: ecosystem_of(paid("f", "f", 5)),
    "a closed cycle": lambda: ecosystem_of(paid("f", "a", 5), paid("a", "b", 5), paid("b", "f", 5)),
    "purchases above sales": lambda: ecosystem_of(paid("a", "f", 50), paid("f", "b", 5)),
    "owners of one another": lambda: ecosystem_of(related("a", "f", "owns", share=1.0), related("f", "a", "owns", share=1.0)),
    "nothing but parts": lambda: ecosystem_of(*parties("f"), *parties("d", "e", kind="unit"), related("d", "f", "part_of"), related("e", "d", "part_of")),
    "all tied alike": lambda: ecosystem_of(*(related(a, b, "knows", strength=0.5) for a in "abcdef" for b in "abcdef" if a < b)),
    "islands": lambda: ecosystem_of(paid("a", "b", 5), paid("c", "d", 5), role("e", "f", "customer")),
    "parallel flows": lambda: ecosystem_of(*(flow("f", "a", amount=1, currency="CNY") | {"id": f"v{place}"} for place in range(50))),
    "worth nothing": lambda: ecosystem_of(flow("f", "a", utility=0.0), flow("a", "f", utility=0.0), related("a", "f", "knows", strength=0.0)),
}


@pytest.mark.parametrize("name", STRANGE)
def test_strange_ecosystems_are_answered(name: str) -> None:
    answered(STRANGE[name]())
