"""The large trial ecosystem at a small scale: the same bytes each time, taken whole by an import, the same from every way that it is made."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from examples import large
from graph_models import Ecosystem
from graph_models.records.vocabulary import BUILT_IN
from service.imports.formats.byte_source import FileOfSet
from service.imports.pipeline.import_job import ImportPlan, import_files
from service.stores.interface.store import At
from service.stores.sqlite.store import EmbeddedStore

PARTIES = 1_200
Records = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    directory = tmp_path_factory.mktemp("large")
    for form in large.FORMATS:
        large.write(large.shape_of(PARTIES), directory / f"large.{form}", form)
    return {form: directory / f"large.{form}" for form in large.FORMATS}


@pytest.fixture(scope="module")
def records(files: dict[str, Path]) -> Records:
    found = defaultdict(list)
    for line in files["ndjson"].read_text("utf-8").splitlines():
        record = json.loads(line)
        found[record["type"]].append(record)
    return found


def test_the_same_seed_is_the_same_bytes_and_another_is_not(files: dict[str, Path], tmp_path: Path) -> None:
    again, other = tmp_path / "again", tmp_path / "other"
    count = large.write(large.shape_of(PARTIES), again, "ndjson")
    large.write(large.shape_of(PARTIES, seed=7), other, "ndjson")
    assert again.read_bytes() == files["ndjson"].read_bytes() != other.read_bytes()
    assert count == len(again.read_bytes().splitlines())
    assert abs(count - PARTIES * 11) <= 2


def test_both_files_hold_the_same_records(files: dict[str, Path], records: Records) -> None:
    rows = [{name: value for name, value in row.items() if value is not None} for row in pq.read_table(files["parquet"]).to_pylist()]
    for row in rows:
        if "values" in row:
            row["values"] = json.loads(row["values"])
    told = [record for group in records.values() for record in group]
    assert Counter(row["type"] for row in rows) == Counter(record["type"] for record in told)
    by_id = {(record["type"], record["id"], record.get("valid_from")): record for record in told}
    assert [row for row in rows if by_id[row["type"], row["id"], row.get("valid_from")] != row] == []


@pytest.mark.parametrize("form", large.FORMATS)
def test_an_import_takes_every_record_and_gives_the_ecosystem_that_is_made_at_once(files: dict[str, Path], tmp_path: Path, form: str) -> None:
    store = EmbeddedStore(tmp_path / "w.sqlite")
    result = import_files(store, BUILT_IN, ImportPlan([FileOfSet(files[form], files[form].name)]))
    assert (result["rejected"], result["errors"]) == (0, [])
    made = large.ecosystem(large.shape_of(PARTIES))
    stored = Ecosystem.from_columns(store.columns(At(day=made.as_of)), large.FOCAL, made.as_of)
    for family, table in stored.columns.tables.items():
        assert made.columns[family].equals(table), family
    store.close()


def test_nothing_names_a_party_that_is_not_there(records: Records) -> None:
    there = {record["id"] for record in records["party"]}
    for kind in ("role", "relationship", "value_flow", "touchpoint", "assessment"):
        assert {record[end] for record in records[kind] for end in ("source", "target")} <= there
    assert len(there) == PARTIES


def test_lives_are_stages_that_may_follow_each_other(records: Records) -> None:
    lives: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for role in records["role"]:
        lives[role["id"]].append(role)
    assert len(lives) == PARTIES - 1
    for slices in lives.values():
        for before, after in pairwise(slices):
            assert BUILT_IN.stage_may_follow(before["stage"], after["stage"])
            assert before["valid_to"] < after["valid_from"]
        assert "valid_to" not in slices[-1]
    assert {role["stage"] for role in records["role"]} == {"prospect", "new", "active", "at_risk", "lapsed", "returned", "ended"}


def test_goods_come_with_the_money_for_them(records: Records) -> None:
    goods, money = (
        Counter((flow[giver], flow[receiver], flow["valid_from"], Decimal(flow["amount"])) for flow in records["value_flow"] if flow["kind"] == kind)
        for kind, giver, receiver in (("goods", "source", "target"), ("money", "target", "source"))
    )
    assert goods == money


def test_its_figures_are_those_of_real_ecosystems() -> None:
    found = {item["figure"]: item["value"] for item in large.figures(large.shape_of(20_000))}
    assert 2 < found["exponent of the degrees' tail (Hill, highest 5 %)"] < 3
    assert abs(found["Gini of the amounts"] - 0.89) < 0.03
    assert abs(found["Gini of what sellers earn"] - 0.9) < 0.05
    assert abs(found["share of the highest hundredth of the amounts"] - 0.48) < 0.12


def test_it_has_at_least_a_thousand_parties() -> None:
    with pytest.raises(ValueError, match="at least 1,000"):
        large.shape_of(999)
