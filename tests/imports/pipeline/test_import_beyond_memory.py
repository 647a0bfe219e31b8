"""An import that remembers in files what the memory should not hold finds the same as one that holds everything: faults, their lines, sums, counts."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from graph_models.errors import FieldError, InvalidInput
from graph_models.records.vocabulary import BUILT_IN
from service.exports.registry import exported, format_named
from service.imports.buffers import chunk as chunks
from service.imports.buffers import chunk_spool as kept
from service.imports.mapping import bound_mapping as mapping
from service.imports.mapping import records as mapping_rows
from service.imports.mapping.bound_mapping import BoundMapping
from service.imports.mapping.model import read_mapping
from service.imports.pipeline import import_job as load
from service.imports.pipeline import preflight as checking
from service.imports.pipeline.import_job import ImportPlan, import_files
from service.stores.sqlite.store import EmbeddedStore
from tests.imports.conftest import made_small
from tests.imports.files import made

LINES = 900
MAPPING = """
name: payments
files:
  payments:
    pattern: "*.csv"
    derive: {size: {calculate: weight}}
    totals: [Total]
    redact: [{column: name, values: [HIDDEN], apart_by: [city], placeholder_as: hidden}]
    records:
      - {type: party, id: "s{supplier}", name: "Supplier {supplier}", kind: organization, city: "{city}", when: {column: hidden, present: false}}
      - {type: party, id: "h{name}", name: "{name}", kind: organization, when: {column: hidden, present: true}}
      - {type: party, id: "m{supplier}", name: "{name}", kind: organization, region: "{city}", duplicates: merge_names}
      - {type: role, id: "s{supplier}/supplier", source: "s{supplier}", target: firm, role: supplier, when: {column: hidden, present: false}}
      - {type: value_flow, id: "p{number}", source: firm, target: "m{supplier}", kind: money, amount: "{amount}", currency: EUR}
      - {type: touchpoint, id: "t{call}", source: firm, target: "m{supplier}", kind: call, occurred_at: "2025-03-01", duplicates: first}
      - type: value_flow
        id: "g{supplier}/{size}"
        group_by: [supplier, size]
        source: firm
        target: "m{supplier}"
        kind: money
        amount: {sum: amount}
        currency: EUR
        attributes: {lines: "{#lines}"}
records:
  - {type: party, id: firm, name: Firm, kind: organization}
"""


def messy() -> str:
    """Suppliers in two cities, payments with one number, sums, placeholders, names in several spellings, amounts that are no number."""
    chance = random.Random(7)
    out = ["number,call,supplier,name,city,amount,weight"]
    for line in range(LINES):
        supplier, city = chance.randrange(150), "Rome" if chance.random() < 0.02 else "Bonn"
        amount = "x" if chance.random() < 0.01 else f"{chance.randrange(1, 4)}.{chance.choice(['0', '00', '5'])}"
        name = "HIDDEN" if chance.random() < 0.05 else f"Name {supplier} {chance.randrange(3)}"
        number = chance.randrange(20) if chance.random() < 0.05 else 100 + line
        weight = chance.choice(["1", "1.0", "2"])
        cells = (number, chance.randrange(300), supplier, name, city if name != "HIDDEN" else "", amount, weight)
        out.append("Total,,,,,5," if chance.random() < 0.01 else ",".join(map(str, cells)))
    return "\n".join(out) + "\n"


def made_of(directory: Path) -> tuple[list[tuple[int, Any]], Any, Any]:
    bound = BoundMapping(read_mapping(MAPPING), [made(directory, "a.csv", messy())], BUILT_IN, directory)
    found = [(place, item if isinstance(item, FieldError) else msgspec.to_builtins(item)) for place, item in bound.records(lambda _: None)]
    return found, bound.redacted(), bound.left_out()


def test_a_mapping_makes_the_same_of_lines_however_little_is_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = made_of(tmp_path)
    codes = {item.code for _, item in expected[0] if isinstance(item, FieldError)}
    assert codes == {"contradiction", "duplicate", "bad-number", "incomplete-group"}
    made_small(monkeypatch)
    monkeypatch.setattr(mapping_rows, "SEEN_CELLS", 4)
    monkeypatch.setattr(mapping, "LINES_AT_ONCE", 7)
    found = made_of(tmp_path)
    assert len(found[0]) > LINES
    assert found == expected
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Imports are checked whole and then written, fifty records at a time."""
    monkeypatch.setattr(chunks.chunks, "__defaults__", (50,))
    monkeypatch.setattr(load, "TOGETHER_BYTES", -1)


def imported(directory: Path, on_error: str, dry_run: bool, lines: list[dict[str, Any]]) -> Any:
    """What an import into an empty store says, and what is in the store then."""
    file = made(directory, "a.ndjson", "\n".join(map(json.dumps, lines)))
    store = EmbeddedStore(directory / f"{len(list(directory.iterdir()))}.sqlite")
    try:
        answer: Any = import_files(store, BUILT_IN, ImportPlan([file], None, on_error, dry_run, "i", directory=directory))
    except InvalidInput as error:
        answer = {"message": error.message, "errors": [fault._asdict() for fault in error.errors]}
    try:
        return answer, b"".join(exported(store, BUILT_IN, format_named("ndjson")))
    finally:
        store.close()


STAGES = {"right": ("prospect", "new", "active"), "dangling": ("prospect", "new", "active"), "stages": ("active", "new", "active")}


def records(what: str) -> list[dict[str, Any]]:
    """Facts before their parties and documents, roles whose stages come in several parts of the file; some that never come, or may not follow."""
    chance, more = random.Random(3), what == "dangling"
    parties = [{"type": "party", "id": f"p{n}", "name": f"Party {n}", "kind": "organization"} for n in range(200)]
    documents = [{"type": "document", "id": f"d{n}", "title": "D"} for n in range(60)]
    flows = [
        {"type": "value_flow", "id": f"v{n}", "source": f"p{chance.randrange(200 + 3 * more)}", "target": f"p{chance.randrange(200)}", "kind": "money",
         "amount": "1", "currency": "EUR", "evidence": [{"document_id": f"d{chance.randrange(60 + more)}"}]}
        for n in range(300)
    ]  # fmt: skip
    roles = [
        {"type": "role", "id": f"r{n}", "source": f"p{n}", "target": "p0", "role": "customer", "stage": stage, "valid_from": f"{year}", "valid_to": f"{year}"}
        for year, stage in enumerate(STAGES[what], 2021) for n in range(1, 60)
    ]  # fmt: skip
    return [*flows[:150], *roles[:100], *parties[::2], *flows[150:], *documents, *roles[100:], *parties[1::2]]


@pytest.mark.parametrize("what", STAGES)
@pytest.mark.parametrize(("on_error", "dry_run"), [("abort", False), ("skip", False), ("abort", True)], ids=["abort", "skip", "dry"])
def test_an_import_says_and_writes_the_same_however_little_is_in_memory(
    in_parts: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_error: str, dry_run: bool, what: str
) -> None:
    monkeypatch.setattr(load, "SHOWN_ERRORS", 10_000)
    answer, stored = imported(tmp_path, on_error, dry_run, records(what))
    made_small(monkeypatch)
    monkeypatch.setattr(kept, "HELD_BYTES", 1_000)
    monkeypatch.setattr(checking, "MAX_BATCH_RECORDS", 7)
    assert imported(tmp_path, on_error, dry_run, records(what)) == (answer, stored)
    assert {path.suffix for path in tmp_path.iterdir()} <= {".ndjson", ".sqlite"}
    assert {fault["code"] for fault in answer["errors"]} == {"right": set(), "dangling": {"dangling"}, "stages": {"stage-not-allowed"}}[what]


def test_what_never_comes_is_told_once_where_it_was_named_first(small: None, in_parts: None, tmp_path: Path) -> None:
    lines = records("dangling")
    first: dict[str, int] = {}
    for line, record in enumerate(lines, 1):
        for name in (record.get("source"), *(item["document_id"] for item in record.get("evidence", ()))):
            if name in ("p200", "p201", "p202", "d60"):
                first.setdefault(name, line)
    answer, stored = imported(tmp_path, "abort", False, lines)
    assert stored == b""
    assert first.keys() == {"p200", "p201", "d60"}
    told = [(f"there is no {'document' if name[0] == 'd' else 'party'} {name!r}", line) for name, line in first.items()]
    assert sorted((fault["message"], fault["line"]) for fault in answer["errors"]) == sorted(told)


def test_each_supplier_is_made_once_and_each_city_that_contradicts_is_told(small: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapping_rows, "SEEN_CELLS", 4)
    mapping_text = 'name: t\nfiles:\n  a:\n    pattern: a.csv\n    records:\n      - {type: party, id: "{id}", name: x, kind: person, city: "{city}"}\n'
    content = "id,city\n" + "".join(f"{line % 50},{'Rome' if line in (60, 333) else 'Bonn'}\n" for line in range(500))
    bound = BoundMapping(read_mapping(mapping_text), [made(tmp_path, "a.csv", content)], BUILT_IN, tmp_path)
    found = list(bound.records(lambda _: None))
    assert [(place, item.id) for place, item in found if not isinstance(item, FieldError)] == [(line + 2, str(line)) for line in range(50)]
    assert [(place, item.code, item.message) for place, item in found if isinstance(item, FieldError)] == [
        (
            line + 2,
            "contradiction",
            f"column 'city' is 'Rome': {str(line % 50)!r} has 'Rome' here and 'Bonn' in an earlier line; say `duplicates: first` or `merge`",
        )
        for line in (60, 333)
    ]
