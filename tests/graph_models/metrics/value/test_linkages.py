"""Linkages: Miller and Blair's two sectors, dense inverses, closed cycles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import compute
from tests.graph_models.metrics.made import chain_records, ecosystem
from tests.graph_models.metrics.value.test_pass_through import MILLER_BLAIR


def test_the_linkages_of_miller_and_blair() -> None:
    """L = [[1.2541, .3300], [.2640, 1.1221]] (equation 2.17), and G_ij = L_ij x_j / x_i with outputs 1000 and 2000."""
    sold = [row for row in MILLER_BLAIR if row[0] != "work"]
    backward = compute(ecosystem(chain_records(sold), "one"), "backward_linkage").values
    assert (backward["one"], backward["two"]) == (pytest.approx(1.2541 + 0.2640, abs=1e-4), pytest.approx(0.3300 + 1.1221, abs=1e-4))
    bought = [row for row in MILLER_BLAIR if row[1] != "households"]
    forward = compute(ecosystem(chain_records(bought), "one"), "forward_linkage").values
    assert (forward["one"], forward["two"]) == (pytest.approx(1.2541 + 2 * 0.3300, abs=1e-4), pytest.approx(0.2640 / 2 + 1.1221, abs=1e-4))


def test_a_closed_cycle_has_no_linkages() -> None:
    made = ecosystem(chain_records([("x", "y", 5), ("y", "x", 5), ("mine", "shop", 5)]), "mine")
    for metric, values in (("backward_linkage", {"mine": 1, "shop": 2}), ("forward_linkage", {"mine": 2, "shop": 1})):
        found = compute(made, metric)
        assert found.reasons == {"x": "closed-cycle", "y": "closed-cycle"}
        assert {party: found.values[party] for party in values} == values


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 99)), min_size=1, max_size=20, unique_by=lambda row: row[:2]))
def test_they_are_sums_of_the_dense_inverses(rows: list[tuple[int, int, int]]) -> None:
    made = ecosystem(chain_records([(f"p{u}", f"p{v}", float(w)) for u, v, w in rows]), f"p{rows[0][0]}")
    z = np.zeros((len(made.parties),) * 2)
    for u, v, w in rows:
        z[made.index(f"p{u}"), made.index(f"p{v}")] = w
    x = np.maximum(z.sum(axis=0), z.sum(axis=1))
    backward, forward = compute(made, "backward_linkage"), compute(made, "forward_linkage")
    if backward.reasons:
        assert backward.reasons == forward.reasons
        return
    identity = np.eye(len(z))
    assert backward.array.tolist() == pytest.approx(np.linalg.inv(identity - z / x).sum(axis=0).tolist(), rel=1e-9)
    assert forward.array.tolist() == pytest.approx(np.linalg.inv(identity - z / x[:, None]).sum(axis=1).tolist(), rel=1e-9)
