"""JSON documents, Parquet and GraphML: the same lines as of other formats, read piece by piece, and what is damaged refused."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import networkx as nx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examples.demo import demo_records
from graph_models.errors import FieldError, StakeholderGraphError
from graph_models.records.json_codec import record_of
from graph_models.records.vocabulary import BUILT_IN
from service.exports.registry import exported, format_named
from service.facts.batch_writing import write_batch
from service.imports.formats import json_document
from service.imports.formats.byte_source import FileOfSet
from service.imports.formats.registry import open_table
from service.imports.formats.table import FaultyCells, Line, ReadOptions
from service.imports.pipeline.import_job import ImportPlan, import_files
from service.stores.sqlite.store import EmbeddedStore
from tests.imports.files import made

QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
_LEAVES = st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=8)
_OBJECTS = st.lists(st.dictionaries(st.text(min_size=1, max_size=4), _LEAVES, min_size=1, max_size=4), min_size=1, max_size=6)


def read(file: FileOfSet, **options: Any) -> tuple[list[str], list[Line], dict[str, str]]:
    with open_table(file, ReadOptions(**options)) as table:
        return table.columns, list(table.lines), table.shown


def refused(file: FileOfSet, **options: Any) -> StakeholderGraphError:
    with pytest.raises(StakeholderGraphError) as caught:
        read(file, **options)
    return caught.value


def parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


# --- JSON


@pytest.mark.parametrize("ending", ["json", "json.gz"])
def test_an_array_of_objects_is_read_with_the_line_of_each(tmp_path: Path, ending: str) -> None:
    content = '[\n {"id": 1.50, "a": {"b": "x]}"}, "tags": ["p", "q"]},\n\n {"id": 2, "c": null}\n]\n'
    columns, lines, shown = read(made(tmp_path, f"a.{ending}", content))
    assert columns == ["id", "a.b", "tags", "c"]
    assert lines == [(2, ["1.50", "x]}", "p\nq", ""]), (4, ["2", "", "", ""])]
    assert shown == {"format": "json", "encoding": "utf-8"}


def test_an_object_that_holds_one_list_is_read_and_of_several_one_is_named(tmp_path: Path) -> None:
    one = made(tmp_path, "one.json", '{"meta": {"n": [1, {"x": []}]}, "rows": [{"id": "1"}], "more": 3}')
    assert read(one)[1] == [(1, ["1"])]
    several = made(tmp_path, "several.json", '{"old": [{"id": 1}], "rows": [{"id": 2}]}')
    assert refused(several).errors[0].code == "which-items"
    assert read(several, items="rows")[1] == [(1, ["2"])]
    assert refused(several, items="banana").errors[0].code == "no-items"


@pytest.mark.parametrize("ending", ["json", "ndjson"])
def test_a_list_of_objects_is_columns_by_what_tells_its_items_apart(tmp_path: Path, ending: str) -> None:
    item = {"id": 1, "who": {"names": [{"type": "legal", "text": "Ann", "parts": [{"n": "x", "v": 3}]}, {"type": "old", "text": "An"}]}}
    content = json.dumps(item) if ending == "ndjson" else json.dumps([item])
    columns, lines, _ = read(made(tmp_path, f"a.{ending}", content), lists={"who.names": "type", "who.names.legal.parts": "n"})
    assert dict(zip(columns, lines[0][1], strict=True)) == {
        "id": "1",
        "who.names.legal.text": "Ann",
        "who.names.legal.parts.x.v": "3",
        "who.names.legal.parts": "x",
        "who.names.old.text": "An",
        "who.names": "legal\nold",
    }


@pytest.mark.parametrize(
    ("names", "lists", "words"),
    [
        ([{"type": "a"}, {"type": "b"}], {}, "`lists` of a mapping tells its items apart"),
        ([{"type": "a"}, {"type": "a"}], {"names": "type"}, "two items of the list 'names' have the 'type' 'a'"),
        ([{"text": "a"}], {"names": "type"}, "has no 'type' that tells it apart"),
        ([{"type": 3}], {"names": "type"}, "has no 'type'"),
        (["a"], {"names": "type"}, "has no 'type'"),
    ],
)
def test_items_that_are_not_told_apart_are_an_error_of_their_line(tmp_path: Path, names: list[Any], lists: dict[str, str], words: str) -> None:
    _, lines, _ = read(made(tmp_path, "a.json", json.dumps([{"id": 1, "names": names}, {"id": 2}])), lists=lists)
    (_, cells), whole = lines
    assert isinstance(cells, FaultyCells)
    (fault,) = cells.faults.values()
    assert (fault.code, words in fault.message, whole) == ("nested-list", True, (2, ["2", ""]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "neither an array nor an object"),
        ("3", "neither"),
        ("[", "ends too early"),
        ('[{"a": 1}', "expected"),
        ('[{"a": 1} {"a": 2}]', "expected"),
        ('[{"a": "x]', "ends too early"),
        ('[{"a": 1}] x', "follows"),
        ('{"a" [1]}', "expected"),
        ("{a: [1]}", "name in quotes"),
        ("[,]", "value"),
    ],
)
def test_what_is_no_json_document_is_refused(tmp_path: Path, content: str, words: str) -> None:
    assert words in refused(made(tmp_path, "a.json", content)).message


def test_a_bad_item_is_an_error_of_its_line_and_the_others_are_read(tmp_path: Path) -> None:
    _, lines, _ = read(made(tmp_path, "a.json", '[{"id": 1},\n{"id": tru},\n[1],\n{"id": 4}]'))
    assert [(line, cells if isinstance(cells, list) else cells.code) for line, cells in lines] == [(1, ["1"]), (2, "bad-json"), (3, "bad-json"), (4, ["4"])]


def test_an_endless_item_is_refused_and_a_long_member_that_nobody_asked_for_is_not(tmp_path: Path) -> None:
    assert refused(made(tmp_path, "a.json", '[{"a": "' + "x" * 2_000_000 + '"}]')).errors[0].code == "too-large"
    assert refused(made(tmp_path, "b.json", "[" + '{"a":' * 400_000)).errors[0].code == "too-large"
    skipped = '{"noise": {"a": [' + ",".join(['{"x": "y"}'] * 200_000) + ']}, "rows": [{"id": 1}]}'
    assert read(made(tmp_path, "c.json", skipped))[1] == [(1, ["1"])]


@settings(max_examples=150, suppress_health_check=QUIET)
@given(objects=_OBJECTS, chunk=st.integers(1, 40), indent=st.sampled_from([None, 0, 2]), ascii_only=st.booleans())
def test_items_are_the_same_however_the_text_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, objects: list[dict[str, Any]], chunk: int, indent: int | None, ascii_only: bool
) -> None:
    text = json.dumps(objects, indent=indent, ensure_ascii=ascii_only)
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    file = made(tmp_path, "a.json", text)
    with monkeypatch.context() as patched:
        patched.setattr(json_document, "_CHUNK", chunk)
        from service.imports.formats.byte_source import opened

        with opened(file) as source:
            found = [json.loads(item) for _, item in json_document.json_items(source, "utf-8-sig")]
    assert found == objects


@settings(max_examples=300, suppress_health_check=QUIET)
@given(content=st.binary(max_size=200) | st.text('[]{}",:\\ \n01ax', max_size=60).map(str.encode), name=st.sampled_from(["a.json", "a.graphml", "a.parquet"]))
def test_any_bytes_are_a_table_or_a_clear_error(tmp_path: Path, content: bytes, name: str) -> None:
    file = made(tmp_path, name, content)
    with suppress(StakeholderGraphError):
        columns, lines, _ = read(file)
        assert all(isinstance(cells, FieldError) or len(cells) == len(columns) for _, cells in lines)


# --- Parquet


def test_parquet_is_read_as_people_write_values(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": [1, 2], "on": [date(2025, 3, 1), None], "at": pa.array(["2025-03-01 09:30:00", None]).cast(pa.timestamp("s")),
            "paid": pa.array([Decimal("12.50"), None], pa.decimal128(10, 2)), "share": [0.25, 1e-7], "yes": [True, False],
            "who": [{"name": "华东", "in": {"city": "上海"}}, None], "tags": [["a", "b"], []],
        }
    )  # fmt: skip
    columns, lines, shown = read(made(tmp_path, "a.parquet", parquet(table)))
    assert columns == ["id", "on", "at", "paid", "share", "yes", "who.name", "who.in.city", "tags"]
    assert lines == [
        (1, ["1", "2025-03-01", "2025-03-01 09:30:00", "12.50", "0.25", "true", "华东", "上海", "a\nb"]),
        (2, ["2", "", "", "", "0.0000001", "false", "", "", ""]),
    ]
    assert shown == {"format": "parquet"}


def test_packed_empty_and_damaged_parquet(tmp_path: Path) -> None:
    content = parquet(pa.table({"id": ["x"]}))
    assert read(made(tmp_path, "a.parquet.gz", gzip.compress(content)))[1] == [(1, ["x"])]
    assert read(made(tmp_path, "b.parquet", parquet(pa.table({"id": pa.array([], pa.string())}))))[:2] == (["id"], [])
    assert "no Parquet file" in refused(made(tmp_path, "c.parquet", content[:-20])).message
    assert "no Parquet file" in refused(made(tmp_path, "d.parquet", b"PAR1" + b"\x00" * 50 + b"PAR1")).message


# --- GraphML


def test_graphml_of_networkx_is_read_node_by_node_and_edge_by_edge(tmp_path: Path) -> None:
    graph = nx.MultiDiGraph()
    graph.add_node("a", name="Ä & <b>", id="own", weight=1.5)
    graph.add_edge("a", "b", key="e1", kind="owns", weight=2)
    nx.write_graphml(graph, tmp_path / "a.graphml")
    columns, lines, shown = read(FileOfSet(tmp_path / "a.graphml", "a.graphml"))
    rows = [dict(zip(columns, cells, strict=True)) for _, cells in lines if isinstance(cells, list)]
    assert columns[:4] == ["element", "id", "source", "target"]
    assert [(row["element"], row["id"], row["source"], row["target"], row["name"], row["attr.id"], row["kind"], row["weight"]) for row in rows] == [
        ("node", "a", "", "", "Ä & <b>", "own", "", "1.5"), ("node", "b", "", "", "", "", "", ""), ("edge", "e1", "a", "b", "", "", "owns", "2"),
    ]  # fmt: skip
    assert [row["#directed"] for row in rows] == ["", "", "true"]
    assert shown == {"format": "graphml", "edges": "directed"}


def test_defaults_of_keys_are_honoured(tmp_path: Path) -> None:
    keys = '<key id="k" for="node" attr.name="kind" attr.type="string"><default>person</default></key><key id="l" for="all" attr.name="note"/>'
    body = '<node id="a"/><node id="b"><data key="k">unit</data></node><edge source="a" target="b"><data key="l">x</data><data key="k">?</data></edge>'
    content = f'<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{keys}<graph edgedefault="directed">{body}</graph></graphml>'
    columns, lines, _ = read(made(tmp_path, "a.graphml", content))
    assert columns == ["element", "id", "source", "target", "kind", "note", "#directed"]
    assert [cells if isinstance(cells, list) else cells.code for _, cells in lines] == [
        ["node", "a", "", "", "person", "", ""], ["node", "b", "", "", "unit", "", ""], "unknown-key",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('<!DOCTYPE g [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><graphml><graph><node id="&b;"/></graph></graphml>', "unsupported-graph"),
        ('<!DOCTYPE g [<!ENTITY x SYSTEM "file:///etc/passwd">]><graphml><graph><node id="&x;"/></graph></graphml>', "unsupported-graph"),
        ("<graphml><graph><node id='a'><graph/></node></graph></graphml>", "unsupported-graph"),
        ("<graphml><graph><hyperedge/></graph></graphml>", "unsupported-graph"),
        ("<graphml/>", "no-graph"),
    ],
)
def test_graphs_that_are_not_read_are_refused(tmp_path: Path, content: str, code: str) -> None:
    assert refused(made(tmp_path, "a.graphml", content)).errors[0].code == code


def test_a_graph_that_is_cut_off_is_refused_with_its_line(tmp_path: Path) -> None:
    assert "line 2" in refused(made(tmp_path, "a.graphml", "<graphml><graph>\n<node id='a'></grap")).message


# --- memory, and whole imports


def _json(rows: int) -> bytes:
    return b"[" + b",\n".join(b'{"id": %d, "name": "party number %d", "note": "%s"}' % (n, n, b"x" * 60) for n in range(rows)) + b"]"


def _graphml(rows: int) -> bytes:
    nodes = b"\n".join(b'<node id="%d"><data key="k">party number %d %s</data></node>' % (n, n, b"x" * 60) for n in range(rows))
    return b'<graphml><key id="k" for="node" attr.name="name"/><graph>' + nodes + b"</graph></graphml>"


def _parquet(rows: int) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"id": range(rows), "name": [f"party number {n} {'x' * 60}" for n in range(rows)]}), out, row_group_size=5_000)
    return out.getvalue()


@pytest.mark.parametrize(("name", "make"), [("a.json", _json), ("a.graphml", _graphml), ("a.parquet", _parquet)])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, name: str, make: Callable[[int], bytes]) -> None:
    peaks = []
    for rows in (20_000, 100_000):
        file = made(tmp_path, name, make(rows))
        tracemalloc.start()
        with open_table(file) as table:
            assert sum(1 for _ in table.lines) == rows
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


@pytest.fixture(scope="module")
def lossless(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The demo as NDJSON, as a JSON array, and as the Parquet of an export."""
    store = EmbeddedStore(tmp_path_factory.mktemp("out") / "demo.sqlite")
    write_batch(store, BUILT_IN, [(line, record_of(record)) for line, record in enumerate(demo_records(), 1)])
    content = {name: b"".join(exported(store, BUILT_IN, format_named(name))) for name in ("ndjson", "parquet")}
    store.close()
    return content | {"json": b"[" + b",\n".join(content["ndjson"].splitlines()) + b"]"}


@pytest.mark.parametrize("ending", ["json", "parquet", "json.gz", "parquet.gz"])
def test_records_come_in_without_a_mapping_and_are_the_very_same(tmp_path: Path, lossless: dict[str, bytes], ending: str) -> None:
    store = EmbeddedStore(tmp_path / "w.sqlite")
    file = made(tmp_path, f"records.{ending}", lossless[ending.removesuffix(".gz")])
    result = import_files(store, BUILT_IN, ImportPlan([file]))
    assert (result["rejected"], result["files"][0]["format"]) == (0, ending.removesuffix(".gz"))
    assert b"".join(exported(store, BUILT_IN, format_named("ndjson"))) == lossless["ndjson"]
    store.close()


def test_faults_of_records_know_their_line_or_row(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "w.sqlite")
    good, bad = {"type": "party", "id": "a", "name": "A", "kind": "organization"}, {"type": "party", "id": "b", "name": "B", "kind": "banana"}
    document = made(tmp_path, "r.json", f"[{json.dumps(good)},\n{json.dumps(bad)},\n{{}}]")
    table = made(tmp_path, "r.parquet", parquet(pa.Table.from_pylist([good, bad, {"type": "party", "id": "c", "name": "C", "attributes": "{"}])))
    for file, places in ((document, [2, 3]), (table, [2, 3])):
        result = import_files(store, BUILT_IN, ImportPlan([file], on_error="skip", dry_run=True))
        assert [error["line"] for error in result["errors"]] == places
    with pytest.raises(StakeholderGraphError) as caught:
        import_files(store, BUILT_IN, ImportPlan([made(tmp_path, "n.parquet", parquet(pa.table({"id": ["x"]})))]))
    assert caught.value.errors[0].code == "no-type"
    store.close()
