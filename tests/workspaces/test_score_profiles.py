"""Score profiles: own weights are kept in versions, weigh the scores, and explain them."""

from __future__ import annotations

import shutil
from typing import Any

import pyarrow as pa
import pytest

from graph_models.errors import InvalidInput, NotFound
from graph_models.scores.profile import DEFAULT_PROFILE
from service.analysis import result_files as results
from service.analysis import results as analysis
from service.workspaces import score_profiles as profiles
from service.workspaces.context import Service
from tests.analysis.test_results import W, analyse, service

__all__ = ["service"]
WEIGHTS: dict[str, Any] = {"influence": {"reach": 3.0, "value_loops": 1.0}, "value_flow": {"pass_through": 1.0}}


def parts(service: Service, analysis_id: str, party: str = "a") -> dict[str, dict[str, Any]]:
    return {part["part"]: part for part in analysis.explain(service, W, analysis_id, party, "influence")["parts"]}


def test_a_profile_is_kept_in_versions_as_it_was_sent(service: Service) -> None:
    assert profiles.save(service, W, "board", WEIGHTS)["version"] == 1
    assert profiles.save(service, W, "board", WEIGHTS)["version"] == 1
    other = {**WEIGHTS, "value_flow": {"criticality": 2.0}}
    assert profiles.save(service, W, "board", other | {"name": "board", "version": 1})["version"] == 2
    assert profiles.shown(service, W, "board", 1).items() >= WEIGHTS.items()
    assert profiles.shown(service, W, "board").items() >= other.items()
    assert profiles.names(service, W) == ["default", "board"]
    with pytest.raises(NotFound):
        profiles.shown(service, W, "board", 3)


def test_the_default_is_there_and_cannot_be_replaced(service: Service) -> None:
    assert profiles.shown(service, W, "default")["influence"] == DEFAULT_PROFILE.influence
    with pytest.raises(InvalidInput):
        profiles.save(service, W, "default", WEIGHTS)


def test_the_default_is_there_in_both_versions(service: Service) -> None:
    newest, first = profiles.shown(service, W, "default"), profiles.shown(service, W, "default", 1)
    assert (newest["version"], first["version"]) == (2, 1)
    assert newest | {"version": 1} == first
    with pytest.raises(NotFound):
        profiles.shown(service, W, "default", 3)


def test_an_analysis_of_the_first_version_keeps_its_scores_and_its_explanation_says_so(service: Service) -> None:
    """Its file holds what was scored then; parameters that are younger than it are switched off."""
    made = analyse(service)
    about = service.catalog.thing(W, "analysis", made)
    named = about["metrics"]["influence"]["parameters"]
    named = {name: value for name, value in named.items() if name not in analysis.RULES_OFF}
    about |= {"analysis_id": "older", "profile_version": 1, "metrics": about["metrics"] | {"influence": {"metric": "influence", "parameters": named}}}
    service.catalog.put_thing(W, "analysis", "older", about)
    directory = shutil.copytree(analysis.directory(service, W, made), analysis.directory(service, W, "older"))
    (number,) = [number for number, scores in enumerate(results.every(analysis.directory(service, W, made))) if scores.name == "influence"]
    path = sorted(directory.glob("[0-9]*.arrow"))[number]
    table = pa.ipc.open_file(path.read_bytes()).read_all()
    halves = pa.array([None if value is None else value / 2 for value in table["value"].to_pylist()], pa.float64())
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table.set_column(table.schema.get_field_index("value"), "value", halves))
    scored = {row["party_id"]: row["value"] for row in analysis.scores(service, W, "older", "influence")["items"]}
    explained = analysis.explain(service, W, "older", "a", "influence")
    assert explained["profile_version"] == 1
    assert explained["value"] == pytest.approx(2 * scored["a"])
    (warning,) = explained["warnings"]
    assert (warning["code"], warning["parties"]) == ("made-before", ("a",))
    assert str(scored["a"]) in warning["message"]
    assert analysis.explain(service, W, made, "a", "influence")["warnings"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"influence": {"banana": 1}}, "influence.banana"),
        ({"influence": {"reach": 0}}, "influence.reach"),
        ({"influence": {"reach": float("nan")}}, "influence.reach"),
        ({"influence": {"control": 1}}, "influence"),
        ({"influence": {}}, "influence"),
        ({"influence": {"reach": "1"}}, "influence"),
        ({"value_flow": {"reach": 1}}, "value_flow.reach"),
        ({"value_flow": None}, "value_flow"),
        ({"banana": 1}, "banana"),
    ],
)
def test_weights_that_cannot_be_used_are_named(service: Service, change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        profiles.save(service, W, "board", WEIGHTS | change)
    assert caught.value.errors[0].field == field
    assert profiles.names(service, W) == ["default"]


def test_scores_are_weighed_and_explained_by_the_version_that_they_were_made_with(service: Service) -> None:
    plain = analyse(service)
    profiles.save(service, W, "board", WEIGHTS)
    own = analyse(service, profile="board")
    profiles.save(service, W, "board", {**WEIGHTS, "influence": {"reach": 1.0}})
    newest = analyse(service, profile="board")
    before, weighed = parts(service, plain), parts(service, own)
    assert {name: part["weight"] for name, part in weighed.items()} == WEIGHTS["influence"]
    assert parts(service, newest).keys() == {"reach"}
    expected = (3 * before["reach"]["normalised"] + before["value_loops"]["normalised"]) / 4 * 100
    listed = {row["party_id"]: row["value"] for row in analysis.scores(service, W, own, "influence")["items"]}
    assert listed["a"] == pytest.approx(expected, abs=1e-9)
    assert sum(part["points"] for part in weighed.values()) == pytest.approx(expected, abs=1e-9)
    abouts = [analysis.analysis(service, W, name) for name in (plain, own, newest)]
    assert [(about["profile"], about["profile_version"]) for about in abouts] == [("default", 2), ("board", 1), ("board", 2)]
    assert len({about["parameters_hash"] for about in abouts}) == 3
    assert analysis.analysis(service, W, "latest")["analysis_id"] == plain


def test_control_counts_only_where_somebody_owns_the_focal_party(service: Service) -> None:
    profiles.save(service, W, "board", {**WEIGHTS, "influence": {"reach": 1.0, "control": 1.0}})
    assert parts(service, analyse(service, profile="board")).keys() == {"reach"}


def test_a_profile_that_is_not_there_is_refused_by_name(service: Service) -> None:
    with pytest.raises(InvalidInput) as caught:
        analyse(service, profile="banana")
    assert caught.value.errors[0].field == "profile"
