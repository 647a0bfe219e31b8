"""Pivots: the parties from which shortest paths are followed, and how far a sum over some of them may lie from that over all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graph_models.arrays.types import Floats, Longs
from graph_models.ecosystem.parameters import Parameters
from graph_models.errors import TooCostly
from graph_models.graphs.graph_types import Graph
from graph_models.notices import Warning

EXACT_PARTIES = 2_000
"""Up to so many parties every one is a source of shortest paths."""
MOST_STEPS = 20_000_000_000
"""So many (source, party or edge) steps are worth waiting for: minutes, not hours."""
MOST_WEIGHTED_STEPS = 2_000_000_000
"""The same for shortest paths by distance, each of whose steps takes longer."""


class Pivots(NamedTuple):
    """The sources, as places; ``sampled``: they are some of the parties only, as ``warnings`` say."""

    sources: Longs
    sampled: bool
    warnings: tuple[Warning, ...]


def pivots_of(graph: Graph, parameters: Parameters, metric: str) -> Pivots:
    """All parties, or above 2,000 so many as ``pivots`` says, drawn by ``seed``. ``TooCostly`` where even these would take hours."""
    count = graph.count
    sources = np.flatnonzero(graph.present)
    warnings: tuple[Warning, ...] = ()
    sampled = count > EXACT_PARTIES and parameters.pivots < count
    if sampled:
        sources = np.sort(np.random.default_rng(parameters.seed).choice(sources, parameters.pivots, replace=False))
        text = f"{metric} from {len(sources)} of {count} parties as sources (seed {parameters.seed}), scaled up to all of them"
        warnings = (Warning("sampled", text),)
    by_distance = parameters.weight == "distance"
    most, steps = MOST_WEIGHTED_STEPS if by_distance else MOST_STEPS, len(sources) * (count + len(graph.source))
    if steps > most:
        raise TooCostly(
            f"{metric}{' by distance' if by_distance else ''} from {len(sources)} sources would take {steps:,} steps; the limit is {most:,}: "
            "ask for fewer pivots" + (" or leave out weight" if by_distance else ""),
            limit=most,
            needed=steps,
        )
    return Pivots(sources, sampled, warnings)


def drawn_error(total: Floats, squares: Floats, drawn: Floats, of: float) -> Floats:
    """The standard error of ``of / drawn * total``, the sum over all ``of``, from the sum and the sum of squares over those that were drawn.

    They are drawn without replacement, hence the factor for a finite population. NaN where fewer than two were drawn: one says nothing of the spread.

    >>> drawn_error(np.array([10.0, 5.0]), np.array([60.0, 25.0]), np.array([2.0, 1.0]), 10).round(6).tolist()
    [20.0, nan]
    """
    known = np.maximum(drawn, 2.0)
    spread = np.maximum(squares - total * total / known, 0.0) / (known - 1.0)
    return np.asarray(np.where(drawn < 2, np.nan, of * np.sqrt(spread / known * np.maximum(1 - known / max(of, 1.0), 0.0))), np.float64)
