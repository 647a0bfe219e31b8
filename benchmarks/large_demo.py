"""How long it takes to make the large ecosystems, and how much memory: each size and way in a process of its own."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.machine import machine
from examples import large


def measured(size: str, way: str) -> None:
    """Make one, and say so; run in a process of its own."""
    shape = large.shape_of(large.SIZES[size])
    begin = time.perf_counter()
    if way == "ecosystem":
        what = f"{large.ecosystem(shape).facts:,} facts that hold at the end of 2025"
    else:
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "large"
            what = f"{large.write(shape, path, way):,} records, {path.stat().st_size >> 20:,} MiB"
    took, peak = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"| {size} | {way} | {took:.1f} s | {peak:,} MiB | {what} |")


def main() -> None:
    print(machine())
    print("| size | as | time | peak memory | what |\n|---|---|---|---|---|", flush=True)
    for size in large.SIZES:
        for way in (*large.FORMATS, "ecosystem"):
            subprocess.run([sys.executable, "-m", "benchmarks.large_demo", size, way], check=True)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        measured(*sys.argv[1:])
    else:
        main()
