"""Files of loaded ecosystems: exact, shared, checked, bounded, made once, and gone with their workspace."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from examples import large
from graph_models.ecosystem.column_schema import FAMILIES
from graph_models.ecosystem.columns import Columns
from graph_models.errors import NotFound
from graph_models.records.dates import day_of
from graph_models.records.vocabulary import BUILT_IN
from service.analysis import ecosystem_files as ecosystem_cache
from service.analysis.ecosystem_loader import Ecosystems
from service.core.settings import read_settings
from service.facts.batch_writing import write_batch
from service.facts.ndjson import parse_ndjson
from service.stores.interface.store import NOW, At
from service.workspaces.context import Service
from tests.crash.test_disk_full import full_disk
from tests.stores.sample_records import ONE_OF_EACH, flow, party

ROOT = Path(__file__).parents[2]
DAY = day_of("2025-12-31")
GET = """
import sys
from pathlib import Path
from service.analysis.ecosystem_loader import ecosystems
from service.core.settings import read_settings
from service.stores.interface.store import NOW, At
from service.workspaces.context import Service
service = Service(read_settings(store="sqlite:///" + sys.argv[1]))
sys.stdin.readline()
found = ecosystems.get(service, "w", At(int(sys.argv[2]), NOW))
files = {line.split()[4] + " " + line.split()[5] for line in Path("/proc/self/maps").read_text().splitlines() if line.endswith(".arrow")}
print(found.columns.digest, *files)
"""
MAP = """
import sys
from pathlib import Path
import numpy as np
from graph_models.ecosystem.ecosystem import Ecosystem
from service.analysis.ecosystem_files import mapped
def pss():
    return sum(int(line.split()[1]) for line in Path("/proc/self/smaps_rollup").read_text().splitlines() if line.startswith("Pss:"))
for line in sys.stdin:
    if line == "load\\n":
        ecosystem = Ecosystem.from_columns(mapped(Path(sys.argv[1])), "firm", int(sys.argv[2]))
        for family in ecosystem.families.values():
            assert max(int(values.max()) for values in (family.source, family.target, family.start, family.end)) > 0
        assert ecosystem.focal is not None and len(ecosystem.snapshot_id) == 24
    print(pss(), flush=True)
"""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    opened = Service(read_settings(store=f"sqlite:///{tmp_path}"))
    opened.create_workspace({"id": "w", "name": "W", "focal_party_id": "a"})
    write(opened, *ONE_OF_EACH)
    yield opened
    opened.close()


def write(service: Service, *records: dict[str, Any]) -> None:
    parsed = parse_ndjson([json.dumps(record).encode() for record in records])
    assert not write_batch(service.store("w"), BUILT_IN, parsed.records, parsed.errors).errors


def get(service: Service, revision: int = NOW, day: int = DAY) -> Columns:
    """As another process would: nothing is known of what was loaded before."""
    return Ecosystems().get(service, "w", At(day, revision)).columns


def files(service: Service) -> list[Path]:
    return sorted(service.settings.data_directory.glob("*.files/ecosystems/*.arrow"))


def put(path: Path, content: bytes) -> None:
    """In the place of what is there: who has mapped that goes on with it."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def assert_same(found: Columns, expected: Columns) -> None:
    for family in FAMILIES:
        assert found[family].schema == expected[family].schema
        assert found[family].to_pylist() == expected[family].to_pylist()
    assert found.digest == expected.digest == Columns(found.tables).digest


def test_what_comes_from_a_file_is_what_the_store_gives(service: Service) -> None:
    write(service, flow("w"), party("c", valid_from="2026"))
    for at in (At(DAY, 0), At(DAY, 1), At(DAY, 2), At(day_of("2026-06-30"), 2), At(DAY, NOW)):
        expected = service.store("w").columns(at)
        for _ in range(2):
            assert_same(get(service, at.revision, at.day or 0), expected)
    assert len(files(service)) == 4


def test_a_write_makes_another_file_and_an_old_revision_keeps_its_own(service: Service) -> None:
    before = get(service)
    write(service, flow("w"))
    assert [columns["value_flows"].num_rows for columns in (get(service), get(service, 1))] == [2, 1]
    assert_same(get(service, 1), before)
    assert len(files(service)) == 2


def test_a_torn_file_is_noticed_and_made_anew(service: Service) -> None:
    expected = service.store("w").columns(At(DAY, NOW))
    get(service)
    (path,) = files(service)
    whole = path.read_bytes()
    for length in (0, 1, 15, 16, 40, len(whole) // 2, len(whole) - 1):
        put(path, whole[:length])
        assert_same(get(service), expected)
        assert path.read_bytes() == whole
    put(path, whole + b"\0" * 8)
    assert_same(get(service), expected)
    assert path.read_bytes() == whole


def test_one_flipped_bit_anywhere_is_noticed(service: Service, tmp_path: Path) -> None:
    get(service)
    (path,) = files(service)
    whole, chance, copy = path.read_bytes(), random.Random(5), tmp_path / "copy.arrow"
    for place in [0, 7, 8, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(300))]:
        flipped = bytearray(whole)
        flipped[place] ^= 1 << chance.randrange(8)
        put(copy, flipped)
        assert ecosystem_cache.mapped(copy) is None
        assert not copy.exists()
    copy.write_bytes(whole)
    assert ecosystem_cache.mapped(copy) is not None


def test_blocks_that_were_lost_or_changed_places_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "large.arrow"
    ecosystem_cache.write(path, large.ecosystem(large.shape_of(5_000)).columns)
    whole = np.fromfile(path, np.uint8)
    block = 4096 * 64
    assert len(whole) > 4 * block
    lost, moved = whole.copy(), whole.copy()
    lost[block : 2 * block] = 0
    moved[: 8 * (1 << 17)], moved[8 * (1 << 17) : 16 * (1 << 17)] = whole[8 * (1 << 17) : 16 * (1 << 17)], whole[: 8 * (1 << 17)]
    for damaged in (lost, moved):
        damaged.tofile(path)
        assert ecosystem_cache.mapped(path) is None


def test_the_longest_unused_files_go_and_the_newest_stays(service: Service) -> None:
    for revision in range(2, 6):
        write(service, flow(f"w{revision}"))
        get(service, revision)
    each = max(path.stat().st_size for path in files(service))
    get(service, 2)  # used again, so it is not the oldest any more
    narrow = Service(service.settings.model_copy(update={"ecosystem_cache_mb": 1}))
    path = files(service)[0].parent
    for revision in range(200):
        (path / f"old-{revision}.arrow").write_bytes(b"x" * (1 << 14))
    write(service, flow("last"))
    get(narrow, 6)
    kept = files(service)
    assert sum(found.stat().st_size for found in kept) <= 1 << 20
    assert any(found.name.startswith("6-") for found in kept)
    assert each < 1 << 20
    for found in kept:
        found.unlink()
    assert_same(get(narrow, 6), service.store("w").columns(At(DAY, 6)))
    narrow.close()


def test_a_limit_of_nothing_keeps_nothing(service: Service) -> None:
    without = Service(service.settings.model_copy(update={"ecosystem_cache_mb": 0}))
    assert_same(get(without), service.store("w").columns(At(DAY, NOW)))
    assert files(service) == []
    without.close()


def test_files_go_with_their_workspace_and_a_new_one_of_that_name_has_its_own(service: Service) -> None:
    get(service)
    (path,) = files(service)
    service.delete_workspace("w")
    assert not path.parent.exists()
    with pytest.raises(NotFound):
        get(service)
    assert not path.parent.exists()
    service.create_workspace({"id": "w", "name": "W"})
    write(service, party("z"))
    path.parent.mkdir(parents=True)
    path.write_bytes(b"of the old one")
    assert get(service)["parties"]["id"].to_pylist() == ["z"]
    assert len(files(service)) == 2


def test_a_file_that_does_not_fit_on_the_disk_is_not_missed(service: Service) -> None:
    expected = service.store("w").columns(At(DAY, NOW))
    with full_disk(1024):
        found = get(service)
    assert_same(found, expected)
    assert files(service) == []
    assert list(service.directory("w", "ecosystems").glob("*.making")) == []
    assert_same(get(service), expected)
    assert len(files(service)) == 1


def test_what_a_dead_process_left_half_made_is_removed(service: Service) -> None:
    left = service.directory("w", "ecosystems") / "1-2025-12-31-00.arrow.77.making"
    left.write_bytes(b"half")
    get(service)
    assert not left.exists()


def test_processes_that_need_one_ecosystem_at_once_make_and_map_one_file(service: Service) -> None:
    command = [sys.executable, "-c", GET, str(service.settings.data_directory), str(DAY)]
    running = [subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate(timeout=120)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    (path,) = files(service)
    assert len(set(told)) == 1
    digest, inode, name = told[0].split()
    assert (digest, int(inode), name) == (service.store("w").columns(At(DAY, NOW)).digest, path.stat().st_ino, str(path))


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="the system does not tell what is shared")
def test_a_second_process_takes_less_than_a_tenth_of_the_memory_of_the_first(tmp_path: Path) -> None:
    """What both take together, less what they took before they loaded, against what one alone takes."""
    path = tmp_path / "large.arrow"
    ecosystem_cache.write(path, large.ecosystem(large.shape_of(50_000)).columns)

    command = [sys.executable, "-c", MAP, str(path), str(DAY)]
    both = [subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]

    def told(process: subprocess.Popen[str], line: str) -> int:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(line)
        process.stdin.flush()
        return int(process.stdout.readline())

    def together() -> int:
        return sum(told(process, "say\n") for process in both)

    together()
    before = together()
    taken = []
    for process in both:
        told(process, "load\n")
        taken.append(together() - before)
    for process in both:
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert taken[0] > path.stat().st_size / 1024 * 0.9
    assert taken[1] < taken[0] * 1.1
