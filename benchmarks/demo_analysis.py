"""The demo from records to report on the embedded store: load, all metrics of the default set, all views, the strategy report.

    python -m benchmarks.demo_analysis [--rounds 3] [--json]

Every round begins with an empty store and ecosystem; the median of the rounds is shown. What a process pays once (imports,
the first use of a library) is in the first round, which is shown beside the others.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from benchmarks.machine import machine
from examples.demo import DEMO_WORKSPACE, demo_records
from graph_models.analysis.view_registry import VIEWS
from graph_models.ecosystem.parameters import Parameters
from graph_models.records.dates import day_of
from service.analysis import results as analysis
from service.analysis import run as analysis_job
from service.analysis.ecosystem_loader import ecosystems
from service.core.settings import read_settings
from service.facts.batches import take_batch
from service.reports import registry as reports
from service.stores.interface.store import At, Writing
from service.workspaces.context import Service

WORKSPACE = str(DEMO_WORKSPACE["id"])
QUERIES: dict[str, dict[str, Any]] = {
    "loops": {"limit": 100}, "flows": {"limit": 100}, "give-get": {"party": "pinlan"}, "bottleneck": {"from": "ningxin-modules", "to": "households-shanghai"},
}  # fmt: skip
"""What views are asked with: a page of lists, ends and parties where they need them."""


def quiet(done: int, total: int | None, stage: str) -> None:
    """Nobody watches the progress."""


def measured(directory: Path, body: bytes) -> dict[str, float]:
    """Seconds by step, in the order in which they are done."""
    seconds: dict[str, float] = {}

    def timed(step: str, work: Callable[..., Any], *given: Any, **named: Any) -> Any:
        begin = time.perf_counter()
        result = work(*given, **named)
        seconds[step] = time.perf_counter() - begin
        return result

    service = Service(read_settings(store=f"sqlite:///{directory}", data=directory))
    try:
        service.create_workspace(DEMO_WORKSPACE)
        timed("write, validated and versioned", take_batch, service, WORKSPACE, body, "abort", Writing("benchmark", "demo", "demo"))
        found = timed("analysis: ecosystem, default set, both scores", analysis_job.run_job, service, WORKSPACE, {}, quiet)
        about = analysis.answered(analysis.analysis(service, WORKSPACE, found["analysis_id"], ()))
        slowest = sorted(about["timings"].items(), key=lambda item: -item[1])[:5]
        seconds |= {f"  of which {name}": took for name, took in slowest}
        ecosystem = ecosystems.get(service, WORKSPACE, At(day_of(about["as_of"]), about["known_at"]))
        for name, view in VIEWS.items():
            timed(f"view {name}", view, ecosystem, Parameters(), **QUERIES.get(name, {}))
        for locale in ("en", "zh"):
            timed(f"report {locale}", reports.run_job, service, WORKSPACE, {"kind": "strategy", "format": "html", "locale": locale}, quiet)
    finally:
        service.close()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    body = b"\n".join(msgspec.json.encode(record) for record in demo_records())
    rounds = []
    for _ in range(asked.rounds):
        with tempfile.TemporaryDirectory() as name:
            rounds.append(measured(Path(name), body))
    steps = [step for step in rounds[0] if all(step in each for each in rounds)]
    table = {step: {"median": round(median(each[step] for each in rounds), 3), "first": round(rounds[0][step], 3)} for step in steps}
    if asked.json:
        print(json.dumps({"machine": machine(), "records": body.count(b"\n") + 1, "seconds": table}, ensure_ascii=False))
        return
    print(f"{machine()}\n{body.count(chr(10).encode()) + 1} records\n{'seconds':52} median   first")
    for step, took in table.items():
        print(f"{step:50} {took['median']:8.3f} {took['first']:7.3f}")


if __name__ == "__main__":
    main()
