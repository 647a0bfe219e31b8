"""What an import says of its faults and of how it read its files: every line counts, and what is said of many lines alike is told once."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph_models.errors import InvalidInput
from graph_models.records.vocabulary import BUILT_IN
from service.imports.formats.byte_source import FileOfSet
from service.imports.mapping.model import read_mapping
from service.imports.pipeline.import_job import ImportPlan, import_files
from service.stores.sqlite.store import EmbeddedStore
from tests.imports.files import made

MAPPING = read_mapping("""name: x
records: [{type: party, id: firm, name: F, kind: organization}]
files:
  a:
    pattern: "*.csv"
    records:
      - {type: party, id: "{who}", name: "{who}", kind: organization, duplicates: first}
      - {type: value_flow, id: "{#line}", source: "{who}", target: firm, kind: money, amount: "{n}", currency: CNY}
""")
RUSSIAN = "who,n\nГазпром,1\nЛукойл,2\n"


@pytest.fixture
def store(tmp_path: Path) -> EmbeddedStore:
    return EmbeddedStore(tmp_path / "w.sqlite")


def amounts(tmp_path: Path) -> FileOfSet:
    """Fifty lines: one good one, and 49 faults of four values."""
    bad = ["五万"] * 20 + ["x"] * 15 + ["-"] * 10 + ["NaN"] * 4
    return made(tmp_path, "a.csv", "who,n\n" + "".join(f"p,{cell}\n" for cell in [*bad, "7"]))


def test_49_faults_of_four_values_are_49_and_told_as_four(tmp_path: Path, store: EmbeddedStore) -> None:
    result = import_files(store, BUILT_IN, ImportPlan([amounts(tmp_path)], MAPPING, on_error="skip"))
    assert (result["rejected"], len(result["errors"])) == (49, 49)
    assert [(group["count"], group["lines"]) for group in result["faults"]] == [
        (20, [2, 3, 4, 5]), (15, [22, 23, 24, 25]), (10, [37, 38, 39, 40]), (4, [47, 48, 49, 50]),
    ]  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        import_files(store, BUILT_IN, ImportPlan([amounts(tmp_path)], MAPPING))
    assert [group["count"] for group in refused.value.facts["faults"]] == [20, 15, 10, 4]
    assert len(refused.value.errors) == 49


def test_the_encoding_of_an_import_is_over_that_of_the_mapping_and_is_shown(tmp_path: Path, store: EmbeddedStore) -> None:
    file = made(tmp_path, "a.csv", RUSSIAN, "koi8-r")
    result = import_files(store, BUILT_IN, ImportPlan([file], MAPPING, encoding="KOI8-R"))
    assert (result["created"], result["files"][0]["encoding"]) == (5, "koi8-r")
    for encoding, code in (("banana", "unknown-encoding"), ("utf-8", "wrong-encoding")):
        with pytest.raises(InvalidInput) as refused:
            import_files(store, BUILT_IN, ImportPlan([file], MAPPING, encoding=encoding))
        assert refused.value.errors[0].code == code


@pytest.mark.parametrize("name", ["r.ndjson", "r.json", "r.txt"])
def test_a_mark_before_records_is_no_part_of_them(tmp_path: Path, store: EmbeddedStore, name: str) -> None:
    lines = "\ufeff" + "".join(f'{{"type":"party","id":"{n}","name":"N","kind":"organization"}}\n' for n in "ab")
    assert import_files(store, BUILT_IN, ImportPlan([made(tmp_path, name, lines)]))["created"] == 2


def test_a_name_given_twice_in_one_record_is_an_error_of_its_line(tmp_path: Path, store: EmbeddedStore) -> None:
    good = '{"type":"party","id":"a","name":"A","kind":"organization"}'
    bad = ['{"type":"party","id":"b","id":"c","name":"B","kind":"organization"}',
           '{"type":"party","id":"d","name":"D","kind":"organization","attributes":{"x":1,"x" : 2}}']  # fmt: skip
    spaced = '{"type" : "party", "id" : "e", "name" : "\\": E", "kind" : "organization", "city" : null}'
    for name, text in (("r.ndjson", "\n".join([good, *bad, spaced])), ("r.json", "[" + ",\n".join([good, *bad, spaced]) + "]")):
        result = import_files(store, BUILT_IN, ImportPlan([made(tmp_path, name, text)], on_error="skip", dry_run=True))
        assert [(fault["line"], fault["code"], fault["field"]) for fault in result["errors"]] == [(2, "duplicate-name", "id"), (3, "duplicate-name", "x")]
        assert result["accepted"] == 2
