"""What changed between two days: facts by what happened to them, ranks with the facts behind them, structure."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from graph_models import Ecosystem
from graph_models.changes.score_changes import Changes, Side, score_of
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.scores.explanation import explain
from graph_models.scores.scores import SCORES, score_result
from tests.graph_models.ecosystems import Record, flow, named, paid, parties, related, role

FROM, TO = "2024-12-31", "2025-12-31"


def changes(*records: Record, focal: str = "firm", begin: str = FROM, end: str = TO) -> Changes:
    known = {record["id"] for record in records if record["type"] == "party"}
    all_records = [*records, *(party for party in named(list(records)) if party["id"] not in known)]
    ecosystems = [Ecosystem.from_records(all_records, focal, day) for day in (begin, end)]
    return Changes(*(Side(side, {score: score_of(score_result(side, DEFAULTS, score)) for score in SCORES}) for side in ecosystems))


def items(found: Changes, **asked: Any) -> list[dict[str, Any]]:
    page = found.page(**asked, limit=1000)
    assert page["total"] == len(page["items"])
    return list(page["items"])


def until(party: str, **dates: str) -> Record:
    return parties(party)[0] | dates


STEADY = {"valid_from": "2023-01-01", "valid_to": "2027-12-31"}
CONTRACT = (
    paid("firm", "d1", 900, valid_from="2023-01-01", valid_to="2024-12-31"),
    paid("d1", "c1", 1000, valid_from="2023-01-01", valid_to="2024-12-31"),
    paid("firm", "d2", 100, **STEADY),
    paid("d2", "c2", 150, **STEADY),
    role("d1", "firm", "distributor", valid_from="2023-01-01", valid_to="2025-06-30"),
    role("d2", "firm", "distributor", valid_from="2023-01-01"),
)


def test_a_contract_that_ended_lowers_the_distributors_score_and_is_named() -> None:
    found = changes(*CONTRACT)
    ranks = {(item["score"], item["party_id"]): item for item in items(found, kind="rank")}
    fell, rose = ranks["value_flow", "d1"], ranks["value_flow", "d2"]
    assert (fell["change"], fell["before"]["rank"], fell["after"]["value"]) == ("fell", 1, 0.0)
    assert (rose["change"], rose["before"]["rank"], rose["after"]["rank"]) == ("rose", 3, 1)
    assert fell["facts"] == ["d1>c1", "firm>d1"]
    assert fell["through"] == "paths"
    influence = ranks["influence", "d1"]
    assert influence["change"] == "fell"
    assert influence["facts"] == ["d1 distributor firm", "d1>c1", "firm>d1"]
    before = explain(found.before.ecosystem, "d1", "value_flow")
    assert {fact for part in before["parts"] for item in part["evidence"] for fact in item["facts"]} >= set(fell["facts"])


def test_who_lost_most_comes_first_and_ranks_come_before_facts() -> None:
    found = changes(*CONTRACT)
    moved = [abs((item["after"] or {"value": 0})["value"] - (item["before"] or {"value": 0})["value"]) for item in items(found) if item["kind"] == "rank"]
    of_score = [item["score"] for item in items(found, kind="rank")]
    first = of_score.index("value_flow")
    assert moved[:first] == sorted(moved[:first], reverse=True)
    assert moved[first:] == sorted(moved[first:], reverse=True)
    kinds = [item["kind"] for item in items(found)]
    assert kinds == sorted(kinds, key=("rank", "structure", "fact").index)


def test_facts_that_began_ended_and_changed() -> None:
    found = changes(
        role("d1", "firm", "distributor", id="stays", valid_from="2020"),
        role("d2", "firm", "distributor", id="ends", valid_from="2020", valid_to="2025-06-30"),
        role("d3", "firm", "distributor", id="begins", valid_from="2025-03"),
        related("d1", "d2", "knows", id="tie", strength=0.5, valid_to="2025-05-31"),
        related("d1", "d3", "knows", id="later", valid_from="2026"),
        flow("d1", "firm", id="early", valid_from="2024-01-01", valid_to="2024-06-30"),
        flow("d1", "firm", id="long", valid_from="2024-01-01", valid_to="2025-01-31"),
        flow("d1", "firm", id="short", valid_from="2025-02-01", valid_to="2025-02-28"),
        flow("d1", "firm", id="open", valid_from="2023-01-01", valid_to="2029-01-01"),
        flow("d1", "firm", id="undated"),
        {"type": "touchpoint", "id": "call", "source": "d1", "target": "firm", "kind": "call", "occurred_at": "2025-05-01"},
    )
    assert [(item["change"], item["type"], item["facts"][0], item["party_id"]) for item in items(found, kind="fact")] == [
        ("ended", "role", "ends", "d2"),
        ("began", "role", "begins", "d3"),
        ("ended", "relationship", "tie", "d1"),
        ("ended", "value_flow", "long", "d1"),
        ("began", "value_flow", "short", "d1"),
        ("began", "touchpoint", "call", "d1"),
    ]
    (ended,) = [item for item in items(found, kind="fact") if item["facts"] == ["ends"]]
    assert ended["after"] is None
    assert ended["before"] == {
        "source": "d2",
        "target": "firm",
        "kind": "distributor",
        "valid_from": "2020-01-01",
        "valid_to": "2025-06-30",
    }
    assert [item["facts"] for item in items(found, kind="fact", party="d2")] == [["ends"], ["tie"]]
    assert items(found, kind="fact", party="banana") == []


def test_a_state_that_says_something_else_has_changed() -> None:
    """Two days of two ecosystems, as a store has them: the same id, another slice; a party before it in the order came between them."""
    before = Ecosystem.from_records([*parties("d1", "firm"), role("d1", "firm", "distributor", id="r", stage="active")], "firm", FROM)
    now = [*parties("a0", "d1", "firm"), role("d1", "firm", "distributor", id="r", stage="at_risk")]
    now[1] |= {"name": "Renamed"}
    after = Ecosystem.from_records(now, "firm", TO)
    sides = (Side(side, {score: score_of(score_result(side, DEFAULTS, score)) for score in SCORES}) for side in (before, after))
    found = Changes(*sides)
    (changed,) = items(found, kind="fact")
    assert (changed["change"], changed["before"]["stage"], changed["after"]["stage"]) == ("changed", "active", "at_risk")
    structure = [(item["change"], item["party_id"], item["before"], item["after"]) for item in items(found, kind="structure")]
    assert structure == [
        ("party-came", "a0", None, {"kind": "organization", "name": "a0"}),
        ("party-changed", "d1", {"name": "d1"}, {"name": "Renamed"}),
        ("components", None, 1, 2),
    ]


def test_parties_come_and_go_with_their_facts() -> None:
    records = [*parties("firm"), until("old", valid_to="2025-03-31"), until("new", valid_from="2025-04")]
    records += [role("old", "firm", "supplier", valid_to="2025-03-31"), role("new", "firm", "supplier", valid_from="2025-04")]
    found = items(changes(*records), kind="structure")
    assert [(item["change"], item["party_id"], item["facts"]) for item in found] == [
        ("party-came", "new", ["new supplier firm"]),
        ("party-went", "old", ["old supplier firm"]),
        ("community-born", None, ["new supplier firm"]),
        ("community-gone", None, []),
    ]


def test_communities_that_merged_name_the_ties_that_did_it() -> None:
    circles = [related(a, b, "knows") for circle in ("abcd", "efgh") for a, b in combinations(circle, 2)]
    between = [related(a, b, "knows", valid_from="2025-06") for a in "abcd" for b in "efgh"]
    (merged, fewer) = items(changes(*circles, *between, focal="a"), kind="structure")
    assert (merged["change"], merged["before"], merged["after"], merged["parties"]) == ("community-merged", "2", "1", list("efgh"))
    assert (fewer["change"], fewer["before"], fewer["after"]) == ("components", 2, 1)
    assert merged["message"] == "community 2 of 4 merged into 1"


def test_who_holds_the_network_together_is_told_when_it_changes() -> None:
    """a-b-c is a chain until a and c know each other; from then on b is no articulation point, and the ties are no bridges. n comes and hangs on a."""
    chain = [related("a", "b", "knows"), related("b", "c", "knows"), related("c", "a", "knows", valid_from="2025-06")]
    newcomer = [until("n", valid_from="2025-06"), related("n", "a", "knows", valid_from="2025-06")]
    found = [item for item in items(changes(*chain, *newcomer, focal="a"), kind="structure") if item["change"].startswith(("articulation", "bridge"))]
    assert [(item["change"], item["party_id"], item["before"], item["after"], item["facts"]) for item in found] == [
        ("articulation-gained", "a", False, True, ["c knows a", "n knows a"]),
        ("articulation-lost", "b", True, False, []),
        ("bridge-lost", None, {"source": "a", "target": "b"}, None, []),
        ("bridge-lost", None, {"source": "b", "target": "c"}, None, []),
    ]
    back = changes(*[tie | ({"valid_from": "2020", "valid_to": "2025-05"} if tie["id"] == "c knows a" else {}) for tie in chain], focal="a")
    assert [item["change"] for item in items(back, kind="structure") if item["change"].startswith("bridge")] == ["bridge-gained", "bridge-gained"]


def test_between_a_day_and_itself_nothing_changed() -> None:
    assert changes(*CONTRACT, begin=TO, end=TO).page() == {"items": [], "total": 0}


def test_pages_put_together_are_the_whole() -> None:
    found = changes(*CONTRACT, until("late", valid_from="2025-02"))
    whole = items(found)
    assert len(whole) > 6
    pages = [found.page(limit=2, offset=offset)["items"] for offset in range(0, len(whole), 2)]
    assert [item for page in pages for item in page] == whole


def test_a_rank_that_moved_for_nothing_of_its_own_names_no_fact() -> None:
    ranks = {(item["score"], item["party_id"]): item for item in items(changes(*CONTRACT), kind="rank")}
    assert ranks["value_flow", "c2"]["through"] in (None, "paths", "own facts")
    bystander = changes(*CONTRACT, related("x", "y", "knows"), related("y", "firm", "knows"))
    for item in items(bystander, kind="rank"):
        if item["party_id"] == "x":
            assert (item["facts"], item["through"]) == ([], None)


@pytest.mark.parametrize("focal", ["nobody", "d1"])
def test_there_need_be_no_focal_party(focal: str) -> None:
    assert all(item["kind"] in ("rank", "structure", "fact") for item in items(changes(*CONTRACT, focal=focal)))
