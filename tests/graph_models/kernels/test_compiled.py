"""Loops are compiled once, at set-up, and read from the cache from then on."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from graph_models.kernels.centrality.betweenness import dependencies
from graph_models.kernels.compiled import CACHE, _writable, rows

CHECK = """
from graph_models.kernels import compile
from graph_models.kernels.compiled import LOOPS
compile.main()
print(len(LOOPS), sum(len(loop.machine_code.stats.cache_misses) for loop in LOOPS))
"""


def test_after_the_set_up_nothing_is_compiled() -> None:
    subprocess.run([sys.executable, "-m", "graph_models.kernels.compile"], check=True)
    loops, compiled = subprocess.run([sys.executable, "-c", CHECK], check=True, capture_output=True, text=True).stdout.split()
    assert int(loops) >= 10
    assert int(compiled) == 0
    assert list(CACHE.rglob("*.nbc"))


def test_numba_is_not_imported_before_a_loop_runs() -> None:
    code = "import sys, graph_models.analysis.compute; print('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip() == "False"


def test_a_cache_that_cannot_be_written_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "loop.nbc").write_text("machine code")
    assert _writable(kept) == kept

    def refused(**_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(tempfile, "TemporaryFile", refused)
    private = _writable(kept)
    assert private != kept
    assert private.parent.stat().st_mode & 0o777 == 0o700
    assert (private / "loop.nbc").read_text() == "machine code"


def test_arrays_that_cannot_be_written_are_taken_as_they_are() -> None:
    """As they are where they are mapped from a file."""
    indptr, indices = np.array([0, 1, 2, 2], dtype=np.int32), np.array([1, 2], dtype=np.int32)
    matrix = csr_array((np.ones(2), indices, indptr), shape=(3, 3))
    for array in (matrix.indptr, matrix.indices, matrix.data):
        array.flags.writeable = False
    assert np.shares_memory(rows(matrix)[1], matrix.indices)
    assert dependencies(matrix, np.arange(3)).total.tolist() == [0.0, 1.0, 0.0]
