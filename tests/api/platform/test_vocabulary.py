"""The vocabulary over HTTP: the product's, and a workspace's own."""

from __future__ import annotations

import httpx

from tests.api.conftest import Workspace, assert_problem, lines, party

INSTALLER = {"id": "installer", "label": {"en": "Installer", "zh": "安装商"}, "plural": {"en": "Installers", "zh": "安装商"}, "default_strength": 0.3}


def test_the_vocabulary_has_labels_in_both_languages(client: httpx.Client) -> None:
    found = client.get("/v1/vocabulary").json()
    assert {"party_kinds", "roles", "stages", "relationship_kinds", "value_kinds", "touchpoint_kinds", "dimensions"} <= found.keys()
    distributor = next(item for item in found["roles"] if item["id"] == "distributor")
    assert distributor["label"].keys() == {"en", "zh"}
    assert (distributor["neo4j_label"], "default_strength" in distributor, "directed" in distributor) == ("Distributor", True, True)


def test_an_own_role_can_be_written_once_it_is_added(w: Workspace) -> None:
    record = {"type": "role", "id": "r1", "source": "d1", "target": "firm", "role": "installer"}
    assert_problem(w.batch(party("firm"), party("d1"), record), 422, "invalid", line=3, field="role")
    answer = w.ask("POST", "/vocabulary", {"roles": [INSTALLER]})
    added = next(item for item in answer.json()["roles"] if item["id"] == "installer")
    assert (answer.status_code, added["own"], added["neo4j_label"]) == (200, True, "Installer")
    w.write(party("firm"), party("d1"), record)
    assert w.get("/parties?role=installer")["items"][0]["id"] == "d1"


def test_what_is_part_of_the_product_cannot_be_replaced(w: Workspace) -> None:
    assert_problem(w.ask("POST", "/vocabulary", {"roles": [INSTALLER | {"id": "supplier"}]}), 422, "invalid", code="built-in")


def test_a_term_that_is_not_valid_is_refused_with_its_field(w: Workspace) -> None:
    assert_problem(w.ask("POST", "/vocabulary", {"roles": [{"id": "Not Valid", "label": {"en": "x", "zh": "x"}}]}), 422, "invalid", code="invalid")
    assert_problem(w.ask("POST", "/vocabulary", {"banana": []}), 422, "invalid")


def test_a_batch_may_bring_the_terms_that_its_records_use(w: Workspace) -> None:
    record = {"type": "role", "id": "r1", "source": "d1", "target": "firm", "role": "installer"}
    w.write({"type": "vocabulary", "roles": [INSTALLER]}, party("firm"), party("d1"), record)
    assert "installer" in [item["id"] for item in w.get("/vocabulary")["roles"]]


def test_the_terms_of_a_refused_batch_are_taken_back(w: Workspace) -> None:
    assert_problem(w.batch({"type": "vocabulary", "roles": [INSTALLER]}, party("firm", kind="banana")), 422, "invalid", line=2, field="kind")
    assert "installer" not in [item["id"] for item in w.get("/vocabulary")["roles"]]


def test_a_term_of_a_batch_that_clashes_is_an_error_of_its_line(w: Workspace) -> None:
    body = lines(party("firm"), {"type": "vocabulary", "roles": [INSTALLER | {"id": "supplier"}]})
    assert_problem(w.ask("POST", "/batches", body), 422, "invalid", line=2, code="built-in")
    skipped = w.ask("POST", "/batches?on_error=skip", body).json()
    assert (skipped["created"], skipped["rejected"]) == (1, 1)
