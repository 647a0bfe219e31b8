"""Sets of ids that take eight bytes an id, for an import may bring more of them than the memory holds as texts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np

_FEW = 50_000


class Known:
    """A set of texts, of which only 64 bits each are kept: among ten million ids two are taken for one another with a chance of 1 in 400,000."""

    def __init__(self) -> None:
        self._sorted: np.ndarray[Any, np.dtype[np.int64]] = np.empty(0, np.int64)
        self._recent: set[int] = set()

    def __contains__(self, text: object) -> bool:
        return not self.without((str(text),))

    def add(self, texts: Iterable[str]) -> None:
        """Remember these."""
        self._recent.update(map(hash, texts))
        if len(self._recent) > max(_FEW, len(self._sorted) // 8):
            recent = np.fromiter(self._recent, np.int64, len(self._recent))
            self._sorted = np.unique(np.concatenate([self._sorted, recent]))
            self._recent.clear()

    def without(self, texts: Collection[str]) -> set[str]:
        """Those of the texts that are not remembered."""
        unknown = [text for text in texts if hash(text) not in self._recent]
        if not len(self._sorted) or not unknown:
            return set(unknown)
        hashes = np.fromiter(map(hash, unknown), np.int64, len(unknown))
        places = np.minimum(np.searchsorted(self._sorted, hashes), len(self._sorted) - 1)
        found = self._sorted[places] == hashes
        return {text for text, there in zip(unknown, found.tolist(), strict=True) if not there}
