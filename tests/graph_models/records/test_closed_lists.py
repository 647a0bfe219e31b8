"""Values that the vocabulary lists are named by id or by label, in both languages; a workspace's own count too."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_models.errors import InvalidInput
from graph_models.records.bulk_validation import all_sound
from graph_models.records.closed_lists import identified, identify, lists_of
from graph_models.records.json_codec import record_of
from graph_models.records.record_types import BY_NAME
from graph_models.records.validation import faults
from graph_models.records.vocabulary import BUILT_IN, terms_of

PARTY = {"type": "party", "id": "a", "name": "A", "kind": "organization"}
ROLE = {"type": "role", "id": "r", "source": "a", "target": "b", "role": "customer"}
OWN = BUILT_IN.extended(terms_of({"roles": [{"id": "installer", "label": {"en": "Installer", "zh": "安装商"}}]}))


@pytest.mark.parametrize(
    ("fields", "field", "expected"),
    [
        (PARTY | {"size_class": "中型"}, "size_class", "medium"),
        (PARTY | {"size_class": "MEDIUM"}, "size_class", "medium"),
        (PARTY | {"kind": "Organization"}, "kind", "organization"),
        (PARTY | {"sector": "State-Owned"}, "sector", "state_owned"),
        (ROLE | {"stage": "流失"}, "stage", "lapsed"),
        (ROLE | {"stage": "at  risk"}, "stage", "at_risk"),
        (ROLE | {"purpose": "自用"}, "purpose", "own_use"),
        (ROLE | {"tier": "重点"}, "tier", "key"),
        (ROLE | {"tier": "gold"}, "tier", "gold"),
        (ROLE | {"decision_stage": "认知"}, "decision_stage", "awareness"),
    ],
)
def test_a_label_is_taken_as_the_value_that_it_names(fields: dict[str, Any], field: str, expected: str) -> None:
    record = identified(record_of(fields), BUILT_IN)
    assert getattr(record, field) == expected
    assert faults(record, BUILT_IN) == []
    plain = dict(fields)
    identify(plain, lists_of(BUILT_IN, str(fields["type"])))
    assert plain == fields | {field: expected}


def test_what_a_list_has_not_is_told_with_what_it_has() -> None:
    (fault,) = faults(identified(record_of(PARTY | {"size_class": "banana"}), BUILT_IN), BUILT_IN)
    assert (fault.code, fault.field) == ("unknown-value", "size_class")
    assert "mega, large, medium, small, micro" in fault.message
    with pytest.raises(InvalidInput) as caught:
        lists_of(BUILT_IN, "role")["stage"].value("banana", "stage")
    assert "lapsed" in caught.value.errors[0].message


def test_a_workspaces_own_terms_are_values_of_that_workspace_only() -> None:
    assert lists_of(OWN, "role")["role"].find("安装商") == "installer"
    assert lists_of(BUILT_IN, "role")["role"].find("安装商") is None


def test_a_label_that_two_values_share_names_neither() -> None:
    twice = BUILT_IN.extended(terms_of({"roles": [{"id": name, "label": {"en": "Fitter", "zh": name}} for name in ("fitter_a", "fitter_b")]}))
    assert lists_of(twice, "role")["role"].find("Fitter") is None


@given(st.sampled_from(sorted(BY_NAME)), st.data())
def test_every_label_and_id_of_every_list_is_found_whatever_its_case(type_name: str, data: st.DataObject) -> None:
    lists = lists_of(BUILT_IN, type_name)
    if not lists:
        return
    values = lists[data.draw(st.sampled_from(sorted(lists)))]
    text, expected = data.draw(st.sampled_from(sorted(values.by_label.items())))
    assert values.find(text) == values.find(text.upper()) == expected
    assert values.find(expected) == expected


def test_labels_are_never_sound_as_they_are_so_that_they_become_ids() -> None:
    assert all_sound([record_of(PARTY | {"size_class": "medium"})], BUILT_IN)
    assert not all_sound([record_of(PARTY | {"size_class": "中型"})], BUILT_IN)
    assert not all_sound([record_of(ROLE | {"tier": "重点"})], BUILT_IN)
    assert all_sound([record_of(ROLE | {"tier": "gold"})], BUILT_IN)
