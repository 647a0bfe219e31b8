"""Work on many sources, in parts that run side by side: compiled loops let go of the interpreter's lock."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from graph_models.arrays.types import Floats, Longs

PARTS = 8
"""On every machine the same, so that sums are added up in the same order and come out the same to the last bit."""
FEW = 64
"""So few sources are one part."""


def workers() -> int:
    """As many as there are processors for us."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def summed(work: Callable[[Longs, Floats], None], sources: Longs, shape: tuple[int, ...]) -> Floats:
    """The sum over all parts of what ``work(sources of the part, zeros of the shape)`` adds up."""
    parts = np.array_split(sources, PARTS) if len(sources) > FEW else [sources]
    total = np.zeros(shape)
    if len(parts) == 1:
        work(sources, total)
        return total
    at_once = workers()
    with ThreadPoolExecutor(at_once) as pool:
        for first in range(0, len(parts), at_once):  # no more results than that wait to be added
            together = [pool.submit(_done, work, part, shape) for part in parts[first : first + at_once]]
            for future in together:
                total += future.result()
    return total


def _done(work: Callable[[Longs, Floats], None], part: Longs, shape: tuple[int, ...]) -> Floats:
    answer = np.zeros(shape)
    work(part, answer)
    return answer
