"""What an import keeps between its check and its write: the same records come back, from memory or from a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph_models.errors import FieldError
from graph_models.records import finished, record_of
from graph_models.vocabulary import terms_of
from service.ingest import chunks, known
from service.ingest.chunks import Chunk, Kept, chunk_of
from service.ingest.known import Known
from service.ingest.record_lines import RecordLines
from service.ingest.sources import FileOfSet
from service.writes import MAX_RECORD_BYTES
from tests.graph_models.test_records import EXAMPLES

RECORDS = [finished(record_of(fields)) for fields in EXAMPLES]
TERMS = terms_of({"roles": [{"id": "x", "label": {"en": "X", "zh": "x"}}]})
FLOW = record_of({**EXAMPLES[4], "amount": "1e3", "attributes": {"a\n": [1, 2.5, None, "\u2028"]}})


@pytest.fixture(params=[0, 100], ids=["file", "memory"])
def kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Kept]:
    monkeypatch.setattr(chunks, "HELD_RECORDS", request.param)
    made = Kept(tmp_path)
    yield made
    made.close()


def test_what_is_kept_comes_back_as_often_as_it_is_asked_for(kept: Kept) -> None:
    places = [7, 10**12 + 3, *range(20, 20 + len(RECORDS))]
    first = chunk_of([*zip(places, [FLOW, FLOW, *RECORDS], strict=True), (5, TERMS)])
    second = chunk_of([(99, RECORDS[0])])
    second.checked = True
    for chunk in (first, second):
        kept.add(chunk)
    for _ in range(2):
        found = list(kept)
        assert [chunk.records for chunk in found] == [list(zip(places, [FLOW, FLOW, *RECORDS], strict=True)), [(99, RECORDS[0])]]
        assert [(chunk.terms, chunk.checked) for chunk in found] == [([(5, TERMS)], False), ([], True)]
    assert len(kept) == len(places) + 1


def test_a_file_of_kept_records_has_no_name_and_goes_with_its_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(chunks, "HELD_RECORDS", 0)
    kept = Kept(tmp_path)
    kept.add(chunk_of([(1, FLOW)]))
    assert list(tmp_path.iterdir()) == []
    assert next(iter(kept)).records == [(1, FLOW)]
    kept.close()


def test_chunks_are_of_one_size_and_keep_all() -> None:
    fault = FieldError("bad", "x")
    parts = [chunk_of([(1, FLOW), (2, fault), (3, FLOW)]), chunk_of([(4, TERMS)]), Chunk(), chunk_of([(5, FLOW), (6, FLOW), (7, fault)])]
    found = list(chunks.chunks(parts, 2))
    assert [len(chunk) for chunk in found] == [2, 2, 2]
    assert sorted(place for chunk in found for place, _ in chunk.records) == [1, 3, 5, 6]
    assert sorted(error.line or 0 for chunk in found for error in chunk.errors) == [2, 7]
    assert [place for chunk in found for place, _ in chunk.terms] == [4]


def test_known_ids_are_remembered_and_others_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "_FEW", 10)
    ids = Known()
    for start in range(0, 100, 7):
        ids.add(f"家{number}" for number in range(start, start + 7))
    assert ids.without([f"家{number}" for number in range(-5, 200)]) == {f"家{number}" for number in [*range(-5, 0), *range(105, 200)]}
    assert "家104" in ids
    assert "家105" not in ids
    assert Known().without(["a"]) == {"a"}


@pytest.mark.parametrize("block", [7, 1 << 20])
def test_lines_keep_their_numbers_however_the_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr("service.ingest.record_lines.BLOCK_BYTES", block)
    line = b'{"type":"party","id":"%d","name":"x","kind":"person"}'
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"\n".join([line % 1, b"", b"{", line % 4 + b"\r", line % 5]))
    found = _joined(RecordLines([FileOfSet(path, path.name)]))
    assert [(place, record.id) for place, record in found.records] == [(1, "1"), (4, "4"), (5, "5")]
    assert [(error.line, error.code) for error in found.errors] == [(3, "bad-json")]


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"x" * (5 * MAX_RECORD_BYTES) + b'\n{"type":"party","id":"p","name":"x","kind":"person"}')
    found = _joined(RecordLines([FileOfSet(path, path.name)]))
    assert [(error.line, error.code) for error in found.errors] == [(1, "too-large")]
    assert [(place, record.id) for place, record in found.records] == [(2, "p")]


def _joined(lines: RecordLines) -> Chunk:
    found = Chunk()
    for part in lines.parts(lambda _: None):
        found.take(part)
    return found
