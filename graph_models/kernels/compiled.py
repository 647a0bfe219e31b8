"""Loops that numba compiles: once, at set-up (``python -m graph_models.kernels.compile``), kept in a cache, loaded when first called.

A signature is given with each loop, so that no call compiles for types of its own. No loop is parallel inside: numba's own pool of
threads ends the process when two requests use it at once. Loops let go of the interpreter's lock instead, see ``threads``.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from graph_models.arrays.types import Floats, Longs, Matrix, Nodes

CACHE = Path(__file__).parent / "__pycache__" / "numba"

LOOPS: list[Loop] = []
"""All that were declared, by modules imported so far."""


class Loop:
    """One compiled function. numba is imported, and the code read from the cache, when it is first called."""

    def __init__(self, python: Callable[..., Any], arguments: tuple[str, ...]) -> None:
        self.python = python
        self.arguments = arguments
        LOOPS.append(self)

    def __call__(self, *arguments: Any) -> Any:
        return self.machine_code(*arguments)

    @cached_property
    def machine_code(self) -> Any:
        import numba

        signature = tuple(_types()[name] for name in self.arguments)
        return numba.njit(signature, nogil=True, error_model="numpy", cache=_cached())(self.python)


def compiled(*arguments: str) -> Callable[[Callable[..., Any]], Loop]:
    """Declares a loop by the kinds of its arguments, see ``_types``."""
    return lambda python: Loop(python, arguments)


@cache
def _types() -> dict[str, Any]:
    """Input may be read-only (mapped from a file); node numbers are unsigned: numba then makes no branch for negative indices."""
    from numba import types

    def array(of: Any, *, read_only: bool) -> Any:
        return types.Array(of, 1, "C", readonly=read_only)

    return {
        "starts": array(types.int64, read_only=True),
        "nodes": array(types.uint32, read_only=True),
        "longs": array(types.int64, read_only=True),
        "floats": array(types.float64, read_only=True),
        "words": array(types.uint64, read_only=True),
        "out longs": array(types.int64, read_only=False),
        "out nodes": array(types.uint32, read_only=False),
        "out floats": array(types.float64, read_only=False),
        "out words": array(types.uint64, read_only=False),
        "number": types.int64,
        "float": types.float64,
    }


@cache
def _cached() -> bool:
    """Where compiled code is kept: beside this module, as the set-up left it; in a private copy where that cannot be written; else nowhere."""
    import numba

    config: Any = numba.config
    if config.CACHE_DIR:  # somebody has set NUMBA_CACHE_DIR
        return True
    try:
        config.CACHE_DIR = str(_writable(CACHE))
    except OSError:
        return False
    return True


def _writable(directory: Path) -> Path:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            return directory
    except OSError:
        # numba refuses a cache that it may not write, even if all is in it. The copy is nobody else's: numba unpickles what it finds.
        private = Path(tempfile.mkdtemp(prefix="graph-models-"))
        atexit.register(shutil.rmtree, private, ignore_errors=True)
        if directory.is_dir():
            shutil.copytree(directory, private / directory.name)
        return private / directory.name


def rows(matrix: Matrix) -> tuple[Longs, Nodes, Floats]:
    """(indptr, indices, data) of a CSR matrix as loops take them; nothing is copied where the types fit."""
    nodes = np.ascontiguousarray(matrix.indices, dtype=np.int32).view(np.uint32)
    return np.ascontiguousarray(matrix.indptr, dtype=np.int64), nodes, np.ascontiguousarray(matrix.data, dtype=np.float64)
