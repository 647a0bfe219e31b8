"""Communities and the network as a whole, over HTTP."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from tests.api.conftest import Workspace, assert_problem, party


def circles(*groups: str, **fields: Any) -> list[dict[str, Any]]:
    """Parties named by letters, everybody in a group knows everybody in it."""
    made = [party(name) for name in sorted({name for group in groups for name in group})]
    for group in groups:
        made += [{"type": "relationship", "id": f"{a}{b}", "source": a, "target": b, "kind": "knows", **fields} for a, b in combinations(group, 2)]
    return made


def analysed(w: Workspace, **request: Any) -> str:
    job = w.job(w.ask("POST", "/analyses", request))
    assert job["state"] == "done", job
    return str(job["result"]["analysis_id"])


def test_communities_are_answered_page_by_page_under_the_ids_of_the_metric(w: Workspace) -> None:
    w.write(*circles("abc", "wxyz"), party("firm"))
    analysis_id = analysed(w, metrics=[{"metric": "community", "parameters": {"match_to": {"a": "7", "b": "7", "c": "7"}}}])
    found = w.get(f"/analyses/{analysis_id}/communities?limit=2")
    assert [(item["community_id"], item["size"], item["parties"]) for item in found["items"]] == [("8", 4, list("wxyz")), ("7", 3, list("abc"))]
    assert found["items"][1]["label"] == {"en": "Parties around a", "zh": "以a为中心的各方"}
    assert 0.4 < found["modularity"] < 0.5
    rest = w.get(f"/analyses/{analysis_id}/communities?limit=2&cursor={found['next_cursor']}")
    assert [item["parties"] for item in rest["items"]] == [["firm"]]
    assert w.get(f"/analyses/{analysis_id}/communities?community=7")["total"] == 1
    items = {item["party_id"]: (item["value"], item["rank"]) for item in w.get(f"/analyses/{analysis_id}/scores/community")["items"]}
    assert items == dict.fromkeys("abc", ("7", None)) | dict.fromkeys("wxyz", ("8", None)) | {"firm": ("9", None)}


def test_communities_are_found_on_demand_where_the_metric_was_not_asked_for(w: Workspace) -> None:
    w.write(*circles("abc", "wxyz"), party("firm"))
    analysis_id = analysed(w, metrics=["degree"])
    assert [item["community_id"] for item in w.get(f"/analyses/{analysis_id}/communities")["items"]] == ["1", "2", "3"]


def test_communities_cannot_match_what_is_no_text(w: Workspace) -> None:
    w.write(party("firm"))
    bad = {"metrics": [{"metric": "community", "parameters": {"match_to": {"a": 7}}}]}
    assert_problem(w.ask("POST", "/analyses", bad), 422, "invalid", code="wrong-type", field="metrics[0].parameters.match_to")


def test_the_network_is_kept_by_the_default_set_and_else_computed_on_demand(w: Workspace) -> None:
    w.write(*circles("abc", "wxyz"), party("firm"))
    kept, fresh = analysed(w), analysed(w, metrics=["degree"])
    found = w.get(f"/analyses/{kept}/network")["statistics"]
    assert found == w.get(f"/analyses/{fresh}/network")["statistics"]
    values = {item["statistic"]: item["value"] for item in found}
    assert (values["parties"], values["components"], values["density"]) == (8, 3, 9 / 28)
    assert "network" in w.get(f"/analyses/{kept}")["timings"]
    (mixing,) = [item for item in found if item["statistic"] == "assortativity_role"]
    assert mixing == {"statistic": "assortativity_role", "value": None, "reason": "no-roles", "parameters": {}}


def test_bridges_are_paged(w: Workspace) -> None:
    """Two triangles, tied by c-w, and a firm that hangs on a."""
    w.write(*circles("abc", "wxy", "cw"), party("firm"), {"type": "relationship", "id": "t", "source": "firm", "target": "a", "kind": "knows"})
    analysis_id = analysed(w)
    page = w.get(f"/analyses/{analysis_id}/network?limit=1")
    assert (page["bridges"], page["total"]) == ([{"source": "a", "target": "firm"}], 2)
    rest = w.get(f"/analyses/{analysis_id}/network?limit=1&cursor={page['next_cursor']}")
    assert (rest["bridges"], rest["next_cursor"]) == ([{"source": "c", "target": "w"}], None)
    assert rest["statistics"] == page["statistics"]
