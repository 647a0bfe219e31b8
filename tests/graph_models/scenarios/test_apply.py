"""Scenarios: edits on the columns give what the edited records give."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import compute
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.errors import InvalidInput
from graph_models.records.vocabulary import BUILT_IN
from graph_models.scenarios.apply import edited
from graph_models.scenarios.edits import MAX_EDITS, edits_of
from tests.graph_models.ecosystems import Record, ecosystem_of, paid, parties, related, role
from tests.graph_models.test_properties import PLACES, made, record_lists, values

SCORES = ("influence", "value_flow")
few = settings(max_examples=40)
EditFields = dict[str, Any]


def after(ecosystem: Ecosystem, *edits: EditFields) -> Ecosystem:
    return edited(ecosystem, edits_of(list(edits), ecosystem.vocabulary))


def fields_refused(ecosystem: Ecosystem, *edits: EditFields) -> list[tuple[str | None, str]]:
    with pytest.raises(InvalidInput) as raised:
        after(ecosystem, *edits)
    return [(error.field, error.code) for error in raised.value.errors]


def tables(ecosystem: Ecosystem) -> dict[str, list[Any]]:
    """All that an ecosystem says, family by family."""
    found = {family: table.to_pylist() for family, table in ecosystem.columns.tables.items()}
    for rows in found.values():
        for row in rows:
            row |= {end: ecosystem.parties[row[end]] for end in ("source", "target") if row.get(end) is not None}
    return found


def by_hand(records: list[Record], edits: list[EditFields]) -> list[Record]:
    """The same edits on the list of records, as plainly as they can be said."""
    for edit in edits:
        match edit["op"]:
            case "remove_party":
                records = [r for r in records if edit["id"] not in (r["id"] if r["type"] == "party" else None, r.get("source"), r.get("target"))]
            case "remove_fact":
                records = [r for r in records if r["type"] == "party" or r["id"] != edit["id"]]
            case "add":
                records = [*records, edit["record"]]
            case "replace":
                records = [edit["record"] if (r["type"], r["id"]) == (edit["record"]["type"], edit["record"]["id"]) else r for r in records]
            case "scale":
                records = [r | {"amount": r["amount"] * edit["factor"]} if r["id"] in edit["ids"] else r for r in records]
            case "redirect":
                moved = {end: edit[end] for end in ("source", "target") if end in edit}
                records = [r | moved if r["type"] != "party" and r["id"] == edit["id"] else r for r in records]
            case "merge":
                records = _merged(records, edit["id"], edit["into"])
    return records


def _merged(records: list[Record], gone: str, kept: str) -> list[Record]:
    answer = []
    for record in records:
        if record["type"] == "party":
            answer += [] if record["id"] == gone else [record]
            continue
        ends = [kept if record[end] == gone else record[end] for end in ("source", "target")]
        if ends[0] != ends[1] or record["source"] == record["target"] == kept:
            answer.append(record | dict(zip(("source", "target"), ends, strict=True)))
    return answer


@st.composite
def scenarios(draw: st.DrawFn) -> tuple[list[Record], list[EditFields]]:
    """A random ecosystem and up to four edits that can be done on it, one after the other."""
    before = records = draw(record_lists())
    edits: list[EditFields] = []
    for number in range(draw(st.integers(0, 4))):
        there = [record["id"] for record in records if record["type"] == "party"]
        facts = [record for record in records if record["type"] != "party"]
        others = [party for party in there if party != "f"]
        if not others:
            break
        op = draw(st.sampled_from(["remove_party", "add", "add_party", "merge", *(["remove_fact", "replace", "scale", "redirect"] if facts else [])]))
        fact = draw(st.sampled_from(facts)) if facts else {}
        one, other = draw(st.sampled_from(others)), draw(st.sampled_from(there))
        new = {"type": "value_flow", "id": f"n{number}", "source": one, "target": other, "kind": "money", "amount": draw(st.integers(1, 500))}
        edit: EditFields = {"op": op, "id": fact.get("id")}
        match op:
            case "remove_party":
                edit = {"op": op, "id": one}
            case "add":
                edit = {"op": op, "record": new}
            case "add_party":
                edit = {"op": "add", "record": parties(f"a-new{number}")[0]}
            case "merge" if one != other:
                edit = {"op": op, "id": one, "into": other}
            case "replace":
                edit = {"op": op, "record": {**fact, "confidence": 0.25}}
            case "scale" if "amount" in fact:
                edit = {"op": op, "ids": [fact["id"]], "factor": draw(st.sampled_from([0, 0.5, 1, 4]))}
            case "redirect" if fact["source"] != other and fact["target"] != other:
                edit = {"op": op, "id": fact["id"], draw(st.sampled_from(["source", "target"])): other}
            case "remove_fact":
                pass
            case _:
                continue
        edits.append(edit)
        records = by_hand(records, [edit])
    return before, edits


@few
@given(scenarios())
def test_edited_columns_say_what_the_edited_records_say(scenario: tuple[list[Record], list[EditFields]]) -> None:
    records, edits = scenario
    found, expected = after(made(records), *edits), made(by_hand(records, edits))
    assert found.parties == expected.parties
    assert tables(found) == tables(expected)


@settings(max_examples=15)
@given(scenarios())
def test_scores_after_edits_equal_a_full_recomputation(scenario: tuple[list[Record], list[EditFields]]) -> None:
    records, edits = scenario
    before = made(records)
    values(before, *SCORES)  # what is kept of the ecosystem before must not show in the one after
    assert values(after(before, *edits), *SCORES) == pytest.approx(values(made(by_hand(records, edits)), *SCORES), abs=1e-9)


@few
@given(record_lists())
def test_an_empty_scenario_changes_nothing(records: list[Record]) -> None:
    ecosystem = made(records)
    assert after(ecosystem).snapshot_id == ecosystem.snapshot_id


@few
@given(record_lists(), st.sampled_from(PLACES[1:]))
def test_removing_a_party_is_having_no_record_of_it(records: list[Record], gone: str) -> None:
    left = [record for record in records if gone not in (record["id"], record.get("source"), record.get("target"))]
    assert tables(after(made(records), {"op": "remove_party", "id": gone})) == tables(made(left))


@few
@given(record_lists())
def test_scaling_by_one_changes_nothing(records: list[Record]) -> None:
    ids = [record["id"] for record in records if record.get("amount")]
    ecosystem = made(records)
    scaled = after(ecosystem, {"op": "scale", "ids": ids, "factor": 1}) if ids else ecosystem
    assert tables(scaled) == tables(ecosystem)


@few
@given(record_lists())
def test_adding_and_removing_again_changes_nothing(records: list[Record]) -> None:
    ecosystem = made(records)
    flow = {"type": "value_flow", "id": "new-flow", "source": "new", "target": "f", "kind": "money", "amount": 7}
    edits = [{"op": "add", "record": parties("new")[0]}, {"op": "add", "record": flow}, {"op": "remove_fact", "id": "new-flow"}]
    assert tables(after(ecosystem, *edits, {"op": "remove_party", "id": "new"})) == tables(ecosystem)


def test_a_new_supplier_takes_over_what_a_lost_one_delivered() -> None:
    ecosystem = ecosystem_of(paid("s", "f", 60), paid("f", "c", 100))
    swapped = after(ecosystem, {"op": "add", "record": parties("t")[0]}, {"op": "redirect", "id": "s>f", "target": "t"}, {"op": "remove_party", "id": "s"})
    assert swapped.parties == ["c", "f", "t"]
    assert compute(swapped, "pass_through_up").values["t"] == pytest.approx(0.6)


def test_a_party_and_facts_that_name_it_are_added_and_edited_again() -> None:
    ecosystem = ecosystem_of(paid("f", "c", 100))
    edits = [
        {"op": "add", "record": {"type": "party", "id": "b", "name": "B", "kind": "organization", "region": "East"}},
        {"op": "add", "record": paid("b", "f", 30)},
        {"op": "scale", "ids": ["b>f"], "factor": 2},
        {"op": "replace", "record": {"type": "party", "id": "b", "name": "B and sons", "kind": "organization"}},
    ]
    found = after(ecosystem, *edits)
    assert found.names == ["B and sons", "c", "f"]
    assert compute(found, "pass_through_up").values["b"] == pytest.approx(0.6)


def test_merging_moves_all_facts_and_what_was_between_the_two_vanishes() -> None:
    ecosystem = ecosystem_of(
        paid("a", "f", 10), paid("b", "f", 20), paid("a", "b", 5), paid("b", "b", 3), role("a", "f", "supplier"), related("a", "b", "partners_with")
    )
    found = after(ecosystem, {"op": "merge", "id": "a", "into": "b"})
    assert (
        tables(found)["value_flows"]
        == tables(
            ecosystem_of(*[flow | {"id": name} for flow, name in ((paid("b", "f", 10), "a>f"), (paid("b", "b", 3), "b>b"), (paid("b", "f", 20), "b>f"))])
        )["value_flows"]
    )
    assert [(item["source"], item["target"]) for item in tables(found)["roles"]] == [("b", "f")]
    assert tables(found)["relationships"] == []


def test_merging_the_focal_party_makes_the_other_focal() -> None:
    ecosystem = ecosystem_of(paid("s", "f", 60), paid("f", "c", 100), focal="f")
    assert after(ecosystem, {"op": "merge", "id": "f", "into": "c"}).focal_party == "c"


def test_a_rate_can_be_replaced() -> None:
    rate = {"type": "exchange_rate", "currency": "EUR", "base_currency": "CNY", "rate": 8, "valid_from": "2025-01-01"}
    ecosystem = ecosystem_of(paid("s", "f", 10, currency="EUR", valid_from="2025-02-01"), paid("f", "c", 100))
    ecosystem = after(ecosystem, {"op": "add", "record": rate})
    assert compute(ecosystem, "pass_through_up").values["s"] == pytest.approx(0.8)
    assert compute(after(ecosystem, {"op": "replace", "record": rate | {"rate": 5}}), "pass_through_up").values["s"] == pytest.approx(0.5)


CHAIN = (paid("s", "f", 60), paid("f", "c", 100), role("s", "f", "supplier"), related("s", "f", "partners_with") | {"id": "s>f"})


@pytest.mark.parametrize(
    ("edits", "errors"),
    [
        ([{"op": "remove_party", "id": "banana"}], [("edits[0].id", "unknown-party")]),
        ([{"op": "remove_party", "id": "s"}] * 2, [("edits[1].id", "unknown-party")]),
        ([{"op": "remove_party", "id": "s"}, {"op": "scale", "ids": ["s>f"], "factor": 2}], [("edits[1].ids[0]", "unknown-fact")]),
        ([{"op": "remove_party", "id": "s"}, {"op": "redirect", "id": "f>c", "source": "s"}], [("edits[1].source", "unknown-party")]),
        (
            [{"op": "remove_fact", "id": "banana"}, {"op": "merge", "id": "s", "into": "kiwi"}],
            [("edits[0].id", "unknown-fact"), ("edits[1].into", "unknown-party")],
        ),
        ([{"op": "remove_fact", "id": "s>f"}], [("edits[0].id", "ambiguous")]),
        ([{"op": "remove_fact", "id": "s>f", "type": "value_flow"}] * 2, [("edits[1].id", "unknown-fact")]),
        ([{"op": "add", "record": paid("x", "f", 1)}], [("edits[0].record.target", "dangling")]),
        ([{"op": "add", "record": paid("f", "c", 1)}], [("edits[0].record.id", "duplicate")]),
        ([{"op": "add", "record": parties("s")[0]}], [("edits[0].record.id", "duplicate")]),
        ([{"op": "replace", "record": paid("f", "x", 1)}], [("edits[0].record.id", "unknown-fact")]),
        ([{"op": "add", "record": role("c", "f", "customer", evidence=[{"document_id": "d"}])}], [("edits[0].record.evidence", "dangling")]),
        ([{"op": "add", "record": role("c", "f", "customer", valid_from="2026")}], [("edits[0].record.valid_from", "not-valid-then")]),
        ([{"op": "scale", "ids": ["s supplier f"], "factor": 2}], [("edits[0].ids[0]", "nothing-to-scale")]),
        ([{"op": "scale", "ids": ["f>c"], "factor": 1e6}] * 4, [("edits[3].ids[0]", "bad-amount")]),
        ([{"op": "redirect", "id": "s supplier f", "source": "f"}], [("edits[0].source", "self-tie")]),
        ([{"op": "redirect", "id": "f>c", "target": "banana"}], [("edits[0].target", "unknown-party")]),
    ],
)  # fmt: skip
def test_an_edit_that_cannot_be_done_is_named(edits: list[EditFields], errors: list[tuple[str, str]]) -> None:
    assert fields_refused(ecosystem_of(*CHAIN), *edits) == errors


@pytest.mark.parametrize(
    ("edit", "field", "code"),
    [
        ({"op": "banana"}, "edits[0].op", "unknown-op"),
        ({"id": "s"}, "edits[0].op", "missing"),
        ("banana", "edits[0]", "wrong-type"),
        ({"op": "remove_party"}, "edits[0].id", "missing"),
        ({"op": "remove_party", "id": 7}, "edits[0].id", "wrong-type"),
        ({"op": "remove_party", "id": "s", "banana": 1}, "edits[0].banana", "unknown-field"),
        ({"op": "remove_fact", "id": "s", "type": "party"}, "edits[0].type", "unknown-type"),
        ({"op": "scale", "ids": ["f>c"], "factor": -0.1}, "edits[0].factor", "out-of-range"),
        ({"op": "scale", "ids": ["f>c"], "factor": float("nan")}, "edits[0].factor", "out-of-range"),
        ({"op": "scale", "ids": ["f>c"], "factor": 1e300}, "edits[0].factor", "out-of-range"),
        ({"op": "scale", "ids": [], "factor": 1}, "edits[0].ids", "missing"),
        ({"op": "scale", "ids": ["f>c", "f>c"], "factor": 1}, "edits[0].ids", "duplicate"),
        ({"op": "redirect", "id": "f>c"}, "edits[0].source", "missing"),
        ({"op": "merge", "id": "s", "into": "s"}, "edits[0].into", "self-merge"),
        ({"op": "add", "record": {"type": "banana"}}, "edits[0].record.type", "unknown-type"),
        ({"op": "add", "record": paid("s", "f", 1) | {"amount": "x"}}, "edits[0].record.amount", "invalid"),
        ({"op": "add", "record": paid("s", "f", 1) | {"amount": "1e40"}}, "edits[0].record.amount", "bad-amount"),
        ({"op": "add", "record": paid("s", "f", 1) | {"kind": "banana"}}, "edits[0].record.kind", "unknown-value"),
        ({"op": "replace", "record": paid("s", "f", 1, valid_from="2025-13")}, "edits[0].record.valid_from", "bad-date"),
    ],
)  # fmt: skip
def test_an_edit_that_is_wrong_by_itself_is_named(edit: Any, field: str, code: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        edits_of([edit], BUILT_IN)
    assert [(error.field, error.code) for error in raised.value.errors] == [(field, code)]


def test_a_scenario_has_a_bounded_number_of_edits() -> None:
    with pytest.raises(InvalidInput, match="at most 1000 edits"):
        edits_of([{"op": "remove_party", "id": "s"}] * (MAX_EDITS + 1), BUILT_IN)
    with pytest.raises(InvalidInput, match="list"):
        edits_of({"op": "remove_party", "id": "s"}, BUILT_IN)
