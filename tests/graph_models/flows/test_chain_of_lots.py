"""Outputs, starts, sums and series of a value chain whose parties trade in several lots, by hand; and cycles that nothing leaves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import parameters_of
from graph_models.flows.value_chain import KEPT, ValueChain, cycles, series, value_chain_of
from tests.graph_models.ecosystems import Record, ecosystem_of, flow, paid, role

TRADER = (
    paid("maker", "t", 100, product="p"), paid("t", "client", 80, product="p"), paid("service", "t", 50), paid("t", "d", 60, product="q"),
)  # fmt: skip
"""t passes on 80 of 100 of p in a lot; out of a service for 50 it makes q for 60 in its pool."""


def chain_of(*records: Record, focal: str = "t", **parameters: Any) -> tuple[Ecosystem, ValueChain]:
    ecosystem = ecosystem_of(*records, focal=focal)
    return ecosystem, value_chain_of(ecosystem, parameters_of(parameters))


def by_party(ecosystem: Ecosystem, values: Any) -> dict[str, float]:
    return {party: value for party, value in zip(ecosystem.parties, np.asarray(values).tolist(), strict=True) if value}


def test_a_party_stands_for_its_lots_each_with_its_share_in_the_output() -> None:
    """Pool 60 of 160, lot 100 of 160: the service gives .375 x 50 / 60, the maker .625; of the lot .8 go to the client."""
    ecosystem, chain = chain_of(*TRADER)
    t = ecosystem.index("t")
    assert chain.output(t) == 160
    assert sorted(chain.start(t)[chain.start(t) > 0].tolist()) == [0.375, 0.625]
    assert by_party(ecosystem, chain.total(chain.inverse_column(t))) == pytest.approx({"t": 1, "service": 0.3125, "maker": 0.625})
    assert by_party(ecosystem, chain.total(chain.inverse_row(t))) == pytest.approx({"t": 1, "d": 0.375, "client": 0.5})
    assert [by_party(ecosystem, chain.total(tier)) for tier in chain.tiers(t, 2)] == [pytest.approx({"service": 0.3125, "maker": 0.625}), {}]
    assert chain.defined
    assert chain.output(ecosystem.index("maker")) == 100


def test_what_a_trader_keeps_of_its_lot_is_unattributed() -> None:
    """20 of the 160 that end; of t's output of 160 an eighth."""
    ecosystem, chain = chain_of(*TRADER)
    assert chain.unattributed_share == pytest.approx(20 / 160)
    assert by_party(ecosystem, chain.by_output(chain.unattributed)) == pytest.approx({"t": 0.125})
    assert by_party(ecosystem, chain.by_output(chain.added)) == pytest.approx({"maker": 1, "service": 1, "t": 10 / 160})
    assert by_party(ecosystem, chain.by_output(chain.used)) == pytest.approx({"client": 1, "d": 1})


def test_where_nothing_is_unattributed_the_share_is_zero() -> None:
    assert chain_of(paid("t", "a", 3))[1].unattributed_share == 0
    assert chain_of(paid("x", "y", 3), paid("y", "x", 3))[1].unattributed_share is None


def test_sums_of_columns_and_rows_are_those_of_dense_algebra_with_lots_too() -> None:
    _, chain = chain_of(*TRADER, paid("client", "maker", 30))
    leontief, ghosh = np.linalg.inv(np.eye(chain.nodes) - chain.a.toarray()), np.linalg.inv(np.eye(chain.nodes) - chain.b.toarray())
    assert chain.column_sums == pytest.approx(leontief.sum(axis=0))
    assert chain.row_sums == pytest.approx(ghosh.sum(axis=1))


def test_value_may_come_back_to_a_party_in_another_lot() -> None:
    """t sells p on to c and buys a service of c for its pool: no lot is on a cycle, but both parties are."""
    ecosystem, chain = chain_of(paid("maker", "t", 100, product="p"), paid("t", "c", 80, product="p"), paid("c", "t", 50), paid("t", "d", 60, product="q"))
    assert set(chain.cycle.tolist()) == {-1}
    cycle = dict(zip(ecosystem.parties, chain.party_cycle.tolist(), strict=True))
    assert cycle["c"] == cycle["t"] >= 0
    assert cycle["maker"] == cycle["d"] == -1


def test_of_a_party_with_a_closed_lot_only_the_rest_counts() -> None:
    """t and c pass p to each other and nothing leaves; t also makes q for 5, out of nothing."""
    ecosystem, chain = chain_of(paid("t", "c", 10, product="p"), paid("c", "t", 10, product="p"), paid("t", "d", 5, product="q"))
    t, c, d = (ecosystem.index(party) for party in "tcd")
    assert chain.nodes == 4
    assert by_party(ecosystem, chain.closed_parties) == {"c": True}
    assert (chain.output(t), chain.output(c), chain.output(d)) == (5, 10, 5)
    assert by_party(ecosystem, chain.total(chain.inverse_row(t))) == {"t": 1, "d": 1}
    assert by_party(ecosystem, chain.by_output(chain.added)) == {"t": 1}
    assert np.isnan(chain.column_sums).tolist() == np.isnan(chain.row_sums).tolist() == chain.closed.tolist()
    assert chain.closed.sum() == 2


@pytest.mark.parametrize(("circling", "is_closed"), [(1e15, True), (1e12, False)])
def test_a_cycle_that_nearly_nothing_leaves_is_closed_also_beside_others(circling: float, is_closed: bool) -> None:
    """1 of 2e15 is less than floats can tell from nothing, 1 of 2e12 is not."""
    records = paid("x", "y", circling), paid("y", "x", circling), paid("y", "b", 1), paid("big", "b", circling)
    ecosystem, chain = chain_of(*records, focal="b")
    assert by_party(ecosystem, chain.closed) == ({"x": True, "y": True} if is_closed else {})


def test_what_a_cycle_ends_itself_leaves_it() -> None:
    ecosystem, chain = chain_of(paid("x", "y", 5), paid("y", "x", 4), paid("big", "y", 5), focal="x")
    assert by_party(ecosystem, chain.closed) == {}


def test_only_who_stands_before_a_party_gives_it_anything_and_only_who_stands_behind_gets_it() -> None:
    rows = ("mine", "f", 30), ("f", "shop", 100), ("other", "shop", 50), ("loop", "f", 10), ("f", "loop", 10)
    ecosystem, chain = chain_of(*(paid(*row) for row in rows), focal="f")
    f = ecosystem.index("f")
    assert set(by_party(ecosystem, chain.taken_from(f))) == {"mine", "f", "loop"}
    assert set(by_party(ecosystem, chain.received_by(f))) == {"shop", "f", "loop"}
    assert chain.taken_from(f)[f] == pytest.approx(chain.inverse_column(f)[f]) == pytest.approx(1 / (1 - 10 / 110))


def test_the_last_few_columns_are_kept_and_nobody_may_write_into_them() -> None:
    _, chain = chain_of(*(paid("t", f"c{place}", 1) for place in range(KEPT + 1)))
    first = chain.inverse_column(0)
    assert chain.inverse_row(0) is not first
    for place in range(1, KEPT - 1):
        chain.inverse_column(place)
    assert chain.inverse_column(0) is first
    for place in range(KEPT - 1, KEPT + 1):
        chain.inverse_column(place)
    assert chain.inverse_column(0) is not first
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 2


def test_a_series_adds_up_until_nothing_comes_or_gives_up() -> None:
    right = np.ones(2)
    assert (series(csr_array([[0.0, 0.5], [0.0, 0.0]]), right)).tolist() == [1.5, 1]  # type: ignore[union-attr]
    assert right.tolist() == [1, 1]
    assert series(csr_array([[0.85]]), np.ones(1)) == pytest.approx(1 / 0.15, rel=1e-14)
    assert series(csr_array([[0.9]]), np.ones(1)) is None
    assert series(csr_array([[1.0]]), np.ones(1)) is None
    assert series(csr_array([[0.5]]), np.array([[1.0, 3.0]])) == pytest.approx(np.array([[2.0, 6.0]]), rel=1e-15)


def test_cycles_are_circles_and_who_delivers_to_itself() -> None:
    found = cycles(csr_array(np.array([[0, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 2]]))).tolist()
    assert found[0] == found[1] >= 0
    assert found[2] == -1
    assert found[3] >= 0
    assert found[3] != found[0]


def test_who_trades_nothing_has_no_output_and_stands_for_itself() -> None:
    ecosystem, chain = chain_of(role("idle", "t", "customer"), paid("t", "a", 3))
    idle = ecosystem.index("idle")
    assert chain.output(idle) == 0
    assert by_party(ecosystem, chain.start(idle)) == by_party(ecosystem, chain.inverse_column(idle)) == {"idle": 1}
    assert (chain.added[idle], chain.ended[idle]) == (0, 0)


def test_the_warnings_of_a_chain_are_those_of_its_deliveries() -> None:
    warnings = chain_of(paid("t", "a", 3), paid("t", "b", 5, in_return_for="capital"), paid("t", "b", -4) | {"id": "refund"})[1].warnings
    assert [warning.code for warning in warnings] == ["net-refund"]


def test_a_chain_is_made_once_for_the_same_parameters_only() -> None:
    ecosystem = ecosystem_of(*TRADER, flow("t", "d", "goods", amount=8), focal="t")
    plain = value_chain_of(ecosystem, parameters_of({}))
    assert value_chain_of(ecosystem, parameters_of({"alpha": 0.5})) is plain
    for other in ({"product": "p"}, {"products": "mixed"}, {"basis": "goods"}, {"in_return_for": ["capital"]}, {"hypotheses": True}, {"roll_up": "none"}):
        assert value_chain_of(ecosystem, parameters_of(other)) is not plain
