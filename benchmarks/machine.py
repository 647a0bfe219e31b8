"""On what a benchmark ran: processor, cores, memory, versions. Every result is told with it."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("apsw", "fastapi", "msgspec", "neo4j", "networkx", "numba", "numpy", "pyarrow", "scipy", "uvicorn")


def machine() -> str:
    """One line: ``2 cores of Intel Xeon, 8 GB, Linux 6.1, Python 3.11.7; apsw 3.54 ...``."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    system = f"{platform.system()} {platform.release()}"
    return f"{len(os.sched_getaffinity(0))} cores of {_processor()}, {memory:.0f} GB, {system}, Python {platform.python_version()}; {packages}"


def processor_s() -> float:
    """Seconds of processor of this process and of those that it started and that ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _processor() -> str:
    """The name in /proc/cpuinfo, where there is one."""
    about = Path("/proc/cpuinfo")
    names = [line.split(":", 1)[1].strip() for line in about.read_text().splitlines() if line.startswith("model name")] if about.exists() else []
    return names[0] if names else platform.processor() or platform.machine()
