"""The estimate of memory against what a process of its own takes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from graph_models.analysis.memory_estimate import estimated_bytes
from graph_models.analysis.registry import DEFAULT_SET
from graph_models.ecosystem.parameters import DEFAULTS

PARTIES, FACTS = 20_000, 200_000
RUN = f"""
from pathlib import Path
from examples import large
from graph_models import compute
ecosystem = large.ecosystem(large.shape_of({PARTIES}))
Path("/proc/self/clear_refs").write_text("5")
import sys
kept = [compute(ecosystem, metric) for metric in sys.argv[1:]]
ranks = [result.ranks for result in kept]
print(next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")).split()[1])
"""


@pytest.mark.parametrize("metrics", [DEFAULT_SET, ("reach", "pagerank"), ("pass_through_up", "sink_share", "criticality", "value_flow")])
def test_the_estimate_is_above_what_is_taken_and_below_three_times_that(metrics: tuple[str, ...]) -> None:
    measured = int(subprocess.run([sys.executable, "-c", RUN, *metrics], check=True, capture_output=True, text=True).stdout) << 10
    estimate = estimated_bytes(PARTIES, FACTS, metrics)
    assert measured <= estimate <= 3 * measured, (measured >> 20, estimate >> 20)


def test_more_of_anything_is_more_memory() -> None:
    plain = estimated_bytes(PARTIES, FACTS, ["reach"])
    assert plain < estimated_bytes(2 * PARTIES, FACTS, ["reach"])
    assert plain < estimated_bytes(PARTIES, 2 * FACTS, ["reach"])
    assert plain < estimated_bytes(PARTIES, FACTS, ["reach", "degree"]) < estimated_bytes(PARTIES, FACTS, ["reach", "wso"])
    assert estimated_bytes(PARTIES, FACTS, ["wso"], DEFAULTS.with_(max_loops=1000)) < estimated_bytes(PARTIES, FACTS, ["wso"])
