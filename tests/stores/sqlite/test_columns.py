"""Columns of the embedded store are exact whatever is written: any text, any number, blocks that are cut, rows that were superseded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_models.ecosystem.columns import Columns
from graph_models.records.dates import ALL_TIME
from graph_models.records.json_codec import record_of
from graph_models.records.record_types import Record
from service.stores.interface.store import NOW, At
from service.stores.sqlite import columns as embedded_columns
from service.stores.sqlite.store import EmbeddedStore
from tests.stores.naive_store import NaiveStore, Retraction
from tests.stores.plans import state
from tests.stores.sample_records import DAY, EVERY_DAY, TODAY, flow, party, role

SEPARATORS = "\x1f\n\r\x01\x1e\x0b\x0c\u2028\ufeff\"',\\ \t"
TEXTS = st.text(st.sampled_from(SEPARATORS + "aé中😀01"), max_size=6) | st.sampled_from(["", "\r", "\n", "\x1f", "null", "NULL", "NaN", "0", "1e5", "\ufeff"])
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.1, 5e-324, 1.7976931348623157e308, 1e23, 2**53 + 1.0, 1 / 3])


@st.composite
def flows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A few flows between two parties, with texts and numbers as nobody would write them; ids are unique and without control characters."""
    names = draw(st.lists(st.text(st.sampled_from("\ufeff\u2028\"',\\ aé中😀01"), min_size=1, max_size=4), unique=True, max_size=8))
    return [
        flow(name, product=draw(st.none() | TEXTS), unit=draw(st.none() | TEXTS), quantity=draw(st.none() | NUMBERS), utility=draw(st.none() | st.floats(0, 1)),
             importance=draw(st.none() | st.integers(1, 5)))
        for name in names
    ]  # fmt: skip


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[EmbeddedStore, NaiveStore]]:
    opened = EmbeddedStore(tmp_path / "w.sqlite")
    yield opened, NaiveStore()
    opened.close()


def write(both: tuple[EmbeddedStore, NaiveStore], *told: dict[str, Any] | Retraction) -> None:
    operations: list[Record | Retraction] = [each if isinstance(each, Retraction) else record_of(each) for each in told]
    state(both[0], *operations)
    both[1].write(operations)


def assert_same(mine: Columns, naive: Columns) -> None:
    for family, table in naive.tables.items():
        assert mine[family].schema == table.schema
        assert mine[family].to_pylist() == table.to_pylist()
    assert mine.digest == naive.digest


@given(flows(), flows())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_and_number_comes_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, first: list[dict[str, Any]], then: list[dict[str, Any]]) -> None:
    both = EmbeddedStore(tmp_path_factory.mktemp("columns") / "w.sqlite"), NaiveStore()
    write(both, party("a"), party("b"), *first)
    if then:
        write(both, *then)
    for at in (TODAY, EVERY_DAY, At(DAY, 1), At(None, 0)):
        assert_same(both[0].columns(at), both[1].columns(at))
    both[0].close()


@pytest.mark.parametrize("rows_at_once", [1, 3, 7])
def test_blocks_may_be_cut_anywhere(both: tuple[EmbeddedStore, NaiveStore], rows_at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_columns, "ROWS_AT_ONCE", rows_at_once)
    write(both, party("a"), party("b"), *(role(f"r{place}", valid_from="2020") for place in range(5)), *(flow(f"v{place}", product="x") for place in range(9)))
    write(
        both, role("r1", stage="lapsed", valid_from="2025"), flow("v3", product="a\rb"), Retraction("value_flow", "v4", ALL_TIME), party("b", valid_to="2024")
    )
    for at in (TODAY, EVERY_DAY, At(DAY, 1), At(DAY - 400), At(DAY, NOW)):
        assert_same(both[0].columns(at), both[1].columns(at))


def test_a_block_whose_text_is_too_long_is_parted(both: tuple[EmbeddedStore, NaiveStore]) -> None:
    write(both, party("a"), party("b"), *(flow(f"v{place:03}", product="x" * 200) for place in range(100)))
    both[0].head()
    reader: apsw.Connection = both[0]._of_thread.reader
    reader.limit(apsw.SQLITE_LIMIT_LENGTH, 5_000)
    assert_same(both[0].columns(TODAY), both[1].columns(TODAY))


def test_numbers_are_read_to_the_last_bit(both: tuple[EmbeddedStore, NaiveStore]) -> None:
    """2**-1074 and the largest double, and neighbors of one tenth: 17 digits tell them apart."""
    numbers = [5e-324, 1.7976931348623157e308, 0.1, 0.1 + 2**-56, 0.1 - 2**-56, 1e22, 123456789.123456789]
    write(both, party("a"), party("b"), *(flow(f"v{place}", quantity=number) for place, number in enumerate(numbers)))
    assert both[0].columns(TODAY)["value_flows"]["quantity"].to_pylist() == numbers
