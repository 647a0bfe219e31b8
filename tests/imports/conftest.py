"""Imports for which the memory is said to be much smaller than it is."""

from __future__ import annotations

import pytest

from service.imports.buffers import id_set as known
from service.imports.buffers import spilling_dict as shelf


def made_small(patch: pytest.MonkeyPatch) -> None:
    """Files are used from the first entries on, and a filter often says perhaps."""
    for name, value in (("_FEW", 10), ("_HELD", 40), ("_SLAB", 8), ("_FILTER_BITS", 10)):
        patch.setattr(known, name, value)
    for name, value in (("HELD", 5), ("HELD_THEN", 3), ("_FILTER_BITS", 4)):
        patch.setattr(shelf, name, value)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    made_small(monkeypatch)
