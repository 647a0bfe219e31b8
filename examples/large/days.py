"""Days as texts and as numbers, many at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

_EPOCH = 719_163
"""1970-01-01 as a proleptic ordinal."""


def day_texts(days: Any, missing: Any = None) -> pa.Array:
    """Proleptic ordinals as ISO days; nothing where they are ``missing``."""
    first, last = int(np.min(days)), int(np.max(days))
    texts = pa.array(np.arange(first - _EPOCH, last - _EPOCH + 1).astype("datetime64[D]")).cast(pa.string())
    return texts.take(pa.array(np.asarray(days) - first, mask=missing))


def day_numbers(texts: pa.ChunkedArray, absent: int, *, following: bool = False) -> pa.Array:
    """ISO days as proleptic ordinals (the day after where it is ``following``); ``absent`` where there is none."""
    days = texts.cast(pa.date32()).cast(pa.int32()).combine_chunks().to_numpy(zero_copy_only=False)
    numbers = np.where(np.isnan(days), absent, np.nan_to_num(days) + _EPOCH + following) if days.dtype.kind == "f" else days + _EPOCH + following
    return pa.array(numbers.astype(np.int32))
