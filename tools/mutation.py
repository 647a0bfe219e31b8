"""Mutation testing: makes small mistakes in core modules, one at a time, and says which of them the module's own tests do not notice.

    python tools/mutation.py [--sample 400] [--seed 12] [--bar 0.92] [--module PART] [--jobs 2] [--list]

Each mutant runs in a process forked from one that has imported and compiled everything; there only the changed module and those that import it
are imported again, so that a run takes as long as the tests of the module.
`tools/mutation.toml` names the modules and their tests; `tools/mutation_equivalents.toml` the mutants that change nothing anybody can
see, with the reason. Of maintained tools, mutmut and cosmic-ray were tried: neither draws a seeded sample over chosen modules, and both
mutate what numba and msgspec read at import, or start Python anew for each mutant.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.util
import os
import random
import resource
import signal
import sys
import tempfile
import time
import tomllib
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

TOOLS = Path(__file__).parent
ROOT = TOOLS.parent
sys.path[:0] = [str(ROOT), str(TOOLS)]

import _pytest.config  # noqa: E402
import grimp  # noqa: E402
import pytest  # noqa: E402
from mutants import Mutant, mutants  # noqa: E402

PRELOADED = (
    "hypothesis", "networkx", "numba", "pyarrow.compute", "scipy.sparse.linalg", "service.core.settings", "service.stores.sqlite.store",
    "service.stores.neo4j.store", "service.facts.batch_writing", *(f"_pytest.{name}" for name in _pytest.config.default_plugins),
)  # fmt: skip
"""What every forked process has from the start."""
SPARE_CPU_S = 5.0
"""How much more of the processor than the tests of the module a mutant may take, beside a factor of three: what runs on for ever is stopped,
which counts as noticed."""
SPARE_S = 60.0
"""The same of the clock, for what waits for ever: the machine may have other work."""
EXAMPLES = 40
PASSED = 0


class Tested(NamedTuple):
    """A module with its own tests."""

    path: str
    tests: tuple[str, ...]
    environment: str | None

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").replace("/", ".")


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the mutated module in place of the one on disk."""

    def __init__(self, mutant: Mutant, path: str) -> None:
        self.mutant, self.path = mutant, path

    def find_spec(self, name: str, path: object = None, target: ModuleType | None = None) -> ModuleSpec | None:
        return importlib.util.spec_from_file_location(name, ROOT / self.path, loader=self) if name == self.mutant.module else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.mutant.tree(), str(ROOT / self.path), "exec"), module.__dict__)


def read_modules(part: str) -> list[Tested]:
    listed = tomllib.loads((TOOLS / "mutation.toml").read_text("utf-8"))["module"]
    return [Tested(item["path"], tuple(item["tests"]), item.get("environment")) for item in listed if part in item["path"]]


def read_equivalents() -> dict[str, str]:
    """Name of a mutant -> why it is no mistake."""
    listed = tomllib.loads((TOOLS / "mutation_equivalents.toml").read_text("utf-8")).get("mutant", [])
    return {item["name"]: item["reason"] for item in listed}


def preload() -> grimp.ImportGraph:
    """Import and compile what all mutants need; who imports whom among the own modules."""
    for name in PRELOADED:
        importlib.import_module(name)
    importlib.import_module("graph_models.kernels.compile").main()
    return grimp.build_graph("graph_models", "service", cache_dir=None)


def start(tested: Tested, mutant: Mutant | None, log: Path, importing: set[str], cpu_limit: float | None = None) -> int:
    """Run the tests of a module in a new process, with the mutant in place of the module; its process id. ``importing``: the modules that import it."""
    process = os.fork()
    if process:
        return process
    code = 70
    try:
        os.setsid()
        os.chdir(ROOT)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (1, 2):
            os.dup2(output, stream)
        for name in {tested.module, *importing}:
            sys.modules.pop(name, None)
        if mutant is not None:
            sys.meta_path.insert(0, _Mutated(mutant, tested.path))
        if cpu_limit is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_limit) + 1, resource.RLIM_INFINITY))
        code = run_tests(tested.tests)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def run_tests(tests: Sequence[str]) -> int:
    options = ["-x", "-q", "--no-header", "--tb=line", "-o", "addopts=", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
    without = ("cacheprovider", "xdist", "cov", "schemathesis", "anyio")
    return int(pytest.main([*options, *(part for name in without for part in ("-p", f"no:{name}")), *tests], plugins=[_Quick()]))


class _Quick:
    """Tests of examples first, then those of properties, which look at fewer and do not search for the smallest that fails: that it failed is enough."""

    def pytest_configure(self) -> None:
        from hypothesis import Phase, settings

        settings.register_profile("mutation", settings.get_profile("repeatable"), phases=(Phase.explicit, Phase.generate), max_examples=EXAMPLES)
        settings.load_profile("mutation")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: item.get_closest_marker("hypothesis") is not None)


def finished(process: int, limit: float) -> int | None:
    """The exit code of a process; ``None`` while it runs; it is ended after its time, as if its tests had failed."""
    done, status = os.waitpid(process, os.WNOHANG)
    if done:
        return os.waitstatus_to_exitcode(status)
    if time.monotonic() > limit:
        os.killpg(process, signal.SIGKILL)
        os.waitpid(process, 0)
        return 1
    return None


class Cost(NamedTuple):
    """What the tests of an unchanged module take."""

    seconds: float
    cpu_seconds: float


def baseline(tested: Tested, log: Path, importing: set[str]) -> Cost:
    """Ends everything where the tests of the unchanged module fail or none runs."""
    if tested.environment and not os.environ.get(tested.environment):
        sys.exit(f"{tested.path}: its tests need {tested.environment} (`make mutation` starts a server)")
    begun = time.monotonic()
    _, status, used = os.wait4(start(tested, None, log, importing), 0)
    text = log.read_text("utf-8", "replace")
    if os.waitstatus_to_exitcode(status) != PASSED or " passed" not in text:
        sys.exit(f"{tested.path}: its tests do not pass unchanged\n{text[-3000:]}")
    return Cost(time.monotonic() - begun, used.ru_utime + used.ru_stime)


def run(chosen: list[tuple[Tested, Mutant]], jobs: int, logs: Path) -> Iterator[tuple[Mutant, bool]]:
    """(mutant, whether its tests noticed), as they end."""
    graph = preload()
    importing = {item.path: graph.find_downstream_modules(item.module) for item, _ in chosen}
    costs = {item.path: baseline(item, logs / "baseline.log", importing[item.path]) for item in dict(chosen)}
    for path, cost in costs.items():
        print(f"{path}: its tests take {cost.seconds:.1f} s", flush=True)
    waiting, running = list(reversed(chosen)), dict[int, tuple[Mutant, float]]()
    while waiting or running:
        while waiting and len(running) < jobs:
            tested, mutant = waiting.pop()
            cost, log = costs[tested.path], logs / f"{len(waiting)}.log"
            process = start(tested, mutant, log, importing[tested.path], 3 * cost.cpu_seconds + SPARE_CPU_S)
            running[process] = mutant, time.monotonic() + 3 * cost.seconds + SPARE_S
        for process, (mutant, limit) in list(running.items()):
            if (code := finished(process, limit)) is not None:
                del running[process]
                yield mutant, code != PASSED
        time.sleep(0.01)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=400, help="how many mutants are drawn (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=12, help="what they are drawn by (default: %(default)s)")
    parser.add_argument("--bar", type=float, default=0.92, help="the share that must be noticed (default: %(default)s)")
    parser.add_argument("--module", default="", help="only modules whose path holds this")
    parser.add_argument("--jobs", type=int, default=2, help="how many run side by side (default: %(default)s)")
    parser.add_argument("--list", action="store_true", help="print the mutants that are drawn, and run nothing")
    options = parser.parse_args()
    begun = time.monotonic()
    tested = read_modules(options.module)
    everything = [(item, mutant) for item in tested for mutant in mutants(item.module, (ROOT / item.path).read_text("utf-8"))]
    equivalents = read_equivalents()
    unknown = set(equivalents) - {mutant.name for _, mutant in everything} if not options.module else set()
    chosen = random.Random(options.seed).sample(everything, min(options.sample, len(everything)))
    judged = [(item, mutant) for item, mutant in chosen if mutant.name not in equivalents]
    print(f"{len(everything)} mutants of {len(tested)} modules, {len(chosen)} drawn, {len(chosen) - len(judged)} of them listed as equivalent", flush=True)
    if options.list:
        for _, mutant in sorted(judged, key=lambda pair: (pair[0].path, pair[1].line)):
            print(f"line {mutant.line}: {mutant.name}")
        return 0
    killed, total = Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as directory:
        for mutant, noticed in run(judged, options.jobs, Path(directory)):
            total[mutant.module] += 1
            killed[mutant.module] += noticed
            if not noticed:
                print(f"survived: line {mutant.line}: {mutant.name}", flush=True)
    for module, count in sorted(total.items()):
        print(f"{module}: {killed[module]} of {count} noticed")
    share = killed.total() / total.total() if total else 1.0
    print(f"{killed.total()} of {total.total()} noticed ({share:.1%}; wanted {options.bar:.0%}) in {time.monotonic() - begun:.0f} s")
    for name in sorted(unknown):
        print(f"listed as equivalent, but there is no such mutant: {name}")
    return int(share < options.bar or bool(unknown))


if __name__ == "__main__":
    sys.exit(main())
