"""What an import remembers beyond what the memory should hold: the same is found as if all of it were in memory, and the files have no names."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap64

from graph_models.errors import StoreUnavailable
from graph_models.records.json_codec import decode_plainly, encode_record, record_of
from service.imports.buffers import id_set as known
from service.imports.buffers import spilling_dict as shelf
from service.imports.buffers.id_set import Known
from service.imports.buffers.spilling_dict import SET, Form, Shelf
from tests.crash.test_disk_full import full_disk
from tests.graph_models.records.test_json_codec import EXAMPLES

# --- ids


@pytest.mark.parametrize("mostly_new", [False, True])
def test_ids_in_files_are_known_and_others_are_not(small: None, tmp_path: Path, mostly_new: bool) -> None:
    ids, chance, there = Known(tmp_path, mostly_new=mostly_new), random.Random(1), set[str]()
    for _ in range(300):
        some = {f"家{chance.randrange(4_000)}" for _ in range(20)}
        assert ids.without(some) == some - there
        ids.add(some)
        there |= some
    assert 1 < len(ids._runs) < 8  # merged again and again, so that few are left
    everything = [f"家{number}" for number in range(4_000)]
    assert ids.without(everything) == set(everything) - there
    assert list(tmp_path.iterdir()) == []


def test_a_run_knows_its_first_and_last_and_nothing_around_them(small: None, tmp_path: Path) -> None:
    import numpy as np

    hashes = np.arange(-100, 101, 2, dtype=np.int64)
    run = known._Run([hashes[:33], hashes[33:]], tmp_path)
    asked = np.arange(-105, 106, dtype=np.int64)
    assert run.holds(asked).tolist() == np.isin(asked, hashes).tolist()
    assert run.between(None, None).tolist() == hashes.tolist()
    assert run.between(-7, 9).tolist() == [-6, -4, -2, 0, 2, 4, 6, 8]
    assert run.between(-8, 8).tolist() == [-8, -6, -4, -2, 0, 2, 4, 6]


# --- entries

KEYS = st.tuples(st.sampled_from(["", "a", "ab", "\x00'", "\ud800", None]), st.one_of(st.none(), st.integers(-2, 2), st.sampled_from([Decimal("1.00"), 0.5])))


@given(st.lists(st.tuples(KEYS, st.integers(0, 9))))
def test_a_shelf_is_a_dictionary_however_little_of_it_is_in_memory(entries: list[tuple[tuple[str | None, object], int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "HELD", 2)
        patch.setattr(shelf, "HELD_THEN", 1)
        kept, expected = Shelf[tuple[str | None, object], list[int]](), dict[tuple[str | None, object], list[int]]()
        for key, number in entries:
            assert kept.get(key) == expected.get(key)
            if (found := kept.get(key)) is None:
                kept[key] = found = []
            found.append(number)  # a value may be changed after it was put or got
            expected.setdefault(key, []).append(number)
        assert len(kept) == len(expected)
        assert list(kept.values()) == list(expected.values())
        kept.clear()
        assert (len(kept), list(kept.values())) == (0, [])


def test_records_come_back_from_a_shelf_as_they_were(small: None) -> None:
    records = [record_of(fields) for fields in EXAMPLES]
    kept = Shelf[str, object](None, Form(encode_record, decode_plainly, fixed=True))
    for number, record in enumerate(records):
        kept[str(number)] = record
    for _ in range(2):
        assert [kept.get(str(number)) for number in range(len(records))] == records
    assert kept.get("x") is None


def test_a_shelf_that_the_disk_has_no_room_for_is_a_clear_error(small: None, tmp_path: Path) -> None:
    kept = Shelf[str, str](tmp_path)

    def fill() -> None:
        for number in range(100_000):
            kept[str(number)] = "x" * 1_000

    with full_disk(1 << 16), pytest.raises(StoreUnavailable):
        fill()
    assert list(tmp_path.iterdir()) == []


def test_files_are_gone_with_their_process_however_it_ends(small: None, tmp_path: Path) -> None:
    def remember() -> Iterator[object]:
        ids, entries = Known(tmp_path), Shelf[str, bool](tmp_path, SET)
        for number in range(1_000):
            ids.add([str(number)])
            entries[str(number)] = True
        assert ids._runs
        assert "999" in ids
        yield ids, entries

    child = os.fork()
    if child == 0:
        kept = next(remember())
        os.kill(os.getpid() if kept else 0, signal.SIGKILL)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert list(tmp_path.iterdir()) == []


def test_a_set_of_lines_is_in_order_and_counts_each_once() -> None:
    lines = BitMap64()
    for line in [10**12 + 5, 7, 65_536, 65_535, 7, 0]:
        lines.add(line)
    assert list(lines) == [0, 7, 65_535, 65_536, 10**12 + 5]
    assert len(lines) == 5
