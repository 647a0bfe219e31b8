"""What an ecosystem is, and what can be computed on it. Pure: no web, no database.

``from graph_models import Ecosystem, compute``. Both are imported when they are first asked for: networkx reads this package
while it is itself being imported, to learn of its backend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graph_models.analysis.compute import compute
    from graph_models.ecosystem.ecosystem import Ecosystem

__all__ = ["Ecosystem", "compute"]


def __getattr__(name: str) -> Any:
    if name == "Ecosystem":
        from graph_models.ecosystem.ecosystem import Ecosystem

        return Ecosystem
    if name == "compute":
        from graph_models.analysis.compute import compute

        return compute
    raise AttributeError(name)
