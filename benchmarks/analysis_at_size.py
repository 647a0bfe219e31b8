"""The default set, both scores, an explanation and its counterfactual on the large demo of 10,000, 100,000 and 1,000,000 parties: time, memory, exponents.

Each size runs in a process of its own, from the columns of an Arrow file that is mapped. What many metrics share (streams, graphs, loops) has rows of
its own, so that a metric's row is what it adds. Peak memory is that of the whole process in that row, mapped pages of the columns included. The exponent is
the slope of a line through the logarithms: 1 grows as the parties do.

python -m benchmarks.analysis_at_size [--sizes 10000 100000 1000000] [--directory DIR] [--picture FILE.svg]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.log_log import exponent, picture
from benchmarks.machine import machine
from examples import large
from examples.large.shape import LAST_DAY
from graph_models import Ecosystem
from graph_models.analysis.compute import computed
from graph_models.analysis.registry import DEFAULT_SET, metric_named
from graph_models.ecosystem.column_schema import FAMILIES
from graph_models.ecosystem.columns import Columns
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.flows.deliveries import deliveries_of
from graph_models.flows.streams import streams_of
from graph_models.flows.utilities import utilities_of
from graph_models.flows.value_chain import value_chain_of
from graph_models.graphs.graph_types import graph_of
from graph_models.metrics.value.value_loops import loops_of
from graph_models.scores.explanation import explain
from graph_models.scores.scores import SCORES
from graph_models.views.network import network_statistics

Row = dict[str, Any]
Found = dict[int, dict[str, Row]]
"""Parties -> step -> what it took."""

SIZES = (10_000, 100_000, 1_000_000)
COUNTERFACTUAL_UP_TO = 20_000
"""Parties: above, a full recomputation for every fact on the evidence is a job."""
SHARED: dict[str, Callable[[Ecosystem], Any]] = {
    "(parties)": lambda ecosystem: ecosystem.places,
    "(streams)": lambda ecosystem: streams_of(ecosystem, DEFAULTS),
    "(utilities)": lambda ecosystem: utilities_of(ecosystem, DEFAULTS),
    "(deliveries)": lambda ecosystem: deliveries_of(ecosystem, DEFAULTS),
    "(influence graph)": lambda ecosystem: graph_of(ecosystem, "influence", DEFAULTS),
    "(tie graph)": lambda ecosystem: graph_of(ecosystem, "tie", DEFAULTS),
    "(value chain)": lambda ecosystem: value_chain_of(ecosystem, DEFAULTS),
    "(loops)": lambda ecosystem: loops_of(ecosystem, DEFAULTS),
}
"""What many metrics stand on."""


def written(parties: int, directory: Path) -> Path:
    """The columns of the demo, one Arrow file a family, made where they are not there yet."""
    place = directory / str(parties)
    if not place.exists():
        columns = large.ecosystem(large.shape_of(parties)).columns
        place.mkdir(parents=True)
        for family in FAMILIES:
            table = columns[family].combine_chunks()
            with pa.OSFile(str(place / f"{family}.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
                writer.write_table(table)
    return place


def mapped(place: Path) -> Ecosystem:
    """The ecosystem on mapped columns, as a worker has it."""
    tables = {family: pa.ipc.open_file(pa.memory_map(str(place / f"{family}.arrow"))).read_all() for family in FAMILIES}
    return Ecosystem.from_columns(Columns(tables), large.FOCAL, LAST_DAY)


def peak_mib() -> int:
    """The most that the process held since the last call, in MiB."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    Path("/proc/self/clear_refs").write_text("5")
    return int(lines["VmHWM"].split()[0]) >> 10


def measured(place: Path) -> None:
    """Every step on one size, a line of JSON each."""
    peak_mib()
    ecosystem = mapped(place)

    def step(name: str, work: Callable[[], Any]) -> Any:
        begin, cpu = perf_counter(), process_time()
        answer = work()
        row = {"name": name, "seconds": perf_counter() - begin, "cpu": process_time() - cpu, "peak": peak_mib()}
        print(json.dumps(row), flush=True)
        return answer

    for name, make in SHARED.items():
        step(name, lambda make=make: make(ecosystem))  # type: ignore[misc]
    step("(network statistics)", lambda: network_statistics(ecosystem, DEFAULTS))
    for name in DEFAULT_SET:
        if (here := metric_named(name).default_where) is not None and not here(ecosystem, DEFAULTS):
            continue
        result = step(name, lambda name=name: computed(ecosystem, metric_named(name), DEFAULTS))  # type: ignore[misc]
        if name not in SCORES:
            continue
        order = np.argsort(-np.nan_to_num(result.array), kind="stable")
        some = [ecosystem.parties[place] for place in order[[0, 10, 100, len(order) // 2]].tolist()]
        step(f"explain {name}, the first", lambda name=name, some=some: explain(ecosystem, some[0], name))  # type: ignore[misc]
        for party in some[1:]:
            step(f"explain {name}, another", lambda name=name, party=party: explain(ecosystem, party, name))  # type: ignore[misc]
        if len(order) <= COUNTERFACTUAL_UP_TO:
            step(f"explain {name}, counterfactual", lambda name=name, some=some: explain(ecosystem, some[1], name, counterfactual=True))  # type: ignore[misc]


def rows_of(place: Path) -> dict[str, Row]:
    """Steps by name; of steps of one name the slowest."""
    lines = subprocess.run([sys.executable, "-m", "benchmarks.analysis_at_size", "--measure", str(place)], check=True, stdout=subprocess.PIPE, text=True).stdout
    rows: dict[str, Row] = {}
    for line in lines.splitlines():
        row = json.loads(line)
        if row["name"] not in rows or row["cpu"] > rows[row["name"]]["cpu"]:
            rows[row["name"]] = row
    return rows


def table(found: Found) -> None:
    """A line a step, with what it takes at each size and how that grows; processor time, so that neighbours disturb less, then by the clock."""
    sizes = list(found)
    print("| step | " + " | ".join(f"{size:,}: CPU s | s | MiB" for size in sizes) + " | CPU time grows by n^ |\n|---|" + "---|" * (3 * len(sizes) + 1))
    for name in found[sizes[0]]:
        there = [size for size in sizes if name in found[size]]
        cells = [_cell(found[size][name]) if size in there else " | | " for size in sizes]
        slope = f"{exponent(there, [found[size][name]['cpu'] for size in there]):.2f}" if len(there) > 1 else ""
        print(f"| {name} | {' | '.join(cells)} | {slope} |")
    sums = wholes(found)
    grows = f"{exponent(sizes, [sums[size]['cpu'] for size in sizes]):.2f}, memory {exponent(sizes, [sums[size]['peak'] for size in sizes]):.2f}"
    print(f"| **the default set with both scores** | {' | '.join(_cell(sums[size]) for size in sizes)} | {grows if len(sizes) > 1 else ''} |")


def _cell(row: Row) -> str:
    return f"{row['cpu']:.3g} | {row['seconds']:.3g} | {row['peak']:,.0f}"


def wholes(found: Found) -> dict[int, Row]:
    """Of each size the sums of time and the greatest memory of all but explanations."""
    counted = {size: [row for name, row in rows.items() if not name.startswith("explain")] for size, rows in found.items()}
    return {
        size: {"cpu": sum(r["cpu"] for r in rows), "seconds": sum(r["seconds"] for r in rows), "peak": max(r["peak"] for r in rows)}
        for size, rows in counted.items()
    }


def drawn(found: Found) -> str:
    """The picture: the steps that take longest, all of it, and memory in GiB."""
    sizes, sums = list(found), wholes(found)
    steps = sorted(set.intersection(*(set(rows) for rows in found.values())), key=lambda name: -found[sizes[-1]][name]["cpu"])[:7]
    series = {name: [found[size][name]["cpu"] for size in sizes] for name in steps}
    series |= {"the default set, CPU s": [sums[size]["cpu"] for size in sizes], "peak memory, GiB": [sums[size]["peak"] / 1024 for size in sizes]}
    return picture("The large demo: processor time and memory of an analysis", "", sizes, series)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    arguments.add_argument("--directory", type=Path, help="where the columns are kept for another run; default: nowhere")
    arguments.add_argument("--picture", type=Path, help="an SVG of how time and memory grow")
    arguments.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.measure is not None:
        measured(given.measure)
        return
    with tempfile.TemporaryDirectory() as nowhere:
        places = {size: written(size, given.directory or Path(nowhere)) for size in given.sizes}
        print(machine(), flush=True)
        found = {size: rows_of(place) for size, place in places.items()}
    table(found)
    if given.picture is not None:
        given.picture.write_text(drawn(found))


if __name__ == "__main__":
    main()
