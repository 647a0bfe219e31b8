"""Long work over HTTP: submitted, followed, read, cancelled."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from service.imports.pipeline.read_process import APART_BYTES
from tests.api.conftest import Workspace, assert_problem, lines, money, party


@pytest.fixture
def traded(firm: Workspace) -> Workspace:
    """A workspace in which something flows."""
    firm.write(party("s1"), money("v1", valid_from="2025-03"), money("v2", source="firm", target="s1", valid_from="2025-03"))
    return firm


def analysed(w: Workspace, **fields: Any) -> dict[str, Any]:
    return w.job(w.ask("POST", "/analyses", fields))


def test_an_analysis_is_a_job_whose_result_can_be_read(traded: Workspace) -> None:
    job = analysed(traded)
    assert (job["state"], job["kind"], job["problem"]) == ("done", "analysis", None)
    analysis_id = job["result"]["analysis_id"]
    about = traded.get(f"/analyses/{analysis_id}")
    assert (about["state"], about["as_of"]) == ("done", "2025-12-31")
    assert {"snapshot_id", "parameters_hash", "engine", "timings", "warnings"} <= about.keys()
    assert [item["analysis_id"] for item in traded.get("/analyses")["items"]] == [analysis_id]
    page = traded.get("/analyses/latest/scores/influence")
    assert {item["party_id"] for item in page["items"]} == {"firm", "d1", "s1"}
    assert {"metric", "parameters", "total", "next_cursor"} <= page.keys()
    assert {item["metric"] for item in traded.get("/analyses/latest/parties/d1")["items"]} >= {"influence", "value_flow"}
    assert traded.get("/parties/d1")["scores"] != []


def test_an_explanation_says_what_a_score_is_made_of(traded: Workspace) -> None:
    analysed(traded)
    why = traded.get("/analyses/latest/parties/s1/explain?score=value_flow")
    assert why["value"] == pytest.approx(sum(part["points"] for part in why["parts"]))
    assert_problem(traded.ask("GET", "/analyses/latest/parties/banana/explain"), 404, "not-found")
    assert_problem(traded.ask("GET", "/analyses/latest/parties/s1/explain?score=banana"), 422, "invalid", field="score")


def test_two_analyses_are_compared_party_by_party(traded: Workspace) -> None:
    asked: dict[str, Any] = {"metrics": ["value_flow", "out_degree", "salience_class"], "parameters": {"implied_returns": False}}
    first = analysed(traded, **asked)["result"]["analysis_id"]
    traded.write(party("s2"), money("v4", source="firm", target="s2", valid_from="2025-04"))
    second = analysed(traded, **asked)["result"]["analysis_id"]
    found = traded.get(f"/analyses/compare?ids={first},{second}&name=out_degree")
    assert [item["analysis_id"] for item in found["analyses"]] == [first, second]
    assert found["differs"] == ["known_at", "snapshot_id"]
    assert [(item["party_id"], item["before"], item["after"], item["change"], item["rank_change"]) for item in found["items"]] == [
        ("firm", {"value": 1.0, "reason": None, "rank": 1}, {"value": 2.0, "reason": None, "rank": 1}, 1.0, 0),
        ("d1", {"value": 1.0, "reason": None, "rank": 1}, {"value": 1.0, "reason": None, "rank": 2}, 0.0, -1),
        ("s1", {"value": 0.0, "reason": None, "rank": 3}, {"value": 0.0, "reason": None, "rank": 3}, 0.0, 0),
        ("s2", None, {"value": 0.0, "reason": None, "rank": 3}, None, None),
    ]
    page = traded.get(f"/analyses/compare?ids={first},{second}&name=out_degree&limit=3")
    rest = traded.get(f"/analyses/compare?ids={first},{second}&name=out_degree&cursor={page['next_cursor']}")
    assert page["items"] + rest["items"] == found["items"]
    assert_problem(traded.ask("GET", f"/analyses/compare?ids={first}"), 422, "invalid", field="ids")
    assert_problem(traded.ask("GET", f"/analyses/compare?ids={first},{second}&name=salience_class"), 422, "invalid", field="name")
    assert_problem(traded.ask("GET", f"/analyses/compare?ids={first},{second}&name=wso"), 404, "not-found")


def test_views_are_of_the_snapshot_of_the_analysis(traded: Workspace) -> None:
    analysed(traded)
    for view in ("loops", "flows", "sinks", "tiers", "give-get", "ownership", "ties", "data-quality", "bottleneck?from=s1&to=firm"):
        assert isinstance(traded.get(f"/analyses/latest/{view}"), dict)
    assert_problem(traded.ask("GET", "/analyses/latest/sinks?party=banana"), 422, "invalid", field="party")
    assert_problem(traded.ask("GET", "/analyses/latest/tiers?max_tier=101"), 422, "invalid", field="max_tier")


def test_flows_are_paged(traded: Workspace) -> None:
    goods = {"kind": "goods", "amount": None, "quantity": 3}
    traded.write(money("v3", source="s1", valid_from="2025-03"), money("v4", source="firm", target="d1", valid_from="2025", **goods))
    analysed(traded)
    every = traded.get("/analyses/latest/flows")
    assert len(every["items"]) > 1
    first = traded.get("/analyses/latest/flows?limit=1")
    rest = traded.get(f"/analyses/latest/flows?limit=1000&cursor={first['next_cursor']}")
    assert first["items"] + rest["items"] == every["items"]
    assert rest["next_cursor"] is None


def test_a_parameter_that_only_the_graph_shows_to_be_invalid_fails_the_job_with_its_limit(traded: Workspace) -> None:
    """Two ties from the firm: the largest eigenvalue is the root of 2."""
    job = analysed(traded, metrics=[{"metric": "katz", "parameters": {"graph": "tie", "weight": "none", "alpha": 0.8}}])
    problem = job["problem"]
    assert (job["state"], problem["type"], problem["status"]) == ("failed", "/problems/parameter-out-of-range", 422)
    assert (problem["metric"], problem["parameter"], problem["limit"]) == ("katz", "alpha", pytest.approx(0.5**0.5))
    assert "1 / lambda_max = 0.707107" in problem["detail"]
    assert analysed(traded, metrics=["katz"])["state"] == "done"


def test_an_analysis_of_what_is_not_there_is_refused_at_once(traded: Workspace) -> None:
    assert_problem(traded.ask("POST", "/analyses", {"metrics": ["banana"]}), 422, "invalid", field="metrics[0]")
    assert_problem(traded.ask("POST", "/analyses", {"parameters": {"alpha": 7}}), 422, "invalid")
    assert_problem(traded.ask("POST", "/analyses", {"banana": 1}), 422, "invalid", field="banana")
    assert_problem(traded.ask("POST", "/analyses", {"as_of": "banana"}), 422, "invalid", field="as_of")
    assert_problem(traded.ask("POST", "/analyses", {"known_at": "banana"}), 422, "invalid", field="known_at")
    assert_problem(traded.ask("GET", "/analyses/latest"), 404, "not-found")


def test_a_score_profile_is_saved_and_analysed_with(traded: Workspace) -> None:
    weights = {"influence": {"reach": 1.0}, "value_flow": {"pass_through": 1.0}}
    saved = traded.ask("PUT", "/score-profiles/board", weights)
    assert (saved.status_code, saved.json()["version"]) == (200, 1)
    assert traded.get("/score-profiles/board").items() >= weights.items()
    assert [item["name"] for item in traded.get("/score-profiles")["items"]] == ["default", "board"]
    assert sum(traded.get("/score-profiles/default")["influence"].values()) == pytest.approx(1.0)
    assert_problem(traded.ask("PUT", "/score-profiles/board", {**weights, "influence": {"banana": 1}}), 422, "invalid", field="influence.banana")
    assert_problem(traded.ask("GET", "/score-profiles/none"), 404, "not-found")
    assert_problem(traded.ask("POST", "/analyses", {"profile": "none"}), 422, "invalid", field="profile")


def test_the_registry_describes_every_metric(w: Workspace) -> None:
    items = w.get("/metrics")["items"]
    assert {"influence", "value_flow", "wso"} <= {item["name"] for item in items}
    assert all({"name", "family", "question", "formula", "undefined_when", "parameters", "reference", "cost"} <= item.keys() for item in items)


def test_paths_lead_from_one_party_to_another(traded: Workspace) -> None:
    found = traded.get("/paths?from=d1&to=s1")["items"]
    assert found[0]["parties"] == ["d1", "firm", "s1"]
    assert_problem(traded.ask("GET", "/paths?from=d1&to=banana"), 404, "not-found")
    assert_problem(traded.ask("GET", "/paths?from=d1"), 422, "invalid", field="to")


def test_a_report_is_made_and_fetched_as_a_file(traded: Workspace) -> None:
    analysed(traded)
    assert [item["kind"] for item in traded.get("/reports/kinds")["items"]] == ["strategy"]
    job = traded.job(traded.ask("POST", "/reports", {"kind": "strategy", "format": "html", "locale": "zh"}))
    assert job["state"] == "done", job
    file = traded.ask("GET", f"/reports/{job['result']['report_id']}")
    assert (file.status_code, file.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "战略报告" in file.text
    assert_problem(traded.ask("POST", "/reports", {"kind": "banana"}), 422, "invalid", field="kind")
    assert_problem(traded.ask("POST", "/reports", {"kind": "strategy", "as_of": "banana"}), 422, "invalid", field="as_of")
    assert_problem(traded.ask("GET", "/reports/banana"), 404, "not-found")


def test_a_file_is_imported_by_the_worker(w: Workspace) -> None:
    content = b"\n".join(json.dumps(record).encode() for record in (party("firm"), party("d1"), money("v1")))

    def sent(query: str = "", **headers: str) -> httpx.Response:
        return w.client.post(f"{w.path}/imports{query}", files={"file": ("records.ndjson", content, "application/x-ndjson")}, headers=headers)

    tried = w.job(sent("?dry_run=true"))
    assert (tried["state"], tried["result"]["created"], w.revision) == ("done", 3, 0)
    first = sent(**{"idempotency-key": "i"})
    done = w.job(first)
    assert (done["result"]["created"], done["result"]["rejected"]) == (3, 0)
    assert sent(**{"idempotency-key": "i"}).json()["id"] == first.json()["id"]
    assert w.job(sent())["result"]["unchanged"] == 3


def test_an_import_of_bad_lines_fails_with_their_lines(w: Workspace) -> None:
    files = {"file": ("records.ndjson", json.dumps(party("x", kind="banana")).encode(), "application/x-ndjson")}
    job = w.job(w.client.post(f"{w.path}/imports", files=files))
    assert (job["state"], job["problem"]["status"], job["problem"]["errors"][0]["line"]) == ("failed", 422, 1)
    assert w.revision == 0


def test_the_worker_reads_a_large_file_in_a_process_of_its_own(w: Workspace) -> None:
    """As a service runs it, with a thread of the worker reading its input meanwhile."""
    records = [party(f"p{number}", attributes={"note": "x" * 600}) for number in range(4_000)]
    content = lines(*records)
    assert len(content) > APART_BYTES
    assert w.job(w.client.post(f"{w.path}/imports", files={"file": ("r.ndjson", content)}))["result"]["created"] == len(records)
    faulty = content + b'\n{"type":"party","id":"p","name":"x","kind":"banana"}'
    job = w.job(w.client.post(f"{w.path}/imports", files={"file": ("r.ndjson", faulty)}))
    assert (job["state"], [error["line"] for error in job["problem"]["errors"]]) == ("failed", [len(records) + 1])


def test_an_upload_above_its_limit_is_refused_while_it_streams(w: Workspace) -> None:
    files = {"file": ("large.ndjson", b"x" * (10 << 20), "application/x-ndjson")}
    assert_problem(w.client.post(f"{w.path}/imports", files=files), 413, "too-large")


def test_an_import_without_a_file_or_with_an_unknown_mapping_is_refused(w: Workspace) -> None:
    assert_problem(w.client.post(f"{w.path}/imports", data={"mapping": "x"}, files={"other": ("a", b"b")}), 422, "invalid", field="file")
    assert_problem(w.client.post(f"{w.path}/imports", data={"mapping": "banana"}, files={"file": ("a.csv", b"a,b\n1,2\n")}), 404, "not-found")


def test_a_mapping_is_kept_in_versions(w: Workspace) -> None:
    record = '{type: party, id: "{id}", name: "{name}", kind: person}'
    text = f"name: people\nfiles:\n  people:\n    pattern: people*.csv\n    records:\n      - {record}\n"
    yaml = {"content-type": "application/yaml"}
    answer = w.client.put(f"{w.path}/mappings/people", content=text.encode(), headers=yaml)
    assert (answer.json()["name"], answer.json()["version"]) == ("people", 1)
    assert w.client.put(f"{w.path}/mappings/people", content=text.encode(), headers=yaml).json()["version"] == 1
    changed = text.replace("person", "organization")
    assert w.client.put(f"{w.path}/mappings/people", content=changed.encode(), headers=yaml).json()["version"] == 2
    assert w.get("/mappings/people")["mapping"] == changed
    assert w.get("/mappings/people?version=1")["mapping"] == text
    assert [item["name"] for item in w.get("/mappings")["items"]] == ["people"]
    assert_problem(w.client.put(f"{w.path}/mappings/people", content=b"name: [", headers=yaml), 400, "malformed")
    assert_problem(w.client.put(f"{w.path}/mappings/other", content=text.encode(), headers=yaml), 422, "invalid", field="name")
    assert_problem(w.ask("GET", "/mappings/banana"), 404, "not-found")


def test_a_job_is_followed_as_events_to_its_end(traded: Workspace) -> None:
    submitted = traded.ask("POST", "/analyses", {})
    with traded.client.stream("GET", submitted.headers["location"] + "/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        text = "".join(answer.iter_text())
    assert text.rstrip().splitlines()[-2] == "event: ended"
    assert '"state":"done"' in text


def test_a_job_that_has_ended_stays_as_it_is_when_it_is_cancelled(traded: Workspace) -> None:
    job = analysed(traded)
    assert traded.client.delete(f"/v1/jobs/{job['id']}").json()["state"] == "done"
    assert_problem(traded.client.delete("/v1/jobs/banana"), 404, "not-found")
    assert_problem(traded.client.get("/v1/jobs/banana"), 404, "not-found")
    assert_problem(traded.client.get("/v1/jobs/banana/events"), 404, "not-found")


def test_the_same_key_gives_the_same_job(traded: Workspace) -> None:
    first = traded.ask("POST", "/analyses", {}, Idempotency_Key="a")
    assert traded.ask("POST", "/analyses", {}, Idempotency_Key="a").json()["id"] == first.json()["id"]
    assert_problem(traded.ask("POST", "/analyses", {"metrics": ["wso"]}, Idempotency_Key="a"), 422, "idempotency-key-reused")
    traded.job(first)


def test_the_service_says_how_it_is(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]["store"]) == (200, "ok")
    assert client.get("/v1/version").json()["api"] == "v1"
    text = client.get("/metrics").text
    assert 'stakeholder_graph_requests_total{method="GET",status="200"}' in text


def test_prometheus_reads_what_the_service_counts(traded: Workspace) -> None:
    traded.job(traded.ask("POST", "/analyses", {"metrics": ["wso"]}))
    answer = traded.client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert all(family.documentation for family in families.values())
    samples = {(sample.name, tuple(sample.labels.values())): sample.value for family in families.values() for sample in family.samples}
    requests = [value for (name, _), value in samples.items() if name == "stakeholder_graph_requests_total"]
    assert sum(requests) == samples["stakeholder_graph_request_seconds_count", ()]
    assert samples["stakeholder_graph_requests_total", ("POST", "202")] >= 1
    assert samples["stakeholder_graph_request_seconds_bucket", ("+Inf",)] == samples["stakeholder_graph_request_seconds_count", ()]
    assert samples["stakeholder_graph_jobs", ("done",)] >= 1
    assert samples["stakeholder_graph_jobs", ("failed",)] == 0
    assert samples["stakeholder_graph_workspaces", ()] >= 1
    assert samples["stakeholder_graph_ecosystem_bytes", ()] > 0
    assert samples["process_resident_memory_bytes", ()] > 0
    sizes = {labels: value for (name, labels), value in samples.items() if name == "stakeholder_graph_store_bytes"}
    assert all(value > 0 for value in sizes.values())
