"""The files in which ecosystems are kept: made, mapped by a fresh process from a cold and from a warm file, and the memory that two processes take.

    python -m benchmarks.ecosystem_cache [--parties 1000000]

The ecosystem is that of the large demo (ten facts a party), straight from its generator. "Cold": the system was told to forget the file's pages.
Memory is the proportional share (PSS) of /proc/<pid>/smaps_rollup, less what each process took before it loaded anything.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.machine import machine
from examples import large
from graph_models.ecosystem.ecosystem import Ecosystem
from service.analysis.ecosystem_files import mapped, write

ROUNDS = 5


def pss_mib(pid: int | str) -> int:
    """The proportional share of a process in MiB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) >> 10


def opened(path: Path) -> Ecosystem:
    """The ecosystem with what every metric begins with: the places of the parties of all facts, their days, the focal party."""
    columns = mapped(path)
    assert columns is not None
    ecosystem = Ecosystem.from_columns(columns, large.FOCAL, "2025-12-31")
    assert ecosystem.focal is not None
    assert ecosystem.snapshot_id
    for family in ecosystem.families.values():
        assert min(len(values) for values in (family.source, family.target, family.start, family.end)) == len(family)
    return ecosystem


def load_in_process(path: Path) -> None:
    """A fresh process: what it took before, how long it took to open, how much it took then; it goes on until its input ends."""
    before = pss_mib("self")
    begin, spent = time.perf_counter(), time.process_time()
    ecosystem = opened(path)
    print(f"{time.perf_counter() - begin:.3f} {time.process_time() - spent:.3f} {before} {ecosystem.facts}", flush=True)
    sys.stdin.read()


def started(path: Path) -> tuple[subprocess.Popen[str], list[float]]:
    command = [sys.executable, "-m", "benchmarks.ecosystem_cache", "--load", str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, [float(word) for word in process.stdout.readline().split()]


def forget_pages(path: Path) -> None:
    """The next reader finds nothing of the file in memory."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def timed(path: Path, *, cold: bool) -> str:
    """The best of some rounds."""
    found = []
    for _ in range(ROUNDS):
        if cold:
            forget_pages(path)
        process, said = started(path)
        process.communicate()
        found.append(said)
    wall, spent = (min(said[place] for said in found) for place in (0, 1))
    return f"{wall:.3f} s, {spent:.3f} s of the processor"


def measured(path: Path, parties: int) -> None:
    columns = large.ecosystem(large.shape_of(parties)).columns
    begin, spent = time.perf_counter(), time.process_time()
    write(path, columns)
    took, spent = time.perf_counter() - begin, time.process_time() - spent
    print(f"file: {path.stat().st_size >> 20:,} MiB, written and synced in {took:.2f} s, {spent:.2f} s of the processor", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--parties", type=int, default=1_000_000)
    arguments.add_argument("--load", type=Path)
    arguments.add_argument("--make", type=Path)
    given = arguments.parse_args()
    if given.load:
        load_in_process(given.load)
        return
    if given.make:
        measured(given.make, given.parties)
        return
    print(machine())
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "large.arrow"
        subprocess.run([sys.executable, "-m", "benchmarks.ecosystem_cache", "--make", str(path), "--parties", str(given.parties)], check=True)
        print("opened by a fresh process, warm:", timed(path, cold=False), flush=True)
        print("opened by a fresh process, cold:", timed(path, cold=True), flush=True)
        one, said = started(path)
        alone = pss_mib(one.pid)
        other, _ = started(path)
        both = pss_mib(one.pid) + pss_mib(other.pid)
        print(f"{int(said[3]):,} facts; PSS of one process: {alone} MiB, of both: {both} MiB; what both took before they loaded: {2 * int(said[2])} MiB")
        print(f"loading: one {alone - int(said[2])} MiB, both {both - 2 * int(said[2])} MiB")
        for process in (one, other):
            process.communicate()


if __name__ == "__main__":
    main()
