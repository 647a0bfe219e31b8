"""Every format of an export read back by somebody else's reader: nothing is lost, nothing is run, the same data are the same bytes."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.demo import demo_records
from graph_models.errors import InvalidInput
from graph_models.records.json_codec import record_of
from graph_models.records.record_types import BY_NAME, RECORD_TYPES
from graph_models.records.vocabulary import BUILT_IN, Vocabulary
from service.exports import tables as of_tables
from service.exports.cells import harmless
from service.exports.registry import FORMATS, exported, format_named
from service.facts.batch_writing import write_batch
from service.stores.interface.store import Store
from service.stores.neo4j.script import literal
from service.stores.sqlite.store import EmbeddedStore

HOSTILE = ("=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "-华东")


def written(store: Store, name: str, vocabulary: Vocabulary = BUILT_IN, **more: Any) -> bytes:
    return b"".join(exported(store, vocabulary, format_named(name), **more))


def store_of(path: Path, records: list[dict[str, Any]]) -> EmbeddedStore:
    store = EmbeddedStore(path)
    write_batch(store, BUILT_IN, [(line, record_of(record)) for line, record in enumerate(records, 1)])
    return store


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    return list(demo_records())


@pytest.fixture(scope="module")
def store(records: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    store = store_of(tmp_path_factory.mktemp("exports") / "demo.sqlite", records)
    yield store
    store.close()


@pytest.fixture(scope="module")
def lines(store: EmbeddedStore) -> dict[str, list[dict[str, Any]]]:
    """All records as NDJSON has them, by type."""
    found: dict[str, list[dict[str, Any]]] = {kind.name: [] for kind in RECORD_TYPES}
    for line in written(store, "ndjson").splitlines():
        record = json.loads(line)
        found[record.pop("type")].append(record)
    return found


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[EmbeddedStore]:
    """Parties whose names a spreadsheet would run, and texts with all that XML and Cypher stumble over."""
    odd = "a\"b'c\\d \\u0041 \x85 <&>\n]]>{}$x 华为\U0001f600"
    parties = [{"type": "party", "id": f"p{place}", "name": name, "kind": "organization"} for place, name in enumerate(HOSTILE)]
    more = [
        {"type": "party", "id": "odd/ü", "name": odd, "kind": "organization", "attributes": {"note": odd, "deep": {"a": [1, None, "x"]}}},
        {"type": "value_flow", "id": "v", "source": "p0", "target": "odd/ü", "kind": "money", "amount": "-1234567890123456789.50", "currency": "CNY"},
        {"type": "value_flow", "id": "w", "source": "p0", "target": "odd/ü", "kind": "money", "amount": "-5.10", "currency": "CNY"},
        {"type": "assessment", "id": "a", "target": "p1", "scheme": "salience", "values": {"power": 0.5}},
    ]
    store = store_of(tmp_path / "hostile.sqlite", parties + more)
    yield store
    store.close()


def csv_of(content: bytes) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(packed.read(name).decode("utf-8-sig"), newline=""))) for name in packed.namelist()}


def book_of(content: bytes) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for sheet in openpyxl.load_workbook(io.BytesIO(content)):
        head, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(head, row, strict=True)) for row in rows]
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    return found


def test_csv_has_every_record_of_each_type_in_a_file_that_excel_reads_as_utf8(store: EmbeddedStore, lines: dict[str, list[dict[str, Any]]]) -> None:
    content = written(store, "csv")
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.read("parties.csv").startswith(b"\xef\xbb\xbf")
    found = csv_of(content)
    for name, records in lines.items():
        rows = found[BY_NAME[name].collection]
        assert [row["id"] for row in rows] == [record["id"] for record in records]
    for row, record in zip(found["value-flows"], lines["value_flow"], strict=True):
        assert row["amount"] == record.get("amount", "")
        assert (json.loads(row["evidence"]) if row["evidence"] else None) == record.get("evidence")


def test_a_workbook_has_every_record_on_the_sheet_of_its_type(store: EmbeddedStore, lines: dict[str, list[dict[str, Any]]]) -> None:
    found = book_of(written(store, "xlsx"))
    assert list(found) == ["documents", "exchange-rates", "parties", "roles", "relationships", "value-flows", "touchpoints", "assessments"]
    for name, records in lines.items():
        assert [row["id"] for row in found[BY_NAME[name].collection]] == [record["id"] for record in records]
    amounts = [row["amount"] for row in found["value-flows"]]
    assert amounts == [None if record.get("amount") is None else float(record["amount"]) for record in lines["value_flow"]]
    assert list(book_of(written(store, "xlsx", locale="zh")))[2] == "相关方"


def test_what_does_not_fit_on_a_sheet_goes_on_in_another(store: EmbeddedStore, lines: dict[str, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_tables, "MAX_ROWS", 150)
    found = book_of(written(store, "xlsx"))
    sheets = [name for name in found if name.startswith("parties")]
    assert sheets[:3] == ["parties", "parties 2", "parties 3"]
    assert [row["id"] for name in sheets for row in found[name]] == [record["id"] for record in lines["party"]]


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_no_cell_is_a_formula_and_numbers_stay_numbers(hostile: EmbeddedStore, name: str) -> None:
    found = (csv_of if name == "csv" else book_of)(written(hostile, name))
    names = [str(row["name"]) for row in found["parties"] if str(row["id"]).startswith("p")]
    assert [text.removeprefix("'").replace("_x000D_", "\r") for text in names] == list(HOSTILE)  # as Excel writes a carriage return
    assert all(text.startswith("'") for text in names)
    exact, plain = (row["amount"] for row in found["value-flows"])
    assert exact == "-1234567890123456789.50"
    assert plain == ("-5.10" if name == "csv" else -5.1)


@given(st.text(max_size=20))
def test_a_cell_never_begins_as_a_formula_does(text: str) -> None:
    found = harmless(text)
    assert not found.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert found.removeprefix("'") == text.removeprefix("'")


def test_graphml_opens_in_networkx_with_every_party_and_every_fact_between_two(store: EmbeddedStore, lines: dict[str, list[dict[str, Any]]]) -> None:
    graph = nx.read_graphml(io.BytesIO(written(store, "graphml")), force_multigraph=True)
    assert isinstance(graph, nx.MultiDiGraph)
    assert set(graph) == {record["id"] for record in lines["party"]}
    facts = Counter(data["type"] for _, _, data in graph.edges(data=True))
    kinds = ("role", "relationship", "value_flow", "touchpoint", "assessment")
    assert facts == Counter({name: sum("source" in record for record in lines[name]) for name in kinds})
    amounts = sum(data.get("amount", 0) for _, _, data in graph.edges(data=True) if data["type"] == "value_flow")
    assert amounts == pytest.approx(sum(float(record.get("amount", 0)) for record in lines["value_flow"]))


def test_graphml_says_what_xml_can_say(hostile: EmbeddedStore) -> None:
    graph = nx.read_graphml(io.BytesIO(written(hostile, "graphml")), force_multigraph=True)
    assert graph.nodes["odd/ü"]["name"] == "a\"b'c\\d \\u0041 \x85 <&>\n]]>{}$x 华为\U0001f600"
    assert json.loads(graph.nodes["odd/ü"]["attributes"])["deep"] == {"a": [1, None, "x"]}


def test_parquet_holds_every_record_with_typed_columns(store: EmbeddedStore, lines: dict[str, list[dict[str, Any]]]) -> None:
    table = pq.read_table(io.BytesIO(written(store, "parquet")))
    assert Counter(table["type"].to_pylist()) == Counter({name: len(records) for name, records in lines.items() if records})
    flows = table.filter([kind == "value_flow" for kind in table["type"].to_pylist()]).to_pylist()
    for row, record in zip(flows, lines["value_flow"], strict=True):
        assert (row["id"], row["amount"], row["confidence"]) == (record["id"], record.get("amount"), record.get("confidence"))
        assert (json.loads(row["evidence"]) if row["evidence"] else None) == record.get("evidence")


def test_an_empty_workspace_is_a_valid_file_of_each_format(tmp_path: Path) -> None:
    empty = EmbeddedStore(tmp_path / "empty.sqlite")
    assert written(empty, "ndjson") == b""
    assert {name: len(rows) for name, rows in csv_of(written(empty, "csv")).items()} == {kind.collection: 0 for kind in RECORD_TYPES}
    assert {name: len(rows) for name, rows in book_of(written(empty, "xlsx")).items()} == {kind.collection: 0 for kind in RECORD_TYPES}
    assert len(nx.read_graphml(io.BytesIO(written(empty, "graphml")))) == 0
    assert pq.read_table(io.BytesIO(written(empty, "parquet"))).num_rows == 0
    assert "CREATE CONSTRAINT" in written(empty, "cypher").decode()
    empty.close()


@pytest.mark.parametrize("name", [form.name for form in FORMATS])
def test_an_export_of_a_day_has_what_reads_so_on_that_day(tmp_path: Path, name: str) -> None:
    store = store_of(tmp_path / "w.sqlite", [
        {"type": "party", "id": "a", "name": "Formerly", "kind": "organization", "valid_to": "2023"},
        {"type": "party", "id": "a", "name": "Nowadays", "kind": "organization", "valid_from": "2024"},
        {"type": "party", "id": "b", "name": "Ending", "kind": "organization", "valid_to": "2023"},
    ])  # fmt: skip
    unpacked = [b"".join(zipfile.ZipFile(io.BytesIO(content)).read(part) for part in zipfile.ZipFile(io.BytesIO(content)).namelist())
                if name in ("csv", "xlsx") else content for content in (written(store, name), written(store, name, as_of="2025-06-30"))]  # fmt: skip
    assert b"Ending" in unpacked[0]
    assert b"Nowadays" in unpacked[1]
    assert b"Ending" not in unpacked[1]
    store.close()


def test_the_same_data_are_the_same_bytes(store: EmbeddedStore) -> None:
    for form in FORMATS:
        if form.name != "xlsx":  # a workbook says when it was made
            assert written(store, form.name) == written(store, form.name)


def test_what_is_asked_wrongly_is_refused_at_once(store: EmbeddedStore) -> None:
    with pytest.raises(InvalidInput, match="no format of an export"):
        format_named("pdf")
    with pytest.raises(InvalidInput):
        exported(store, BUILT_IN, format_named("csv"), as_of="banana")


def test_literals_of_cypher() -> None:
    assert literal(["a'b", 1, 0.5, None, True, [1]]) == "['a\\'b', 1, 0.5, null, true, [1]]"
    assert literal("\\u0041") == "'\\\\\\u0075" + "0041'"
