"""Cursors lead on in the list that they come from, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_models.errors import InvalidInput
from service.facts.cursors import cursor_of, list_name, position_of

names = st.text(max_size=20)
positions = st.text(min_size=1, max_size=256)


@given(names, positions)
def test_a_cursor_stands_for_its_position(name: str, position: str) -> None:
    assert position_of(name, cursor_of(name, position)) == position


@given(names, names, positions, st.integers(0, 400))
def test_a_cursor_of_another_list_or_a_cut_one_is_refused(name: str, other: str, position: str, cut: int) -> None:
    cursor = cursor_of(name, position)
    for of, text in ((other, cursor), (name, cursor[:cut])):
        if (of, text) != (name, cursor):
            with pytest.raises(InvalidInput):
                position_of(of, text)


@pytest.mark.parametrize("cursor", ["", "%", "é", "eyJ", "AA==A", "_w", "1" * 5_000, "ZDE"])
def test_what_is_no_cursor_is_refused_by_its_code(cursor: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        position_of("/parties", cursor)
    assert (caught.value.errors[0].code, caught.value.errors[0].field) == ("bad-cursor", "cursor")


def test_a_list_is_named_by_what_narrows_it_and_not_by_how_long_its_pages_are() -> None:
    assert list_name("/parties", [("limit", "3"), ("role", "customer"), ("cursor", "x")]) == list_name("/parties", [("role", "customer"), ("limit", "9")])
    assert list_name("/parties", [("role", "customer")]) != list_name("/parties", [("role", "supplier")])
