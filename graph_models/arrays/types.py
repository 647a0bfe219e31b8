"""Types of arrays: one name for one dtype, in the whole of ``graph_models``."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int32]
"""Places of parties, rows, codes of texts: -1 where there is none."""
Longs: TypeAlias = npt.NDArray[np.int64]
"""Days, counts and offsets."""
Floats: TypeAlias = npt.NDArray[np.float64]
"""Amounts, weights and values; NaN where there is none."""
Mask: TypeAlias = npt.NDArray[np.bool_]
Nodes: TypeAlias = npt.NDArray[np.uint32]
"""Nodes in kernels: unsigned, so that numba makes no branch for negative places."""
Words: TypeAlias = npt.NDArray[np.uint64]
"""Sets of up to 64 things, a bit each."""
Matrix: TypeAlias = Any
"""A sparse matrix of scipy in CSR or CSC form, which has no type of its own."""
