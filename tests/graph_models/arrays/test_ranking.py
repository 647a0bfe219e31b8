"""Ranks and rounding against their definitions."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph_models.arrays.ranking import ranks, rounded

numbers = st.one_of(st.floats(allow_nan=False), st.sampled_from([0.0, 0.1 + 0.2, 0.3, 1.0, 1e-300, 1e300]))


@given(st.lists(st.tuples(numbers, st.booleans())))
def test_a_rank_is_one_more_than_how_many_are_greater(pairs: list[tuple[float, bool]]) -> None:
    values, defined = np.array([value for value, _ in pairs]), np.array([known for _, known in pairs], bool)
    known = [float(value) for value in rounded(values)[defined]]
    expected = [1 + sum(other > mine for other in known) if there else 0 for mine, there in zip(rounded(values).tolist(), defined, strict=True)]
    assert ranks(values, defined).tolist() == expected


@given(st.floats(1e-270, 1e270))
def test_rounding_keeps_twelve_significant_digits(value: float) -> None:
    assert (
        rounded(np.array([value, -value])).tolist() == [float(f"{value:.11e}"), -float(f"{value:.11e}")]
        or abs(rounded(np.array([value]))[0] / value - 1) <= 5.1e-12
    )


def test_what_differs_by_rounding_only_shares_a_rank() -> None:
    assert ranks(np.array([0.3, 0.1 + 0.2, 0.4, 0.2]), np.ones(4, bool)).tolist() == [2, 2, 1, 4]
