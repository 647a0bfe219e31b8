"""The parts of an import, as they are read and once they are checked: what is kept comes back the same, from memory or from a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from graph_models.errors import FieldError, InvalidInput
from graph_models.records.json_codec import decode_record, record_of
from graph_models.records.record_types import Record, finished
from graph_models.records.validation import faults
from graph_models.records.vocabulary import BUILT_IN, terms_of
from service.facts.ndjson import MAX_RECORD_BYTES
from service.imports.buffers import chunk as chunks
from service.imports.buffers import id_set as known
from service.imports.buffers.chunk import Chunk, Item, Ready, chunk_of, made_ready, merged, unpacked
from service.imports.buffers.chunk_spool import Kept
from service.imports.buffers.id_set import Known
from service.imports.formats.byte_source import FileOfSet
from service.imports.pipeline.record_files import RecordLines
from service.stores.interface.record_batch import block_of
from tests.graph_models.records.test_json_codec import EXAMPLES

RECORDS = [finished(record_of(fields)) for fields in EXAMPLES]
TERMS = terms_of({"roles": [{"id": "x", "label": {"en": "X", "zh": "x"}}]})
FLOW = record_of({**EXAMPLES[4], "id": "other", "amount": "1000.00", "attributes": {"a\n": [1, 2.5, None, "\u2028"]}})


@pytest.fixture(params=[1, 1 << 20], ids=["file", "memory"])
def kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Kept]:
    monkeypatch.setattr("service.imports.buffers.chunk_spool.HELD_BYTES", request.param)
    made = Kept(tmp_path)
    yield made
    made.close()


def ready(items: Sequence[Item]) -> Ready:
    return made_ready(chunk_of(items), BUILT_IN)[0]


def records_of(part: Ready) -> list[tuple[int, Record]]:
    return sorted((place, decode_record(body or b"")) for block in part.blocks for place, body in zip(block.places, block.bodies, strict=True))


def test_what_is_kept_comes_back_as_often_as_it_is_asked_for(kept: Kept) -> None:
    valid = [record for record in RECORDS if not faults(record, BUILT_IN)]
    assert len(valid) > 6
    places = [7, *range(20, 20 + len(valid))]
    numbered = list(zip(places, [FLOW, *valid], strict=True))
    first, second = ready([*numbered, (5, TERMS), (6, FieldError("bad", "x"))]), ready([(10**12 + 3, RECORDS[0])])
    for chunk in (first, second):
        kept.add(chunk)
    for _ in range(2):
        found = list(kept)
        assert [records_of(chunk) for chunk in found] == [numbered, [(10**12 + 3, RECORDS[0])]]
        assert [chunk.blocks for chunk in found] == [unpacked(first.packed()).blocks, unpacked(second.packed()).blocks]
        assert [(chunk.terms, chunk.errors) for chunk in found] == [([(5, TERMS)], []), ([], [])]
    assert len(kept) == len(places) + 1


def test_a_file_of_kept_records_has_no_name_and_goes_with_its_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("service.imports.buffers.chunk_spool.HELD_BYTES", 1)
    kept = Kept(tmp_path)
    kept.add(ready([(1, FLOW)]))
    assert list(tmp_path.iterdir()) == []
    assert records_of(next(iter(kept))) == [(1, FLOW)]
    kept.close()


def test_a_checked_chunk_holds_what_is_valid_as_blocks_and_says_what_is_wrong() -> None:
    wrong = record_of({**EXAMPLES[4], "id": "x", "currency": "no"})
    found = ready([(1, FLOW), (2, wrong), (3, FieldError("bad", "x")), (4, RECORDS[0]), (5, TERMS)])
    assert [(block.type, list(block.places)) for block in found.blocks] == [("value_flow", [1]), ("document", [4])]
    assert [(error.line, error.field) for error in found.errors] == [(3, None), (2, "currency")]
    assert (found.records(), len(found), [place for place, _ in found.terms]) == (2, 4, [5])


def test_terms_hold_for_the_records_of_their_chunk_and_bad_ones_are_faults_of_their_line() -> None:
    role = record_of({"type": "role", "id": "r", "source": "a", "target": "b", "role": "x"})
    found, vocabulary = made_ready(chunk_of([(1, TERMS), (2, role)]), BUILT_IN)
    assert (found.records(), found.errors, "x" in vocabulary.roles) == (1, [], True)
    again = terms_of({"roles": [{"id": "customer", "label": {"en": "X", "zh": "x"}}]})
    with pytest.raises(InvalidInput) as caught:
        BUILT_IN.extended(again)
    assert [error.line for error in ready([(9, again)]).errors] == [9] * len(caught.value.errors)


def test_what_names_something_missing_is_parted_from_the_rest() -> None:
    flows = [record_of({"type": "value_flow", "id": str(n), "source": f"s{n}", "target": f"t{n}", "kind": "money"}) for n in range(3)]
    cited = record_of({"type": "value_flow", "id": "3", "source": "a", "target": "b", "kind": "money", "evidence": [{"document_id": "d"}]})
    there, late = ready(list(enumerate([*flows, cited, RECORDS[0]]))).parted({"party": {"s0", "t2"}, "document": {"d"}})
    assert [place for place, _ in records_of(late)] == [0, 2, 3]
    assert [place for place, _ in records_of(there)] == [1, 4]
    assert there.parties() == {"s1", "t1"}
    assert (late.documents(), there.documents()) == ({"d"}, set())


def test_small_chunks_are_merged_as_far_as_they_fit() -> None:
    parts = [ready([(n, finished(record_of({**EXAMPLES[4], "id": str(n), **({"product": "p"} if n % 2 else {})})))]) for n in range(5)]
    parts.insert(2, ready([(9, RECORDS[0]), (8, FieldError("bad", "x")), (7, TERMS)]))
    found = list(merged(parts, 4))
    assert [len(part) for part in found] == [4, 3]
    assert sorted(pair for part in found for pair in records_of(part)) == sorted(pair for part in parts for pair in records_of(part))
    for part in found:
        assert len({block.type for block in part.blocks}) == len(part.blocks)
        for block in part.blocks:
            alone = block_of([decode_record(body or b"") for body in block.bodies], block.places)
            assert {name: list(column) for name, column in alone.hot.items()} == {name: list(column) for name, column in block.hot.items()}
            assert list(alone.words) == list(block.words)


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
    monkeypatch.setattr("service.imports.pipeline.record_files.BLOCK_BYTES", block)
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
