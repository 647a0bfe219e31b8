"""Who is tied most to a party."""

from __future__ import annotations

from typing import Any

from graph_models import Ecosystem
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.views.ties import ties_view


def ecosystem(*ties: tuple[str, str, float]) -> Ecosystem:
    parties = sorted({"firm", *(end for source, target, _ in ties for end in (source, target))})
    records: list[dict[str, Any]] = [{"type": "party", "id": party, "name": party.upper(), "kind": "organization"} for party in parties]
    for number, (source, target, strength) in enumerate(ties):
        records.append({"type": "relationship", "id": f"t{number}", "source": source, "target": target, "kind": "knows", "strength": strength})
    return Ecosystem.from_records(records, focal_party="firm", as_of="2025-12-31")


def test_the_strongest_tie_comes_first() -> None:
    found = ties_view(ecosystem(("a", "firm", 0.2), ("b", "firm", 0.5), ("a", "b", 0.9)), DEFAULTS)
    assert [(item["party_id"], item["name"], round(item["tie"], 6)) for item in found["items"]] == [("b", "B", 0.75), ("a", "A", 0.36)]
    assert (found["party_id"], found["total"], found["truncated"]) == ("firm", 2, None)


def test_of_equal_ties_the_one_with_more_facts_comes_first() -> None:
    found = ties_view(ecosystem(("a", "firm", 1.0), ("b", "firm", 1.0), ("firm", "b", 0.5), ("c", "firm", 1.0)), DEFAULTS)
    assert [(item["party_id"], item["facts"]) for item in found["items"]] == [("b", 2), ("a", 1), ("c", 1)]


def test_a_cut_list_says_what_it_leaves_out_and_keeps_its_order() -> None:
    ties = [(party, "firm", 1.0) for party in "abcde"] + [("firm", "e", 0.5)]
    found = ties_view(ecosystem(*ties), DEFAULTS, limit=2)
    assert [item["party_id"] for item in found["items"]] == ["e", "a"]
    assert found["truncated"] == {"shown": 2, "left_out": 3, "why": "limit"}


def test_any_party_may_be_asked_for() -> None:
    assert [item["party_id"] for item in ties_view(ecosystem(("a", "firm", 0.2), ("a", "b", 0.9)), DEFAULTS, party="a")["items"]] == ["b", "firm"]


def test_without_the_focal_party_there_is_a_reason() -> None:
    alone = Ecosystem.from_records([{"type": "party", "id": "a", "name": "A", "kind": "person"}], focal_party="firm", as_of="2025-12-31")
    assert ties_view(alone, DEFAULTS)["reason"] == "no-focal-party"
