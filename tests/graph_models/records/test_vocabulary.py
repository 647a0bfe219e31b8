"""The vocabulary is data: the ids that clients rely on, and that a new kind is an entry in TOML and no Python."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from graph_models.errors import InvalidInput
from graph_models.records.json_codec import record_of
from graph_models.records.validation import faults
from graph_models.records.vocabulary import BUILT_IN, GROUPS, RESERVED_LABELS, RESERVED_TYPES, Terms, Vocabulary, terms_of

PARTY_KINDS = "person organization unit group offering"
ROLES = (
    "customer channel_customer user distributor agent wholesaler retailer service_provider supplier developer partner investor regulator government "
    "association university media kol employee department alumni owner holder advocate community public competitor competitor_customer platform carbon_market"
)
STAGES = "prospect new active at_risk lapsed returned ended"
RELATIONSHIP_KINDS = "owns part_of partners_with regulates member_of reports_to knows refers competes_with looks_after buying_centre_of"
VALUE_KINDS = "money goods service capital labour information knowledge data attention reputation permission advocacy opportunity social_benefit"
TOUCHPOINT_KINDS = (
    "order delivery usage after_sales visit executive_visit call meeting message inquiry trial demo survey_answer review complaint article post event training "
    "co_creation referral action registration interview survey_sent requirement offer briefing publication"
)
REASONS = "quality service price competitor_offer no_need moved closed budget relationship product_fit compliance"
OWN = """
[[roles]]
id = "franchisee"
label = { en = "Franchisee", zh = "加盟商" }
default_strength = 0.45

[[relationship_kinds]]
id = "audited_by"
label = { en = "audited by", zh = "由其审计" }
directed = true

[[value_kinds]]
id = "carbon_credits"
label = { en = "Carbon credits", zh = "碳信用" }
means = "trade"
"""


@pytest.mark.parametrize(
    ("group", "ids"),
    [("party_kinds", PARTY_KINDS), ("roles", ROLES), ("stages", STAGES), ("relationship_kinds", RELATIONSHIP_KINDS), ("value_kinds", VALUE_KINDS),
    ("touchpoint_kinds", TOUCHPOINT_KINDS), ("reasons", REASONS)],
)  # fmt: skip
def test_the_ids_that_clients_rely_on_are_there(group: str, ids: str) -> None:
    assert set(getattr(BUILT_IN, group)) == set(ids.split())


@pytest.mark.parametrize("group", GROUPS)
def test_every_entry_has_labels_in_both_languages(group: str) -> None:
    for entry in getattr(BUILT_IN.terms, group):
        assert entry.label.en.strip()
        assert re.search(r"[\u4e00-\u9fff]", entry.label.zh) or entry.label.zh.isascii()


def test_every_role_says_what_to_do_with_such_a_party() -> None:
    assert not [role.id for role in BUILT_IN.terms.roles if role.stance is None]


def test_directed_relationships_are_those_of_the_contract() -> None:
    assert {kind.id for kind in BUILT_IN.terms.relationship_kinds if kind.directed} == {
        "owns",
        "part_of",
        "regulates",
        "member_of",
        "reports_to",
        "refers",
        "looks_after",
        "buying_centre_of",
    }


def test_five_kinds_of_value_are_tangible() -> None:
    assert {kind.id for kind in BUILT_IN.terms.value_kinds if kind.tangible} == {"money", "goods", "service", "capital", "labour"}


FOLLOWS = {
    "prospect": {"new", "active"},
    "new": {"active"},
    "at_risk": {"active"},
    "returned": {"active"},
    "lapsed": {"returned", "active"},
    "ended": {"returned"},
}


@pytest.mark.parametrize("before", STAGES.split())
@pytest.mark.parametrize("after", STAGES.split())
def test_stages_follow_each_other_as_the_contract_says(before: str, after: str) -> None:
    allowed = before == after or after in {"at_risk", "lapsed", "ended"} or after in FOLLOWS.get(before, set())
    assert BUILT_IN.stage_may_follow(before, after) == allowed


def test_what_has_no_stage_may_go_anywhere() -> None:
    assert BUILT_IN.stage_may_follow(None, "prospect")
    assert BUILT_IN.stage_may_follow("ended", None)


def test_labels_and_types_of_neo4j_are_made_from_ids_and_clash_with_none() -> None:
    labels = [role.neo4j_label for role in BUILT_IN.terms.roles]
    types = [kind.neo4j_type for kind in BUILT_IN.terms.relationship_kinds]
    assert (BUILT_IN.roles["channel_customer"].neo4j_label, BUILT_IN.relationship_kinds["partners_with"].neo4j_type) == ("ChannelCustomer", "PARTNERS_WITH")
    assert len(set(labels)) == len(labels)
    assert not RESERVED_LABELS.intersection(labels)
    assert not RESERVED_TYPES.intersection(types)


def test_a_new_kind_is_an_entry_in_toml_and_no_python() -> None:
    vocabulary = BUILT_IN.extended(terms_of(tomllib.loads(OWN)))
    records: list[dict[str, Any]] = [
        {"type": "role", "id": "r", "source": "a", "target": "b", "role": "franchisee"},
        {"type": "relationship", "id": "t", "source": "a", "target": "b", "kind": "audited_by"},
        {"type": "value_flow", "id": "v", "source": "a", "target": "b", "kind": "carbon_credits", "in_return_for": "carbon_credits"},
    ]
    for fields in records:
        assert [fault.code for fault in faults(record_of(fields), BUILT_IN)][:1] == ["unknown-value"]
        assert faults(record_of(fields), vocabulary) == []
    assert vocabulary.roles["franchisee"].neo4j_label == "Franchisee"
    assert vocabulary.roles["franchisee"].default_strength == 0.45
    assert vocabulary.relationship_kinds["audited_by"].neo4j_type == "AUDITED_BY"
    assert vocabulary.value_kinds["carbon_credits"].means == "trade"
    assert vocabulary.labels("zh")["roles"]["franchisee"] == "加盟商"
    answered = {entry["id"]: entry for entry in vocabulary.as_json()["roles"]}
    assert (answered["franchisee"]["own"], answered["franchisee"]["neo4j_label"], answered["customer"]["own"]) == (True, "Franchisee", False)


def test_the_product_file_takes_a_new_kind_in_the_same_way(tmp_path: Path) -> None:
    source = Path(__file__).parents[3] / "graph_models" / "vocabulary.toml"
    extended = Vocabulary(terms_of(tomllib.loads(source.read_text("utf-8") + OWN)))
    assert set(extended.roles) - set(BUILT_IN.roles) == {"franchisee"}
    assert set(extended.value_kinds) - set(BUILT_IN.value_kinds) == {"carbon_credits"}
    assert extended.hash != BUILT_IN.hash


def test_the_hash_is_of_the_content() -> None:
    own = terms_of(tomllib.loads(OWN))
    assert BUILT_IN.hash == Vocabulary(BUILT_IN.terms).hash
    assert BUILT_IN.extended(own).hash == BUILT_IN.extended(own).hash != BUILT_IN.hash


def test_an_own_entry_can_be_changed_and_others_stay() -> None:
    first = BUILT_IN.extended(terms_of(tomllib.loads(OWN)))
    second = first.extended(terms_of({"roles": [{"id": "franchisee", "label": {"en": "Licensee", "zh": "被许可方"}}]}))
    assert second.roles["franchisee"].label.en == "Licensee"
    assert "audited_by" in second.relationship_kinds


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"roles": [{"id": "customer", "label": {"en": "x", "zh": "x"}}]}, "built-in", "roles[0].id"),
        ({"roles": [{"id": "superseded", "label": {"en": "x", "zh": "x"}}]}, "reserved", "roles"),
        ({"relationship_kinds": [{"id": "gives", "label": {"en": "x", "zh": "x"}}]}, "reserved", "relationship_kinds"),
        ({"currencies": ["BTC"]}, "invalid", "currencies"),
    ],
)
def test_own_terms_may_not_clash_with_the_product(fields: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        BUILT_IN.extended(terms_of(fields))
    assert [(error.code, error.field) for error in refused.value.errors] == [(code, field)]


@pytest.mark.parametrize(
    "fields",
    [
        {"rolls": []}, {"roles": [{"id": "Upper", "label": {"en": "x", "zh": "x"}}]}, {"roles": [{"id": "x"}]}, {"roles": [{"id": "x",
        "label": {"en": "x"}}]},
        {"roles": [{"id": "x", "label": {"en": "x", "zh": "x"}, "default_strength": 2}]}, {"roles": [{"id": "a` :X", "label": {"en": "x",
        "zh": "x"}}]}, [], "x",
    ],
    ids=str,
)  # fmt: skip
def test_terms_that_are_not_valid_are_refused(fields: Any) -> None:
    with pytest.raises(InvalidInput):
        terms_of(fields)


def test_closed_dimensions_list_their_values_and_open_ones_take_others() -> None:
    assert "private" in BUILT_IN.dimension_values["sector"]
    assert all(not dimension.open for name, dimension in BUILT_IN.dimensions.items() if name in BUILT_IN.dimension_values)
    assert isinstance(BUILT_IN.terms, Terms)


def test_what_a_class_of_parties_calls_for_is_said_in_both_languages() -> None:
    """Values of the dimensions that parties are classed by, the text metrics among them, and each reason for a stage say what to do."""
    dimensions = ("tier", "size_class", "sector", "scope", "purpose", "consumer_kind", "customer_kind", "visibility", "side", "newness", "depth")
    classes = [value for name in dimensions for value in BUILT_IN.dimensions[name].values]
    for entry in (*classes, *BUILT_IN.terms.reasons, *BUILT_IN.terms.roles, *BUILT_IN.terms.stages):
        assert entry.stance is not None, entry.id
        assert entry.stance.en.strip()
        assert re.search(r"[\u4e00-\u9fff]", entry.stance.zh)


def test_the_kinds_of_touchpoint_say_where_on_the_journey_they_are_and_what_use_they_show() -> None:
    kinds = BUILT_IN.touchpoint_kinds
    assert {name: kind.step for name, kind in kinds.items() if kind.step in ("buy", "receive", "use")} == {
        "order": "buy", "delivery": "receive", "usage": "use", "training": "use",
    }  # fmt: skip
    assert {name: kind.shows_use for name, kind in kinds.items() if kind.shows_use} == {
        "usage": 0.6, "after_sales": 0.6, "complaint": 0.4, "review": 0.4, "survey_answer": 0.3, "trial": 0.2,
    }  # fmt: skip
    assert [name for name, kind in kinds.items() if kind.contact == "executive"] == ["executive_visit"]
    assert {name for name, kind in kinds.items() if kind.develops} == {"co_creation", "training"}
    assert {role.id for role in BUILT_IN.roles.values() if role.buys} == {
        "customer", "channel_customer", "user", "holder", "distributor", "agent", "wholesaler", "retailer",
    }  # fmt: skip
