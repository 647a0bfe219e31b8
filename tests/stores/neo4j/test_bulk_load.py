"""A first load through import files gives the graph that an ordinary import gives, and the service goes on from there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from neo4j import GraphDatabase

from examples.demo import demo_records
from graph_models.errors import AlreadyExists, InvalidInput
from graph_models.records.vocabulary import BUILT_IN, Vocabulary
from service.core.settings import Neo4jAddress, Settings, read_settings
from service.exports.registry import exported, format_named
from service.imports.bulk_load import bulk_load_workers as first_load_lines
from service.imports.bulk_load.bulk_load import Loadable, first_load
from service.imports.formats.byte_source import FileOfSet
from service.imports.pipeline import record_files as record_lines
from service.imports.pipeline.import_job import ImportPlan, import_files
from service.stores.interface.store import At, Store
from service.stores.neo4j.bulk_files import ARGUMENTS, FIELD, LAYOUTS, PLAIN, QUOTE, header
from service.stores.registry import open_store
from service.workspaces.context import Service
from tests.conftest import WORKSPACE
from tests.stores.neo4j.own_server import TOOL, Server, free_ports

ODD = "a\"b'c\\d ; \x02 \x1f \x01 华为\U0001f600"
NODES = (
    "MATCH (n) WHERE NOT n:Schema AND NOT n:Revision AND NOT n:Relationship RETURN labels(n) AS labels, properties(n) AS properties, COUNT { (n)--() } AS ties"
)
TIES = "MATCH (a)-[r]->(b) RETURN type(r) AS type, properties(r) AS properties, a.id AS source, b.id AS target"
LOOKUPS = "MATCH (l:Relationship) MATCH ()-[f]->() WHERE elementId(f) = l.handle AND f.id = l.id RETURN l.id AS id"
REVISIONS = "MATCH (v:Revision) RETURN v.number AS number, v.counts AS counts, v.token IS NOT NULL AS has_token"
INDEXES = "SHOW INDEXES YIELD name, type, labelsOrTypes, properties, state, populationPercent WHERE type <> 'LOOKUP'"


def odd_records() -> list[dict[str, Any]]:
    """What is rare: own terms, slices, texts with marks and ends of lines, empty texts, lists, judgements of nobody in particular."""
    terms = {"type": "vocabulary", "roles": [{"id": "tester", "label": {"en": "Tester", "zh": "测试者"}}]}
    then = {"type": "party", "id": "s", "name": "Then", "kind": "person", "valid_from": "2020", "valid_to": "2023"}
    names = {"names": [{"text": "one"}, {"text": ODD}], "identifiers": {"lei": "x;y", "crm": ""}, "attributes": {"deep": [1, {"a": "\n"}]}}
    parties = [
        then | {"name": "Now", "valid_from": "2024", "valid_to": None},
        then,
        {"type": "party", "id": "odd/ü'\\u0041", "name": ODD, "kind": "group"} | names,
    ]
    lines = {"type": "touchpoint", "source": "s", "target": "odd/ü'\\u0041", "kind": "complaint", "occurred_at": "2025-05-01T08:00:00Z"}
    role = {"type": "role", "id": "r", "source": "s", "target": "odd/ü'\\u0041", "role": "tester", "stage": "active", "valid_from": "2023", "valid_to": "2023"}
    flow = {"type": "value_flow", "source": "s", "target": "s", "kind": "money", "currency": "CNY", "utility": 0.1, "importance": 5}
    return [
        flow | {"id": "before its parties", "amount": "12345678901234.123456", "valid_from": "2025"},
        terms, *parties,
        {"type": "document", "id": "doc 1", "title": "first line\nsecond line\r\nthird", "reliability": "B"},
        lines | {"id": "t1", "text": "first line\nsecond \x02line\x02\r\n", "topics": ["a;b", "c"], "measure": "nps", "value": 9},
        lines | {"id": "t2", "text": ""},
        role, role | {"stage": "at_risk", "valid_from": "2024", "valid_to": None},
        {"type": "relationship", "id": "o", "source": "s", "target": "odd/ü'\\u0041", "kind": "owns", "share": 0.25, "interest": "A\x02 and\r\nB",
         "valid_to": "2020"},
        {"type": "relationship", "id": "o", "source": "s", "target": "odd/ü'\\u0041", "kind": "owns", "share": 0.5, "valid_from": "2022"},
        flow | {"id": "small", "amount": "0.0000001"}, flow | {"id": "none at all", "amount": "0.000000000"},
        flow | {"id": "f", "amount": "0.10", "evidence": [{"document_id": "doc 1"}, {"document_id": "doc 1", "locator": "p. 2"}]},
        {"type": "assessment", "id": "nobody's", "target": "s", "scheme": "salience", "values": {"power": 1.0}, "reason": "r"},
        {"type": "exchange_rate", "currency": "EUR", "base_currency": "CNY", "rate": 7.9, "valid_from": "2019-05-05"},
    ]  # fmt: skip


def written(path: Path, records: Sequence[dict[str, Any]]) -> FileOfSet:
    path.write_bytes(b"\n".join(json.dumps(record).encode() for record in records))
    return FileOfSet(path, path.name)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> FileOfSet:
    return written(tmp_path_factory.mktemp("records") / "records.ndjson", [*odd_records(), *demo_records()])


@pytest.fixture(scope="module")
def loaded(neo4j_address: str, records: FileOfSet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Loadable]]:
    """A server of its own that got its records through import files, offline."""
    if shutil.which("java") is None:
        pytest.skip("Java is not there: a first load needs a server that does not run")
    directory, ports = tmp_path_factory.mktemp("neo4j"), free_ports()
    made = first_load([records], BUILT_IN, directory / "files", "somebody")
    environment = {**os.environ, "NEO4J_HEAP": "512m", "NEO4J_PAGECACHE": "64m", "NEO4J_IMPORT_HEAP": "512m", "NEO4J_IMPORT_MEMORY": "500m"}
    for command in ([str(TOOL), "load", str(directory), str(directory / "files")], [str(TOOL), "start", str(directory), *map(str, ports)]):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, done.stderr
    found = Server(directory, read_settings(store=done.stdout.strip()).neo4j, ports)
    try:
        yield found, made
    finally:
        found.tool("kill")


@pytest.fixture(scope="module")
def own(loaded: tuple[Server, Loadable], vocabulary: Vocabulary) -> Iterator[Store]:
    store = loaded[0].opened()
    yield store
    store.close()


@pytest.fixture(scope="module")
def vocabulary(loaded: tuple[Server, Loadable]) -> Vocabulary:
    found = BUILT_IN
    for terms in loaded[1].terms:
        found = found.extended(terms)
    return found


@pytest.fixture(scope="module")
def ordinary(neo4j_address: str, records: FileOfSet, vocabulary: Vocabulary) -> Iterator[Store]:
    """The same records through an ordinary import."""
    store = open_store(read_settings(store=neo4j_address), WORKSPACE)
    store.clear()
    result = import_files(store, vocabulary, ImportPlan([records], who="somebody"))
    assert result["rejected"] == 0
    yield store
    store.close()


def rows_of(directory: Path, files: str) -> Iterator[str]:
    """The rows of a set of files, without the ends of their lines."""
    for path in sorted(directory.glob(f"{files}.*")):
        with path.open(encoding="utf-8", newline="\n") as lines:
            held = ""
            for line in lines:
                held += line
                if held.count(QUOTE) % 2 == 0:
                    yield held[:-1]
                    held = ""


def export(store: Store, vocabulary: Vocabulary) -> bytes:
    return b"".join(exported(store, vocabulary, format_named("ndjson")))


def asked(there: Neo4jAddress, query: str) -> Counter[str]:
    with GraphDatabase.driver(there.uri, auth=(there.user, there.password.get_secret_value())) as driver, driver.session(database=there.database) as session:
        return Counter(repr(sorted((key, sorted(value) if isinstance(value, list) else sorted(value.items()) if isinstance(value, dict) else value)
                                   for key, value in record.items())) for record in session.run(query))  # type: ignore[arg-type]  # fmt: skip


@pytest.mark.neo4j
def test_the_loaded_graph_is_that_of_an_ordinary_import(
    loaded: tuple[Server, Loadable], own: Store, ordinary: Store, vocabulary: Vocabulary, neo4j_address: str
) -> None:
    assert export(own, vocabulary) == export(ordinary, vocabulary)
    assert own.columns(At()).digest == ordinary.columns(At()).digest
    here, there = loaded[0].address, read_settings(store=neo4j_address).neo4j
    for query in (TIES, LOOKUPS, REVISIONS, INDEXES):
        assert asked(here, query) == asked(there, query)
    times = "'time', '"  # of the one workspace node
    assert {row for row in asked(here, NODES) if times not in row} == {row for row in asked(there, NODES) if times not in row}
    (revision,) = own.revisions(0, 10)
    assert (revision.number, revision.import_id, revision.who, revision.counts) == (1, loaded[1].import_id, "somebody", loaded[1].counts)


@pytest.mark.neo4j
def test_the_service_writes_on_after_a_first_load_and_takes_it_back_step_by_step(
    own: Store, ordinary: Store, records: FileOfSet, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    """The same file again changes nothing; further slices and changed facts supersede what was loaded, whichever way it came."""
    assert import_files(own, vocabulary, ImportPlan([records]))["unchanged"] == import_files(ordinary, vocabulary, ImportPlan([records]))["unchanged"]
    changed = [
        {"type": "party", "id": "s", "name": "Later", "kind": "person", "valid_from": "2025"},
        {"type": "relationship", "id": "o", "source": "s", "target": "odd/ü'\\u0041", "kind": "owns", "share": 0.75, "valid_from": "2025"},
        {"type": "value_flow", "id": "f", "source": "s", "target": "s", "kind": "money", "amount": "2", "currency": "CNY"},
        {"type": "role", "id": "r", "source": "s", "target": "odd/ü'\\u0041", "role": "tester", "stage": "lapsed", "valid_from": "2025"},
    ]
    file = written(tmp_path / "changed.ndjson", changed)
    for store in (own, ordinary):
        before = store.head()  # own terms that the files of a first load do not carry came with the import above, as a revision
        result = import_files(store, vocabulary, ImportPlan([file]))
        assert (result["updated"], result["revision"]) == (4, before + 1)
    assert export(own, vocabulary) == export(ordinary, vocabulary)
    assert [row.body for row in own.get("relationship", ["o"], At(revision=1))] == [row.body for row in ordinary.get("relationship", ["o"], At(revision=1))]
    assert own.columns(At(revision=1)).digest == ordinary.columns(At(revision=1)).digest


@pytest.mark.neo4j
def test_a_server_that_runs_is_not_loaded(loaded: tuple[Server, Loadable]) -> None:
    directory = loaded[0].directory
    done = subprocess.run([str(TOOL), "load", str(directory), str(directory / "files")], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "stop the server first" in done.stderr) == (1, True)


def test_every_fault_is_told_with_its_line_and_field_and_nothing_is_left(tmp_path: Path) -> None:
    firm = {"type": "party", "id": "firm", "name": "Firm", "kind": "organization"}
    flow = {"type": "value_flow", "source": "firm", "target": "firm", "kind": "money"}
    role = {"type": "role", "id": "r", "source": "other", "target": "firm", "role": "customer", "stage": "ended", "valid_from": "2024"}
    bad = [
        firm, firm | {"id": "other", "kind": "ghost"}, flow | {"id": "1", "target": "nobody"}, flow | {"id": "1", "currency": "XXL"},
        flow | {"id": "2"}, flow | {"id": "2"},
        firm | {"name": "Again"}, {"type": "party"}, flow | {"id": "3", "evidence": [{"document_id": "none"}]}, firm | {"id": "other"},
        role, role | {"stage": "prospect", "valid_from": "2025"}, firm | {"id": "p", "names": [{"text": "a\x1eb"}]},
    ]  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        first_load([written(tmp_path / "bad.ndjson", bad)], BUILT_IN, tmp_path / "files")
    assert [(fault.line, fault.field, fault.code) for fault in refused.value.errors] == [
        (2, "kind", "unknown-value"), (3, "target", "dangling"), (4, "currency", "unknown-currency"), (6, "id", "duplicate"),
        (7, "id", "overlap"), (8, "id", "missing"), (9, "evidence", "dangling"), (12, "id", "overlap"), (13, "names", "control-character"),
    ]  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["bad.ndjson"]


def test_a_party_whose_type_is_written_with_escapes_is_told_and_not_lost(tmp_path: Path) -> None:
    """The first reading looks only at lines that hold the word; this one is another slice of a party that it knows."""
    slices = [{"type": "party", "id": "p", "name": "P", "kind": "group", "valid_to": "2020"}, {"type": "party", "id": "p", "name": "Q", "kind": "group"}]
    plain, escaped = (json.dumps(record).encode() for record in slices)
    path = tmp_path / "escaped.ndjson"
    path.write_bytes(plain + b"\n" + escaped.replace(b'"party"', b'"p\\u0061rty"'))
    with pytest.raises(InvalidInput) as refused:
        first_load([FileOfSet(path, path.name)], BUILT_IN, tmp_path / "files")
    assert [(fault.line, fault.field, fault.code) for fault in refused.value.errors] == [(2, "type", "unread")]


def test_what_is_read_in_pieces_and_blocks_is_what_is_read_at_once(tmp_path: Path, records: FileOfSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parties before and after their facts, blocks without any, pieces of three lines: the same rows, apart from the numbers of facts' nodes."""
    lines = records.path.read_bytes().split(b"\n")
    turned = tmp_path / "turned.ndjson"
    turned.write_bytes(b"\n".join([lines[1], *reversed(lines[2:]), lines[0]]))
    first_load([records], BUILT_IN, tmp_path / "at once")
    monkeypatch.setattr(first_load_lines, "PIECE", 3)
    monkeypatch.setattr(record_lines, "BLOCK_BYTES", 1_000)
    first_load([FileOfSet(turned, turned.name)], BUILT_IN, tmp_path / "in pieces")
    for name in (name for name, layout in LAYOUTS.items() if layout.properties_of is not None):
        found = [Counter(tuple(row.split(FIELD)[_said(name)]) for row in rows_of(tmp_path / directory, name)) for directory in ("at once", "in pieces")]
        assert found[0] == found[1], name


def _said(name: str) -> slice:
    """What does not hang on the order of parties: all but the numbers of nodes."""
    return slice(1, None) if LAYOUTS[name].group == "nodes" else slice(0, len(header(name).split(FIELD)) - 2 - (LAYOUTS[name].name is None))


def test_a_stage_that_may_not_follow_is_refused(tmp_path: Path) -> None:
    parties = [{"type": "party", "id": name, "name": name, "kind": "organization"} for name in ("firm", "other")]
    role = {"type": "role", "id": "r", "source": "other", "target": "firm", "role": "customer"}
    slices = [role | {"stage": "prospect", "valid_from": "2025"}, role | {"stage": "ended", "valid_from": "2023", "valid_to": "2024"}]
    with pytest.raises(InvalidInput) as refused:
        first_load([written(tmp_path / "roles.ndjson", [*slices, *parties])], BUILT_IN, tmp_path / "files")
    assert [(fault.line, fault.field, fault.code) for fault in refused.value.errors] == [(1, "stage", "stage-not-allowed")]


def test_the_files_hold_each_record_once_whatever_the_format(tmp_path: Path, records: FileOfSet) -> None:
    made = first_load([records], BUILT_IN, tmp_path / "files")
    types = [name for name, layout in LAYOUTS.items() if layout.properties_of is not None]
    assert sum(1 for name in types for _ in rows_of(tmp_path / "files", name)) == made.records == sum(made.by_type.values())
    assert made.counts["created"] + made.counts["updated"] == made.records
    arguments = (tmp_path / "files" / ARGUMENTS).read_text("utf-8")
    assert all(path.name in arguments for path in (tmp_path / "files").iterdir() if path.name.endswith(PLAIN))
    assert header("value_flow").split("\x1f")[:4] == ["id:string", "valid_from:date", "valid_to:date", "revision:long"]
    with pytest.raises(AlreadyExists):
        first_load([records], BUILT_IN, tmp_path / "files")


def test_the_command_makes_the_workspace_and_keeps_its_own_terms(tmp_path: Path) -> None:
    file = written(tmp_path / "records.ndjson", odd_records())
    settings = {"STAKEHOLDER_GRAPH_STORE": "neo4j://neo4j:x@127.0.0.1:1/neo4j", "STAKEHOLDER_GRAPH_DATA": str(tmp_path / "data")}
    command = [
        sys.executable,
        "-c",
        "from service.cli.main import main; main()",
        "neo4j-files",
        str(file.path),
        "-o",
        str(tmp_path / "files"),
        "-w",
        "w",
        "--focal",
        "s",
        "--json",
    ]
    done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert (json.loads(done.stdout)["records"], json.loads(done.stdout)["revision"]) == (len(odd_records()) - 1, 1)
    service = Service(Settings(store=settings["STAKEHOLDER_GRAPH_STORE"], data=tmp_path / "data"))  # type: ignore[arg-type]
    assert service.workspace("w").focal_party_id == "s"
    assert "tester" in service.vocabulary("w").roles
    service.close()
