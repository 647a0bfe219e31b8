"""Hostile files: whatever is in them, readers raise no error but ours, and their time grows with the file and no faster.

Time is counted as lines of Python that run, where a reader's work is in Python, and as seconds with a generous ratio where it is in a library.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_models.errors import FieldError, StakeholderGraphError
from service.imports.formats.byte_source import FileOfSet
from service.imports.formats.registry import open_table
from service.imports.formats.table import ReadOptions
from service.imports.suggestion.suggestion import suggest
from tests.imports.files import made
from tests.imports.formats.excel_files import Style, workbook, zipped
from tests.imports.formats.test_workbooks import ROWS

QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def everything(file: FileOfSet, **options: Any) -> None:
    """Read a file to its end; an error of ours is as good as lines."""
    try:
        with open_table(file, ReadOptions(**options)) as table:
            for line, cells in table.lines:
                assert line >= 1
                assert isinstance(cells, FieldError) or len(cells) == len(table.columns)
    except StakeholderGraphError:
        return


# --- no foreign exception


def _sources() -> dict[str, bytes]:
    """A good file of each format."""
    records = [{"id": f"p{number}", "name": "香蕉 Ä", "n": number / 7, "in": {"city": "Rio"}, "tags": ["a", "b"]} for number in range(20)]
    table = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(records), table)
    nodes = "".join(f'<node id="n{n}"><data key="k">Ä{n}</data></node>' for n in range(20))
    return {
        "a.xlsx": workbook(ROWS, style=Style(prefix="x", shared=True), merged=["A2:A3"]),
        "a.csv": b"id,name\n" + b"".join(f"{n},香蕉\n".encode() for n in range(20)),
        "a.json": json.dumps(records).encode(),
        "a.ndjson": b"\n".join(json.dumps(record).encode() for record in records),
        "a.parquet": table.getvalue(),
        "a.graphml": f'<graphml><key id="k" for="node" attr.name="name"/><graph edgedefault="directed">{nodes}</graph></graphml>'.encode(),
    }


GOOD = _sources()


@settings(max_examples=250, deadline=None, suppress_health_check=QUIET)
@given(st.sampled_from(sorted(GOOD)), st.integers(0, 2**32), st.sampled_from(["cut", "flip", "swap", "double", "zero"]), st.booleans())
def test_damaged_files_raise_only_errors_of_ours(tmp_path: Path, name: str, seed: int, damage: str, packed: bool) -> None:
    order, content = random.Random(seed), bytearray(GOOD[name])
    if packed:
        content = bytearray(gzip.compress(bytes(content)))
    places = [order.randrange(len(content)) for _ in range(3)]
    if damage == "cut":
        del content[places[0] :]
    elif damage == "flip":
        for place in places:
            content[place] ^= 1 << order.randrange(8)
    elif damage == "swap":
        first, second = sorted(places[:2])
        content[first:second] = content[first:second][::-1]
    elif damage == "double":
        content[places[0] : places[0]] = content[places[0] : places[0] + 50]
    else:
        content[places[0] : places[0] + 8] = bytes(8)
    everything(made(tmp_path, f"{name}.gz" if packed else name, bytes(content)))


@settings(max_examples=40, deadline=None, suppress_health_check=QUIET)
@given(st.sampled_from(sorted(GOOD)), st.sampled_from(sorted(GOOD)))
def test_a_file_under_the_name_of_another_format_raises_only_errors_of_ours(tmp_path: Path, content: str, name: str) -> None:
    file = made(tmp_path, name, GOOD[content])
    everything(file)
    everything(file, format=name.rpartition(".")[2])


NOW = datetime(2024, 1, 2, 9, 15, tzinfo=UTC)
FAR_DAYS, FAR_TIMES = pa.array([0, -(2**31)], pa.int32()).cast(pa.date32()), pa.array([2**62, None], pa.int64()).cast(pa.timestamp("s"))
ANY_TYPE: list[pa.Array] = [
    *(pa.array([1, None], kind) for kind in (pa.int8(), pa.uint64(), pa.float16(), pa.float32(), pa.time32("ms"), pa.time64("ns"), pa.duration("ns"))),
    pa.array([float("nan"), float("inf")]), pa.array([True, None]), pa.array([None, None], pa.null()), pa.array([Decimal("1.50"), None], pa.decimal128(20, 2)),
    pa.array([Decimal("-1E+10"), None], pa.decimal256(60, 0)), pa.array(["a", None], pa.large_string()), pa.array(["a", None], pa.string_view()),
    pa.array([b"\xff\x00", b"ok"], pa.binary()), pa.array([b"1234", None], pa.binary(4)), pa.array([b"\xff", None], pa.binary_view()), FAR_DAYS, FAR_TIMES,
    *(pa.array([NOW, None], pa.timestamp("us", zone)) for zone in (None, "Asia/Shanghai", "+05:30", "Banana/Land")),
    pa.array([1704203100123456789, None], pa.timestamp("ns")), pa.array(["x", "y"]).dictionary_encode(), pa.array([[1, 2], None]), pa.array([[[1]], []]),
    pa.array([[{"x": 1}], [{"x": 1}, {"x": 2}]]), pa.array([[{"x": [1]}], None]), pa.array([[("k", 1)], []], pa.map_(pa.string(), pa.int64())),
    pa.array([{"x": {"y": 1}}, None]), pa.array([["a\nb"], ["c"]]), pa.array([[1, 2], None], pa.list_(pa.int8(), 2)),
    pa.array([[NOW], None], pa.list_(pa.timestamp("ns", "UTC"))), pa.array([{}, None], pa.struct([])),
]  # fmt: skip


def parquet(values: pa.Array) -> bytes | None:
    """A file with a column of these values; ``None`` where Parquet does not hold their type."""
    out = io.BytesIO()
    try:
        pq.write_table(pa.table({"id": ["a", "b"], "v": values}), out)
    except (pa.ArrowException, NotImplementedError):
        return None
    return out.getvalue()


FILES = [pytest.param(content, id=str(values.type)) for values in ANY_TYPE if (content := parquet(values)) is not None]


@pytest.mark.parametrize("content", FILES)
def test_any_type_of_arrow_is_a_text_or_an_error_of_its_row(tmp_path: Path, content: bytes) -> None:
    file = made(tmp_path, "a.parquet", content)
    with open_table(file) as table:
        lines = list(table.lines)
    assert [line for line, _ in lines] == [1, 2]
    assert all(len(cells) == len(table.columns) for _, cells in lines)
    suggest([file])


def test_values_of_arrow_are_what_a_person_would_write(tmp_path: Path) -> None:
    table = pa.table({
        "ns": pa.array([1704203100123456789, 1704153600000000000], pa.timestamp("ns")), "there": pa.array([NOW, NOW], pa.timestamp("us", "Asia/Shanghai")),
        "short": pa.array([0.1, 16777216.0], pa.float32()), "noise": [0.1 + 0.2, 1e20], "word": pa.array(["x", "y"]).dictionary_encode(),
        "long": pa.array([36 * 3600, -60], pa.duration("s")), "one": [[{"x": 1}], [{"x": 2}]], "days": [[NOW.date()], []],
    })  # fmt: skip
    out = io.BytesIO()
    pq.write_table(table, out)
    with open_table(made(tmp_path, "a.parquet", out.getvalue())) as read:
        assert read.columns == ["ns", "there", "short", "noise", "word", "long", "one.x", "days"]
        assert [cells for _, cells in read.lines] == [
            ["2024-01-02 13:45:00.123456789", "2024-01-02 17:15:00+08:00", "0.1", "0.3", "x", "36:00:00", "1", "2024-01-02"],
            ["2024-01-02", "2024-01-02 17:15:00+08:00", "16777216", "100000000000000000000", "y", "-00:01:00", "2", ""],
        ]


# --- time


def _sheet(inner: str) -> bytes:
    return zipped({
        "_rels/.rels": '<Relationships><Relationship Id="a" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet name="S" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="a" Type="x/worksheet" Target="s.xml"/></Relationships>',
        "xl/s.xml": f"<worksheet>{inner}</worksheet>",
    })  # fmt: skip


def _cell(text: str) -> str:
    return f"<c t='str'><v>{text}</v></c>"


def _merged(n: int) -> bytes:
    regions = "<mergeCell ref='A2:D99999'/>" * n
    rows = f"<row>{_cell('1')}</row>" * n
    return _sheet(f"<sheetData><row>{_cell('a')}</row>{rows}</sheetData><mergeCells>{regions}</mergeCells>")


def _keys(n: int) -> bytes:
    keys = "".join(f"<key id='k{number}' for='node'/>" for number in range(n))
    return f"<graphml>{keys}<graph>{'<node/>' * n}</graph></graphml>".encode()


HOSTILE: dict[str, Callable[[int], tuple[str, bytes]]] = {
    "a comment of elements in a sheet": lambda n: ("a.xlsx", _sheet("<!--" + "<c " * n + "-->")),
    "a sheet of attributes": lambda n: ("a.xlsx", _sheet("<row " + " ".join(f"a{i}='x'" for i in range(n)) + "/>")),
    "a sheet of empty rows": lambda n: ("a.xlsx", _sheet("<sheetData>" + "<row/>" * n + "</sheetData>")),
    "a sheet of columns": lambda n: ("a.xlsx", _sheet(f"<sheetData><row>{_cell('a') * min(n, 10_000)}</row></sheetData>")),
    "a sheet of merged regions": lambda n: ("a.xlsx", _merged(n // 4)),
    "a workbook of sheets": lambda n: ("a.xlsx", zipped({f"xl/worksheets/s{i}.xml": "<x/>" for i in range(n // 20)})),
    "nested elements": lambda n: ("a.graphml", b"<graphml>" + b"<x>" * n),
    "an endless comment": lambda n: ("a.graphml", b"<graphml><!--" + b"<node " * n),
    "keys of a graph": lambda n: ("a.graphml", _keys(n // 10)),
    "members of gzip": lambda n: ("a.csv.gz", gzip.compress(b"id\n") + gzip.compress(b"") * (n // 4)),
    "quotes": lambda n: ("a.csv", b"id,n\n" + b'"' * n),
    "delimiters": lambda n: ("a.csv", b"id" + b",;\t|" * n),
    "names of columns": lambda n: ("a.csv", (",".join(f"c{i}" for i in range(n)) + "\n1\n").encode()),
    "one long line": lambda n: ("a.csv", b"id\n" + b"x" * n * 20),
    "bytes of no encoding": lambda n: ("a.csv", b"id\n" + bytes(range(128, 256)) * (n // 10)),
    "nested JSON": lambda n: ("a.json", b"[" + b'{"a":' * n),
    "brackets": lambda n: ("a.json", b"[" * n),
    "a list of JSON that is no item": lambda n: ("a.json", b'{"x": "' + b"\\\\" * n + b'", "rows": [{"id": 1}]}'),
    "keys of an object": lambda n: ("a.ndjson", ("{" + ",".join(f'"k{i}":1' for i in range(n)) + "}\n").encode()),
    "a key twice": lambda n: ("a.ndjson", ("{" + ",".join(f'"k{i}":1' for i in range(n)) + f',"k{n - 1}":1}}\n').encode()),
    "keys of many lines": lambda n: ("a.ndjson", "".join(f'{{"k{i % 9_000}":1}}\n' for i in range(n // 4)).encode()),
    "dots in names": lambda n: ("a.ndjson", ('{"' + "a." * n + '": null, "b": 1}\n').encode()),
    "lists that are nothing": lambda n: ("a.ndjson", ('{"a": [' + ",".join("{}" for _ in range(n)) + ']}\n{"a": {"b": 1}}\n').encode()),
}  # fmt: skip


def _seconds(tmp_path: Path, make: Callable[[int], tuple[str, bytes]], size: int) -> float:
    name, content = make(size)
    file = made(tmp_path, f"{size}{name}", content)
    begun = time.process_time()
    everything(file)
    return time.process_time() - begun


@pytest.mark.parametrize("what", HOSTILE)
def test_the_time_of_a_reader_grows_with_the_file_and_no_faster(tmp_path: Path, what: str) -> None:
    """Eight times the file takes no more than twenty times as long: a square would take sixty-four."""
    small, large = (_seconds(tmp_path, HOSTILE[what], size) for size in (10_000, 80_000))
    assert large < 20 * small + 0.3


def test_a_packed_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from service.imports.formats import byte_source as sources

    monkeypatch.setattr(sources, "FREE_UNPACKED", 1 << 20)
    file = made(tmp_path, "a.csv.gz", b"id\n" + b"1\n" * (2 << 20))
    with pytest.raises(StakeholderGraphError, match="unpacks to more than 200 times"), open_table(file) as table:
        list(table.lines)
