"""Value loops and the value flow occurrence of streams, as views."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from graph_models.arrays.ranking import ranks
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.flows.utilities import utilities_of
from graph_models.metrics.focal import place_of
from graph_models.metrics.value.value_loops import FocalLoops, facts_of_streams, loops_of, stream_facts, wvfo


def loops_view(ecosystem: Ecosystem, parameters: Parameters, *, party: str | None = None, limit: int | None = None, offset: int = 0) -> dict[str, Any]:
    """The loops by score, each with its parties (from the focal party on), its facts and a fact of its weakest stream; of one party, if named.

    ``implied``: the payments of a loop for which something is got in return that is not recorded.
    """
    found = loops_of(ecosystem, parameters)
    if found is None:
        return {"items": [], "total": 0, "total_score": 0.0, "complete": True, "min_loop_score": parameters.min_loop_score, "max_length": parameters.max_length}
    rows = np.arange(len(found.loops.score))
    if party is not None:
        rows = rows[found.through(place_of(ecosystem, party))]
    shown = rows[offset:] if limit is None else rows[offset : offset + limit]
    return {
        "items": [_loop(ecosystem, found, row) for row in shown.tolist()],
        "total": len(rows),
        "total_score": float(found.loops.score[rows].sum()),
        "complete": found.loops.complete,
        "min_loop_score": found.loops.threshold,
        "max_length": parameters.max_length,
    }


def _loop(ecosystem: Ecosystem, found: FocalLoops, row: int) -> dict[str, Any]:
    edges = found.edges[found.loops.streams[row][found.loops.streams[row] >= 0]]
    weakest = int(edges[np.argmin(found.utility[edges])])
    return {
        "score": float(found.loops.score[row]),
        "parties": [ecosystem.parties[place] for place in found.streams.source[edges].tolist()],
        **facts_of_streams(ecosystem, found.streams, edges),
        "weakest_fact": stream_facts(ecosystem, found.streams, weakest)[0],
    }


def flows_view(ecosystem: Ecosystem, parameters: Parameters, *, variant: str = "share", limit: int | None = None, offset: int = 0) -> dict[str, Any]:
    """The streams by WVFO, each with its facts and whether its utility was judged or computed; the facts of an ``implied`` one are the payments for it."""
    result = wvfo(ecosystem, parameters.with_(variant=variant))
    found = loops_of(ecosystem, parameters)
    if found is None:
        return {"items": [], "total": 0, "variant": variant}
    defined, place = result.defined, ranks(result.array, result.defined)
    judged = utilities_of(ecosystem, parameters).judged
    order = np.lexsort((np.arange(len(place)), np.where(defined, place, len(place) + 1)))
    shown = order[offset:] if limit is None else order[offset : offset + limit]
    items = []
    for edge in shown.tolist():
        source, target, kind, product = cast("list[Any]", result.streams)[edge]
        stream = int(found.edges[edge])
        items.append(
            {
                "source": source,
                "target": target,
                "kind": kind,
                "product": product,
                "facts": stream_facts(ecosystem, found.streams, stream),
                "utility": float(found.utility[stream]),
                "utility_source": "judged" if judged[stream] else "computed",
                "implied": bool(found.streams.implied[stream]),
                "wvfo": float(result.array[edge]) if defined[edge] else None,
                "rank": int(place[edge]) if defined[edge] else None,
            }
        )
    return {"items": items, "total": len(order), "variant": variant}
