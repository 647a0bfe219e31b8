"""The Cypher script, run by a real Neo4j: the database then holds what the store would have written."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from neo4j import GraphDatabase, Session

from examples.demo import demo_records
from graph_models.records.json_codec import record_of
from graph_models.records.vocabulary import BUILT_IN, terms_of
from service.core.settings import read_settings
from service.exports.registry import exported, format_named
from service.facts.batch_writing import write_batch
from service.stores.neo4j.script import literal
from service.stores.registry import open_store
from service.stores.sqlite.store import EmbeddedStore
from tests.conftest import WORKSPACE

ODD = "a\"b'c\\d \\u0041 \\\\u0041 \\\\\\u00e9 // $x /* `\n\t\r\x00 华为\U0001f600"
RECORDS = (
    "MATCH (n) WHERE n.record IS NOT NULL AND NOT n:Superseded RETURN n.record AS record "
    "UNION ALL MATCH ()-[r]->() WHERE r.record IS NOT NULL RETURN r.record AS record"
)
LABELS = "MATCH (p:Party) UNWIND labels(p) AS label RETURN label, count(*) AS n"


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_VALUES = _TEXTS | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.none()


@pytest.fixture
def session(neo4j_address: str) -> Iterator[Session]:
    """An empty database."""
    asked = read_settings(store=neo4j_address)
    store = open_store(asked, WORKSPACE)
    store.clear()
    store.close()
    there = asked.neo4j
    with GraphDatabase.driver(there.uri, auth=(there.user, there.password.get_secret_value())) as driver, driver.session(database=there.database) as session:
        yield session


@pytest.mark.neo4j
def test_the_script_fills_a_database_with_every_record(session: Session, tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "demo.sqlite")
    odd = {"type": "party", "id": "odd/ü'\\u0041", "name": ODD.replace("\x00", ""), "kind": "organization"}
    then = {"type": "party", "id": "s", "name": "Then", "kind": "person", "valid_from": "2020", "valid_to": "2023"}
    sliced = [then, then | {"name": "Now", "valid_from": "2024", "valid_to": None}]
    records = [*demo_records(), odd, *sliced]
    write_batch(store, BUILT_IN, [(line, record_of(record)) for line, record in enumerate(records, 1)])
    text = b"".join(exported(store, BUILT_IN, format_named("cypher"))).decode()
    for one in text.split(";\n"):
        if one.strip():
            session.run(one).consume()
    wanted = b"".join(exported(store, BUILT_IN, format_named("ndjson"))).decode().splitlines()
    assert Counter(record["record"] for record in session.run(RECORDS)) == Counter(wanted)
    names = {record["name"] for record in session.run("MATCH (p:Party) RETURN p.name AS name")}
    assert {odd["name"], "Now"} <= names
    labels = {record["label"]: record["n"] for record in session.run(LABELS)}
    suppliers = {line["source"] for line in map(json.loads, wanted) if line["type"] == "role" and line["role"] == "supplier"}
    assert labels["Supplier"] == len(suppliers)
    session.run("MATCH (n) DETACH DELETE n").consume()
    store.close()


def test_the_script_carries_the_own_terms_as_a_record_that_an_import_takes(tmp_path: Path) -> None:
    own = terms_of({"type": "vocabulary", "roles": [{"id": "tester", "label": {"en": "Tester; one", "zh": "测试者"}}]})
    store = EmbeddedStore(tmp_path / "own.sqlite")
    text = b"".join(exported(store, BUILT_IN.extended(own), format_named("cypher"))).decode()
    (line,) = [line for line in text.splitlines() if line.startswith("// {")]
    assert BUILT_IN.extended(terms_of(json.loads(line.removeprefix("// ")))).roles == BUILT_IN.extended(own).roles
    assert not [line for line in b"".join(exported(store, BUILT_IN, format_named("cypher"))).splitlines() if line.startswith(b"// {")]
    store.close()


@pytest.mark.neo4j
def test_a_literal_is_the_very_value(session: Session) -> None:
    @settings(max_examples=100)
    @given(st.lists(_VALUES))
    def agrees(values: list[object]) -> None:
        found = session.run(f"RETURN {literal([*values, ODD])} AS values").single(strict=True)["values"]
        assert found == [*values, ODD]

    agrees()
