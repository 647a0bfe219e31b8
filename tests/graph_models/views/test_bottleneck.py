"""Bottleneck: the flow network of a textbook, its cut, and what cannot be answered."""

from __future__ import annotations

import pytest

from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.errors import InvalidInput
from graph_models.views.bottleneck import bottleneck_view
from tests.graph_models.metrics.made import chain_records, ecosystem, parties, ties

CLRS = [
    ("s", "v1", 16),
    ("s", "v2", 13),
    ("v1", "v3", 12),
    ("v2", "v1", 4),
    ("v2", "v4", 14),
    ("v3", "v2", 9),
    ("v3", "t", 20),
    ("v4", "v3", 7),
    ("v4", "t", 4),
]
"""Cormen, Leiserson, Rivest, Stein, Introduction to Algorithms, 3rd edition, figure 26.1; the maximum flow is 23 (figure 26.6)."""


def test_the_flow_of_clrs() -> None:
    answer = bottleneck_view(ecosystem(chain_records(CLRS), "s"), DEFAULTS, **{"from": "s", "to": "t"})
    assert answer["value"] == 23
    assert sum(edge["amount"] for edge in answer["cut"]) == 23
    assert answer["source_side"] == ["s", "v1", "v2", "v4"]
    assert answer["rounding"] == 0


def test_where_nothing_flows_the_value_is_nothing() -> None:
    answer = bottleneck_view(ecosystem(chain_records(CLRS), "s"), DEFAULTS, **{"from": "t", "to": "s"})
    assert (answer["value"], answer["cut"], answer["source_side"]) == (0, [], ["t"])


@pytest.mark.parametrize(("ends", "field"), [({"from": "s"}, "to"), ({"to": "s"}, "from"), ({"from": "s", "to": "s"}, "to"), ({"from": "s", "to": "x"}, "to")])
def test_two_parties_must_be_named(ends: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        bottleneck_view(ecosystem(chain_records(CLRS), "s"), DEFAULTS, **ends)
    assert refused.value.errors[0].field == field


def test_a_unit_is_no_node() -> None:
    records = chain_records(CLRS) + parties("u", kind="unit") + ties([("u", "s")], "part_of")
    answer = bottleneck_view(ecosystem(records, "s"), DEFAULTS, **{"from": "u", "to": "t"})
    assert (answer["value"], answer["reason"]) == (None, "rolled-up")
