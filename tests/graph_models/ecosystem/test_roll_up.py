"""Roll-up: units count as the whole that they are part of, companies as the group that controls them."""

from __future__ import annotations

from typing import Any

from graph_models import compute
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import parameters_of
from graph_models.ecosystem.roll_up import focal_of, roll_up_of
from tests.graph_models.ecosystems import ecosystem_of, edges, flow, paid, parties, related, role


def counts_as(ecosystem: Ecosystem, **parameters: Any) -> dict[str, str]:
    found = roll_up_of(ecosystem, parameters_of(parameters)).counts_as
    return {party: ecosystem.parties[place] for party, place in zip(ecosystem.parties, found.tolist(), strict=True) if ecosystem.parties[place] != party}


UNITS = (*parties("team", "lab", "alone", kind="unit"), *parties("f", "a"), related("team", "lab", "part_of"), related("lab", "f", "part_of"))


def test_a_unit_counts_as_the_topmost_party_that_it_is_part_of() -> None:
    assert counts_as(ecosystem_of(*UNITS)) == {"team": "f", "lab": "f"}
    assert counts_as(ecosystem_of(*UNITS), roll_up="none") == {}


def test_a_company_that_is_part_of_another_is_not_rolled_up() -> None:
    ecosystem = ecosystem_of(*UNITS, related("f", "holding", "part_of"))
    assert counts_as(ecosystem) == {"team": "holding", "lab": "holding"}


def test_units_that_are_part_of_one_another_stay() -> None:
    records = (*parties("x", "y", kind="unit"), *parties("f"), related("x", "y", "part_of"), related("y", "x", "part_of"))
    assert counts_as(ecosystem_of(*records)) == {}


def test_of_several_wholes_the_first_by_id_counts() -> None:
    ecosystem = ecosystem_of(*parties("x", kind="unit"), related("x", "b", "part_of"), related("x", "a", "part_of"))
    assert counts_as(ecosystem) == {"x": "a"}


def test_what_is_between_the_rolled_up_vanishes_and_the_rest_counts_for_the_whole() -> None:
    records = (*UNITS, paid("lab", "f", 5), paid("lab", "team", 6), paid("team", "team", 7), paid("lab", "a", 8), paid("f", "a", 2), paid("f", "f", 1))
    ecosystem = ecosystem_of(*records)
    assert edges(ecosystem, "value_chain") == {("f", "a"): 10, ("f", "f"): 1}
    assert edges(ecosystem, "value_chain", roll_up="none") == {
        ("f", "a"): 2,
        ("f", "f"): 1,
        ("lab", "a"): 8,
        ("lab", "f"): 5,
        ("lab", "team"): 6,
        ("team", "team"): 7,
    }


def test_a_rolled_up_unit_has_no_value_and_its_roles_count_for_the_whole() -> None:
    ecosystem = ecosystem_of(*UNITS, role("a", "lab", "customer"))
    result = compute(ecosystem, "reach")
    assert result.reasons == {"team": "rolled-up", "lab": "rolled-up"}
    assert edges(ecosystem, "influence") == {("a", "f"): 0.3, ("f", "a"): 0.3}


def test_the_focal_party_may_itself_be_rolled_up() -> None:
    ecosystem = ecosystem_of(*UNITS, flow("f", "a", utility=0.5), flow("a", "lab", utility=0.5), focal="lab")
    assert ecosystem.parties[focal_of(ecosystem, parameters_of({})) or 0] == "f"
    assert compute(ecosystem, "wso").values["a"] == 1


def test_a_group_counts_as_the_party_that_controls_it() -> None:
    shares = [
        related("top", "b", "owns", share=0.6),
        related("b", "c", "owns", share=0.3),
        related("top", "c", "owns", share=0.3),
        related("top", "d", "owns", share=0.5),
    ]
    ecosystem = ecosystem_of(*UNITS, *shares, related("c", "f", "owns", share=0.51))
    assert counts_as(ecosystem) == {"team": "f", "lab": "f"}
    assert counts_as(ecosystem, roll_up="group") == {"b": "top", "c": "top", "f": "top", "team": "top", "lab": "top"}


def test_companies_that_control_one_another_count_as_the_first_of_them() -> None:
    ecosystem = ecosystem_of(related("b", "a", "owns", share=0.6), related("a", "b", "owns", share=0.6), related("b", "c", "owns", share=1))
    assert counts_as(ecosystem, roll_up="group") == {"b": "a", "c": "a"}
