"""Mutation testing: makes small mistakes in core modules, one at a time, and says which of them the module's own tests do not notice.

    python tools/mutation.py [--sample 400] [--seed 12] [--bar 0.92] [--module PART] [--jobs 2]

Each mutant runs in a process forked from one that has imported the libraries, so that a run takes as long as the tests of the module.
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

from mutants import Mutant, mutants  # noqa: E402

LIBRARIES = ("numpy", "scipy.sparse.linalg", "networkx", "numba", "pyarrow.compute", "msgspec", "apsw", "fastapi", "httpx", "neo4j", "pytest", "hypothesis")
SPARE_S = 20.0
"""How much longer than the tests of the module a mutant may take, beside a factor of three; then it is stopped, which counts as noticed."""
PASSED, NOTHING_RUN = 0, 5


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
        exec(compile(self.mutant.tree, str(ROOT / self.path), "exec"), module.__dict__)


def read_modules(part: str) -> list[Tested]:
    listed = tomllib.loads((TOOLS / "mutation.toml").read_text("utf-8"))["module"]
    return [Tested(item["path"], tuple(item["tests"]), item.get("environment")) for item in listed if part in item["path"]]


def read_equivalents() -> dict[str, str]:
    """Name of a mutant -> why it is no mistake."""
    listed = tomllib.loads((TOOLS / "mutation_equivalents.toml").read_text("utf-8")).get("mutant", [])
    return {item["name"]: item["reason"] for item in listed}


def start(tested: Tested, mutant: Mutant | None, log: Path) -> int:
    """Run the tests of a module in a new process, with the mutant in place of the module; its process id."""
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
        if mutant is not None:
            sys.meta_path.insert(0, _Mutated(mutant, tested.path))
        code = run_tests(tested.tests)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def run_tests(tests: Sequence[str]) -> int:
    import pytest

    options = [
        "-x",
        "-q",
        "--no-header",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-p",
        "no:cov",
        "-o",
        "addopts=",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
    ]
    return int(pytest.main([*options, *tests], plugins=[_Quick()]))


class _Quick:
    """Does not look for the smallest failing example: that it failed is enough."""

    def pytest_configure(self) -> None:
        from hypothesis import Phase, settings

        settings.register_profile("mutation", settings.get_profile("repeatable"), phases=(Phase.explicit, Phase.generate))
        settings.load_profile("mutation")


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


def baseline(tested: Tested, log: Path) -> float:
    """The seconds that the tests of the unchanged module take; ends everything where they fail or none runs."""
    if tested.environment and not os.environ.get(tested.environment):
        sys.exit(f"{tested.path}: its tests need {tested.environment} (`make mutation` starts a server)")
    begun = time.monotonic()
    _, status = os.waitpid(start(tested, None, log), 0)
    text = log.read_text("utf-8", "replace")
    if os.waitstatus_to_exitcode(status) != PASSED or " passed" not in text:
        sys.exit(f"{tested.path}: its tests do not pass unchanged\n{text[-3000:]}")
    return time.monotonic() - begun


def run(chosen: list[tuple[Tested, Mutant]], seconds: dict[str, float], jobs: int, logs: Path) -> Iterator[tuple[Mutant, bool]]:
    """(mutant, whether its tests noticed), as they end."""
    waiting, running = list(reversed(chosen)), {}
    while waiting or running:
        while waiting and len(running) < jobs:
            tested, mutant = waiting.pop()
            process = start(tested, mutant, logs / f"{len(waiting)}.log")
            running[process] = mutant, time.monotonic() + 3 * seconds[tested.path] + SPARE_S
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
    options = parser.parse_args()
    for library in LIBRARIES:
        importlib.import_module(library)
    tested = read_modules(options.module)
    everything = [(item, mutant) for item in tested for mutant in mutants(item.module, (ROOT / item.path).read_text("utf-8"))]
    equivalents = read_equivalents()
    unknown = set(equivalents) - {mutant.name for _, mutant in everything} if not options.module else set()
    chosen = random.Random(options.seed).sample(everything, min(options.sample, len(everything)))
    judged = [(item, mutant) for item, mutant in chosen if mutant.name not in equivalents]
    print(f"{len(everything)} mutants of {len(tested)} modules, {len(chosen)} drawn, {len(chosen) - len(judged)} of them listed as equivalent", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        logs = Path(directory)
        used = {item.path: item for item, _ in judged}
        seconds = {path: baseline(item, logs / "baseline.log") for path, item in used.items()}
        killed, total, survivors = Counter[str](), Counter[str](), []
        for mutant, noticed in run(judged, seconds, options.jobs, logs):
            total[mutant.module] += 1
            killed[mutant.module] += noticed
            if not noticed:
                survivors.append(mutant)
                print(f"survived: line {mutant.line}: {mutant.name}", flush=True)
    for module, count in sorted(total.items()):
        print(f"{module}: {killed[module]} of {count} noticed")
    share = killed.total() / total.total() if total else 1.0
    print(f"{killed.total()} of {total.total()} noticed ({share:.1%}; wanted {options.bar:.0%})")
    for name in sorted(unknown):
        print(f"listed as equivalent, but there is no such mutant: {name}")
    return int(share < options.bar or bool(unknown))


if __name__ == "__main__":
    sys.exit(main())
