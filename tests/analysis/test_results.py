"""An analysis from its request to its pages: what is refused, what is kept, what latest means, and that the same data gives the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph_models.analysis.registry import METRICS
from graph_models.errors import InvalidInput, NotFound, TooCostly
from graph_models.records.vocabulary import BUILT_IN
from service.analysis import result_files as results
from service.analysis import results as analysis
from service.analysis import run as analysis_job
from service.analysis.party_profile import party_page
from service.analysis.request import check_place, check_request
from service.core.settings import read_settings
from service.facts.batch_writing import write_batch
from service.facts.ndjson import parse_ndjson
from service.jobs.job import no_progress
from service.processes.compute_process import Calculator
from service.workspaces.context import Service

W = "w"


def party(party_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "party", "id": party_id, "name": party_id.upper(), "kind": "organization", **more}


def gives(source: str, target: str, utility: float) -> dict[str, Any]:
    return {"type": "value_flow", "id": f"{source}>{target}", "source": source, "target": target, "kind": "knowledge", "utility": utility}


SMALL = [
    *map(party, "sab"),
    *(gives(*flow) for flow in (("s", "a", 0.5), ("a", "s", 0.8), ("s", "b", 0.3), ("b", "s", 0.4))),
    {"type": "role", "id": "r", "source": "a", "target": "s", "role": "supplier", "stage": "active"},
    {"type": "touchpoint", "id": "t", "source": "a", "target": "s", "kind": "call", "occurred_at": "2025-03-01"},
]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    opened = Service(read_settings(store=f"sqlite:///{tmp_path / 'stores'}", data=tmp_path / "data"))
    opened.create_workspace({"id": W, "name": "W", "focal_party_id": "s", "default_as_of": "2025-12-31"})
    write(opened, *SMALL)
    yield opened
    opened.close()


def write(service: Service, *records: dict[str, Any]) -> None:
    parsed = parse_ndjson([json.dumps(record).encode() for record in records])
    write_batch(service.store(W), BUILT_IN, parsed.records, parsed.errors)


def analyse(service: Service, **request: Any) -> str:
    return str(analysis_job.run_job(service, W, request, no_progress)["analysis_id"])


def refused(**request: Any) -> str | None:
    with pytest.raises(InvalidInput) as caught:
        check_request(request, BUILT_IN)
    return caught.value.errors[0].field


def test_what_is_wrong_with_a_request_is_named() -> None:
    assert refused(metrics=["banana"]) == "metrics[0]"
    assert refused(metrics=["wso", {"metric": "wvfo"}]) == "metrics[1]"
    assert refused(metrics=["pagerank", "pagerank"]) == "metrics[1].name"
    assert refused(metrics=[{"metric": "pagerank", "parameters": {"alpha": 1.5}}]) == "metrics[0].parameters.alpha"
    assert refused(parameters={"banana": 1}) == "parameters.banana"
    assert refused(parameters={"graph": "banana"}) == "parameters.graph"
    assert refused(filter={"banana": ["x"]}) == "filter.banana"
    assert refused(banana=1) == "banana"


def test_an_analysis_that_would_need_too_much_memory_is_refused_before_it_is_queued(service: Service) -> None:
    plan = check_request({"metrics": ["degree"]}, BUILT_IN)
    assert check_place(service, W, plan)[0].day is not None
    small = Service(service.settings.model_copy(update={"analysis_memory_mb": 64}))
    try:
        with pytest.raises(TooCostly, match="the limit is 64 MB") as refusal:
            check_place(small, W, plan)
    finally:
        small.close()
    assert refusal.value.facts["limit"] == 64 << 20
    assert refusal.value.facts["needed"] > 64 << 20


def test_an_analysis_says_what_it_is_of_and_what_it_ran_with(service: Service) -> None:
    about = analysis.analysis(service, W, analyse(service, metrics=["wso"], parameters={"max_length": 3}))
    assert (about["state"], about["as_of"], about["known_at"]) == ("done", "2025-12-31", service.store(W).head())
    assert about["metrics"]["wso"]["parameters"]["max_length"] == 3
    assert set(about["engine"]) >= {"networkx", "numpy", "scipy", "python"}
    assert set(about["timings"]) == {"wso"}


def test_scores_are_paged_best_first_and_undefined_ones_last(service: Service) -> None:
    analysis_id = analyse(service, metrics=["influence", "wso"])
    page = analysis.scores(service, W, analysis_id, "wso", limit=2)
    assert [(item["party_id"], round(item["value"], 6), item["rank"]) for item in page["items"]] == [("s", 1.0, 1), ("a", 0.769231, 2)]
    rest = analysis.scores(service, W, analysis_id, "wso", limit=2, offset=2)
    assert [item["party_id"] for item in rest["items"]] == ["b"]
    last = analysis.scores(service, W, analysis_id, "influence")["items"][-1]
    assert (last["party_id"], last["value"], last["reason"], last["rank"]) == ("s", None, "focal-party", None)
    assert [item["party_id"] for item in analysis.scores(service, W, analysis_id, "wso", descending=False)["items"]] == ["b", "a", "s"]
    assert [item["party_id"] for item in analysis.scores(service, W, analysis_id, "wso", roles=["supplier"])["items"]] == ["a"]


def test_the_default_set_asks_of_ownership_and_surveys_where_there_are_any(service: Service) -> None:
    about = analysis.analysis(service, W, analyse(service))
    assert {"nps", "csat", "ces", "integrated_ownership", "control"}.isdisjoint(about["metrics"])
    assert {"disruption", "trophic_level", "hhi_in", "hhi_out", "top1_in", "top1_out"} <= about["metrics"].keys()
    answer = {"type": "touchpoint", "source": "a", "target": "s", "kind": "survey_answer", "occurred_at": "2025-03-01", "measure": "csat"}
    write(service, *({**answer, "id": f"q{place}", "value": value} for place, value in enumerate((5, 4, 2, 5))))
    write(service, {"type": "relationship", "id": "o", "source": "b", "target": "s", "kind": "owns", "share": 0.4})
    about = analysis.analysis(service, W, analyse(service))
    assert {"csat", "integrated_ownership", "control"} <= about["metrics"].keys()
    assert {"nps", "ces"}.isdisjoint(about["metrics"])
    found, without, _ = analysis.scores(service, W, about["analysis_id"], "csat")["items"]
    assert (found["party_id"], found["value"], found["n"], round(found["low"], 2), round(found["high"], 2)) == ("a", 75, 4, 30.06, 95.44)
    assert (without["value"], without["reason"], without["n"], without["low"], without["high"]) == (None, "no-answers", None, None, None)
    of_party = {item["name"]: item for item in analysis.party_scores(service, W, about["analysis_id"], "a")["items"]}
    assert of_party["csat"]["n"] == 4
    assert "n" not in of_party["wso"]


def test_a_bound_is_flagged_where_scores_are_listed(service: Service) -> None:
    rows = (("a", "b", 50), ("b", "a", 20), ("b", "s", 60), ("s", "a", 5))
    money = [{"type": "value_flow", "id": f"m{u}{v}", "source": v, "target": u, "kind": "money", "amount": w} for u, v, w in rows]
    write(service, *money, party("work"), {**money[0], "id": "w", "source": "a", "target": "work", "amount": 30})
    analysis_id = analyse(service, metrics=["pass_through_up", "value_flow", "influence"], parameters={"exact": 0})
    for name, bounds in (("pass_through_up", {"a", "b"}), ("value_flow", {"a", "b"}), ("influence", set())):
        assert {item["party_id"] for item in analysis.scores(service, W, analysis_id, name)["items"] if item["bound"]} == bounds
    exact = analyse(service, metrics=["pass_through_up", "value_flow"])
    assert not any(item["bound"] for name in ("pass_through_up", "value_flow") for item in analysis.scores(service, W, exact, name)["items"])


def test_texts_are_paged_by_text_without_rank(service: Service) -> None:
    judged = {"type": "assessment", "id": "j", "target": "b", "scheme": "salience", "values": {"power": 0.9}, "valid_from": "2025-01-01"}
    write(service, judged)
    items = analysis.scores(service, W, analyse(service, metrics=["salience_class"], parameters={"salience": "judged"}), "salience_class")["items"]
    assert (items[0]["party_id"], items[0]["value"], items[0]["rank"]) == ("b", "dormant", None)


def test_two_runs_of_a_metric_are_told_apart_by_name(service: Service) -> None:
    paid = {"metric": "degree", "name": "of-roles", "parameters": {"graph": "facts", "kinds": ["supplier"]}}
    analysis_id = analyse(service, metrics=["degree", paid])
    items = {item["name"]: item["value"] for item in analysis.party_scores(service, W, analysis_id, "b")["items"]}
    assert items == {"degree": 1.0, "of-roles": 0.0}


def test_a_filter_limits_the_answer_and_not_the_graph(service: Service) -> None:
    whole = analysis.scores(service, W, analyse(service, metrics=["wso"]), "wso")["items"]
    part = analysis.scores(service, W, analyse(service, metrics=["wso"], filter={"role": ["supplier"]}), "wso")["items"]
    assert part == [item for item in whole if item["party_id"] == "a"]


def test_latest_is_the_newest_of_now_without_filter_that_has_what_is_asked_for(service: Service) -> None:
    with pytest.raises(NotFound):
        analysis.analysis(service, W, "latest")
    first = analyse(service, metrics=["influence"])
    second = analyse(service, metrics=["wso"])
    analyse(service, metrics=["wso"], filter={"role": ["supplier"]})
    analyse(service, metrics=["wso"], known_at=1)
    assert analysis.analysis(service, W, "latest")["analysis_id"] == second
    assert analysis.analysis(service, W, "latest", ["influence"])["analysis_id"] == first
    with pytest.raises(NotFound):
        analysis.scores(service, W, "latest", "pagerank")


def test_the_same_data_and_parameters_give_the_same_numbers_and_digests(service: Service, tmp_path: Path) -> None:
    other = Service(read_settings(store=f"sqlite:///{tmp_path / 'other'}", data=tmp_path / "other-data"))
    other.create_workspace({"id": W, "name": "W", "focal_party_id": "s", "default_as_of": "2025-12-31"})
    write(other, *reversed(SMALL))
    one, two = analysis.analysis(service, W, analyse(service)), analysis.analysis(other, W, analyse(other))
    other_pages = [analysis.scores(other, W, two["analysis_id"], name) for name in two["metrics"]]
    other.close()
    assert (one["snapshot_id"], one["parameters_hash"]) == (two["snapshot_id"], two["parameters_hash"])
    assert [analysis.scores(service, W, one["analysis_id"], name) for name in one["metrics"]] == other_pages


def test_the_parameters_hash_changes_with_whatever_makes_another_number(service: Service) -> None:
    def hashed(**request: Any) -> str:
        return str(analysis.analysis(service, W, analyse(service, metrics=["wso"], **request))["parameters_hash"])

    plain = hashed()
    assert hashed() == plain
    assert hashed(parameters={"max_length": 4}) != plain
    write(service, {"type": "exchange_rate", "currency": "EUR", "base_currency": "CNY", "rate": 7.8, "valid_from": "2025"})
    assert hashed() != plain


def test_an_analysis_of_what_was_known_before_is_not_that_of_now(service: Service) -> None:
    write(service, gives("a", "s", 0.1))
    before = analysis.scores(service, W, analyse(service, metrics=["wso"], known_at=1), "wso")["items"]
    now = analysis.scores(service, W, analyse(service, metrics=["wso"]), "wso")["items"]
    assert {item["party_id"]: round(item["value"], 6) for item in before}["a"] == 0.769231
    assert before != now


def test_the_default_set_leaves_out_what_nothing_is_known_of(service: Service) -> None:
    names = analysis.analysis(service, W, analyse(service))["metrics"]
    assert {"influence", "value_flow", "wso", "reach"} <= names.keys() <= {metric.name for metric in METRICS}
    assert "control" not in names


def test_explanations_and_views_are_of_the_snapshot_of_their_analysis(service: Service) -> None:
    analysis_id = analyse(service, metrics=["influence"])
    why = analysis.explain(service, W, analysis_id, "a", "influence")
    write(service, gives("a", "s", 0.01))
    assert analysis.explain(service, W, analysis_id, "a", "influence") == why
    assert [round(item["score"], 9) for item in analysis.view(service, W, analysis_id, "loops", {})["items"]] == [0.4, 0.12]
    with pytest.raises(NotFound):
        analysis.explain(service, W, analysis_id, "banana", "influence")
    with pytest.raises(InvalidInput):
        analysis.view(service, W, analysis_id, "give-get", {"party": "banana"})


def test_paths_are_ranked_by_the_product_of_their_ties(service: Service) -> None:
    found = analysis.paths(service, W, "a", "b", k=2)
    assert [item["parties"] for item in found["items"]] == [["a", "s", "b"]]
    assert found["items"][0]["facts"][:2]
    with pytest.raises(NotFound):
        analysis.paths(service, W, "a", "banana")


def test_a_workspace_made_anew_is_not_answered_with_the_old_ecosystem(service: Service) -> None:
    first = analysis.scores(service, W, analyse(service, metrics=["wso"]), "wso")["items"]
    service.delete_workspace(W)
    service.create_workspace({"id": W, "name": "W", "focal_party_id": "s", "default_as_of": "2025-12-31"})
    write(service, *map(party, "sab"), gives("s", "a", 0.9), gives("a", "s", 0.9))
    assert analysis.scores(service, W, analyse(service, metrics=["wso"]), "wso")["items"] != first


def test_a_party_page_has_roles_scores_balance_and_touchpoints(service: Service) -> None:
    bare = json.loads(party_page(service, W, "a"))
    assert bare["scores"] == []
    analyse(service, metrics=["influence"])
    page = json.loads(party_page(service, W, "a"))
    assert [role["id"] for role in page["roles"]] == ["r"]
    assert [score["metric"] for score in page["scores"]] == ["influence"]
    assert [(item["kind"], item["given"], item["received"]) for item in page["give_get"]] == [("knowledge", 1, 1)]
    assert [touchpoint["id"] for touchpoint in page["touchpoints"]] == ["t"]


def test_results_are_there_whole_or_not_at_all(service: Service) -> None:
    analysis_id = analyse(service, metrics=["wso"])
    directory = service.directory(W, "analyses")
    assert [path.name for path in directory.iterdir()] == [analysis_id]
    with pytest.raises(NotFound):
        results.named(directory / analysis_id, "pagerank")


def test_the_calculating_process_answers_as_the_functions_do_and_passes_errors_on(service: Service) -> None:
    analysis_id = analyse(service, metrics=["influence"])
    calculator = Calculator(service.settings)
    try:
        asked = {"analysis_id": analysis_id, "party": "a", "score": "influence"}
        assert calculator.ask("explain", W, **asked) == analysis.explain(service, W, **asked)
        with pytest.raises(NotFound) as caught:
            calculator.ask("explain", W, **{**asked, "party": "banana"})
        assert "banana" in caught.value.message
    finally:
        calculator.close()
