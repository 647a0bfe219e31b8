"""Ownership: who really owns a party, through others, and who controls it."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from graph_models.arrays.types import Floats, Longs, Mask, Matrix
from graph_models.ecosystem.corporate_control import controlled_by, controllers_of
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameter, Parameters
from graph_models.graphs.graph_types import Graph, graph_of
from graph_models.kernels.flow.ownership import cycles, effective_of, held_of
from graph_models.metrics.focal import asked_party
from graph_models.metrics.result import CLOSED_CYCLE, NO_FOCAL_PARTY, Metric, MetricResult, number_result, undefined_result
from graph_models.notices import Warning

__all__ = ["control", "control_share", "integrated_ownership", "ownership_view"]

THRESHOLD = 0.5
SHOWN = 1_000
"""So many holders and holdings are shown, those of the largest share."""
CHAIN_SHOWN = 100
"""So many parties of a chain are shown, half of them from each end."""


def integrated_ownership(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who really owns us, counting what is held through others?

    The column of ``of`` in ``Y = (I - W)^-1 W = W + W^2 + ...``, W_uv = the share of v that u holds.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``of``: the party that is owned (default: the focal party).

    Returns
    -------
    MetricResult
        With warnings: parties held to more than 100 %, circles of ownership, ownerships without a share.

    Notes
    -----
    Undefined without a focal party where ``of`` names none (``no-focal-party``), and for those who hold a circle of parties that own one
    another wholly: the sum has no end (``closed-cycle``). A share is never multiplied by its confidence.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "fund", "holding")]
    >>> records += [{"type": "relationship", "id": "a", "source": "holding", "target": "fund", "kind": "owns", "share": 0.6},
    ...             {"type": "relationship", "id": "b", "source": "fund", "target": "firm", "kind": "owns", "share": 0.5}]
    >>> integrated_ownership(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'firm': 0.0, 'fund': 0.5, 'holding': 0.3}

    References
    ----------
    Brioschi, F., Buzzacchi, L., Colombo, M., Risk capital financing and the separation of ownership and control in business groups, Journal of
    Banking and Finance 13, 1989. Vitali, S., Glattfelder, J., Battiston, S., The network of global corporate control, PLoS ONE 6, 2011.
    """
    graph = _graph(ecosystem, parameters)
    place, _, reason = asked_party(ecosystem, parameters, parameters.of, "of")
    warnings = ownership_warnings(ecosystem, graph)
    if place is None:
        return undefined_result(ecosystem, "integrated_ownership", reason or NO_FOCAL_PARTY, present=graph.present, warnings=warnings)
    held, endless = held_of(graph.matrix(), place)
    return number_result(ecosystem, "integrated_ownership", held, undefined={CLOSED_CYCLE: endless}, present=graph.present, warnings=warnings)


def control(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who steers us, alone or with all that they steer?

    1 for who controls ``of``, else 0. A party controls another if it holds more than ``threshold`` of its shares together with all that it
    controls: the least set for which that is so. Nobody controls itself.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``of`` (default: the focal party), ``threshold`` (.5).

    Returns
    -------
    MetricResult
        With the warnings of ``integrated_ownership``.

    Notes
    -----
    Undefined without a focal party where ``of`` names none (``no-focal-party``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "fund", "holding")]
    >>> records += [{"type": "relationship", "id": "a", "source": "holding", "target": "fund", "kind": "owns", "share": 0.6},
    ...             {"type": "relationship", "id": "b", "source": "fund", "target": "firm", "kind": "owns", "share": 0.3},
    ...             {"type": "relationship", "id": "c", "source": "holding", "target": "firm", "kind": "owns", "share": 0.3}]
    >>> control(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'firm': 0.0, 'fund': 0.0, 'holding': 1.0}

    References
    ----------
    Chapelle, A., Szafarz, A., Controlling firms through the majority voting rule, Physica A 355, 2005.
    """
    graph = _graph(ecosystem, parameters)
    place, _, reason = asked_party(ecosystem, parameters, parameters.of, "of")
    warnings = ownership_warnings(ecosystem, graph)
    if place is None:
        return undefined_result(ecosystem, "control", reason or NO_FOCAL_PARTY, present=graph.present, warnings=warnings)
    values = controllers_of(place, graph.matrix(), _threshold(parameters)).astype(np.float64)
    return number_result(ecosystem, "control", values, present=graph.present, warnings=warnings)


def control_share(ecosystem: Ecosystem, parameters: Parameters) -> tuple[Floats, MetricResult]:
    """(the part ``control`` of the influence score; integrated ownership of the focal party, with its reasons).

    The part is the larger of effective ownership and 1 for who controls. Effective ownership is integrated ownership over the holder's own
    diagonal of ``(I - W)^-1``, at most 1: what it holds of itself counts once.
    """
    parameters = parameters.with_(of=None)
    held = integrated_ownership(ecosystem, parameters)
    effective, bound = effective_of(_graph(ecosystem, parameters).matrix(), np.nan_to_num(held.array))
    effective[np.isnan(held.array)] = np.nan
    steers = control(ecosystem, parameters).array > 0
    return np.fmax(effective, np.where(steers, 1.0, np.nan)), replace(held, bound=bound & ~steers)


def ownership_warnings(ecosystem: Ecosystem, graph: Graph) -> list[Warning]:
    """What is odd about the shares: more than the whole, circles, and (from the graph) shares that nobody states."""
    warnings, ids = list(graph.warnings), ecosystem.parties
    total = np.bincount(graph.target, graph.weight, graph.nodes)
    over = np.flatnonzero(total > 1 + 1e-9).tolist()
    if over:
        most = max(over, key=total.__getitem__)
        facts = {int(ref) for edge in np.flatnonzero(np.isin(graph.target, over)).tolist() for ref in graph.edge_facts(edge)}
        warnings.append(
            Warning(
                "over-100",
                f"{len(over)} parties are held to more than 100 %, {ids[most]} to {total[most]:.4%}",
                tuple(ecosystem.fact_ids(sorted(facts))),
                tuple(ids[place] for place in over),
            )
        )
    for members in cycles(graph.matrix()):
        circle = tuple(ids[place] for place in members.tolist())
        warnings.append(Warning("ownership-cycle", f"{len(circle)} parties hold shares of one another in a circle", (), circle))
    return warnings


def ownership_view(ecosystem: Ecosystem, parameters: Parameters, *, party: str | None = None) -> dict[str, Any]:
    """Who holds a party, directly and through others, and what does it hold?

    ``chain``: the chain of shares with the largest product, from the holder to what it holds; of several the shortest, then the first by id.
    ``facts``: those of a direct stake; ``also_stated``: those that state the same. Of a long chain both ends are shown, and
    ``chain_left_out`` in between; of long lists the largest shares, and what is left out (``truncated``).

    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "fund", "holding")]
    >>> records += [{"type": "relationship", "id": "a", "source": "holding", "target": "fund", "kind": "owns", "share": 0.6},
    ...             {"type": "relationship", "id": "b", "source": "fund", "target": "firm", "kind": "owns", "share": 0.5}]
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> holder = ownership_view(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS)["holders"][1]
    >>> [holder[name] for name in ("party_id", "direct", "integrated", "controls", "chain")]
    ['holding', 0.0, 0.3, False, ['holding', 'fund', 'firm']]
    """
    graph = _graph(ecosystem, parameters)
    place, party_id, reason = asked_party(ecosystem, parameters, party)
    warnings = [warning._asdict() for warning in ownership_warnings(ecosystem, graph)]
    if place is None:
        return {"party_id": party_id, "holders": [], "holdings": [], "reason": reason, "warnings": warnings, "truncated": {"holders": None, "holdings": None}}
    matrix, threshold = graph.matrix(), _threshold(parameters)
    backward = matrix.T.tocsr()
    controlled = np.zeros(graph.nodes, bool)
    controlled[controlled_by(place, matrix, threshold)] = True
    answer: dict[str, Any] = {"party_id": party_id, "warnings": warnings, "truncated": {}}
    answer["holders"], answer["truncated"]["holders"] = _held(ecosystem, matrix, place, controllers_of(place, matrix, threshold), _chains(backward, place), -1)
    _add_facts(ecosystem, answer["holders"], lambda other: (graph.facts(other, place), graph.also_stated(other, place)))
    answer["holdings"], answer["truncated"]["holdings"] = _held(ecosystem, backward, place, controlled, _chains(matrix, place), 1)
    _add_facts(ecosystem, answer["holdings"], lambda other: (graph.facts(place, other), graph.also_stated(place, other)))
    return answer


def _add_facts(ecosystem: Ecosystem, items: list[dict[str, Any]], of: Callable[[int], tuple[Longs, Longs]]) -> None:
    """The facts of each direct stake, and those that state the same as one that counts."""
    for item in items:
        counted, also_stated = of(ecosystem.index(item["party_id"])) if item["direct"] else ((), ())
        item |= {"facts": ecosystem.fact_ids(counted), "also_stated": ecosystem.fact_ids(also_stated)}


def _held(ecosystem: Ecosystem, matrix: Matrix, place: int, controls: Mask, chains: _Chains, step: int) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """Sorted by integrated share, then by id; and what is left out. A share without an end is null, with its reason. ``step`` -1 turns chains round."""
    held, endless = held_of(matrix, place)
    direct: Floats = matrix[:, [place]].toarray().ravel()
    reached = np.flatnonzero(chains.length > 1)
    order = reached[np.lexsort((reached, -held[reached], endless[reached]))]
    items, ids = [], ecosystem.parties
    for other in order[:SHOWN].tolist():
        left = int(chains.length[other]) - CHAIN_SHOWN
        way = chains.to(other) if left <= 0 else chains.to(int(chains.head[other])) + chains.to(other, CHAIN_SHOWN // 2)
        item = {
            "party_id": ids[other],
            "direct": float(direct[other]),
            "integrated": None if endless[other] else float(held[other]),
            "controls": bool(controls[other]),
            "chain": [ids[at] for at in way[::step]],
        }
        items.append(item | ({"chain_left_out": left} if left > 0 else {}) | ({"reason": CLOSED_CYCLE} if endless[other] else {}))
    left_out = len(order) - len(items)
    return items, {"shown": len(items), "left_out": left_out, "why": f"the {SHOWN} largest are shown"} if left_out else None


class _Chains(NamedTuple):
    """The best chains from a party: to each place the one before it, and how many parties are on the way (0: it is not reached)."""

    before: Longs
    length: Longs
    head: Longs
    """Of a chain that is shown by its ends: where its first half ends."""

    def to(self, place: int, last: int | None = None) -> list[int]:
        """The chain to a place, from the party on, or its last places."""
        chain = [place]
        while len(chain) != last and (before := int(self.before[chain[-1]])) >= 0:
            chain.append(before)
        return chain[::-1]


def _chains(matrix: Matrix, start: int) -> _Chains:
    """Dijkstra on products, which only fall (shares above 1 count as 1); of equal ones the shortest, then the first by id along the chain."""
    n = matrix.shape[0]
    before, length, head = np.full(n, -1, np.int64), np.zeros(n, np.int64), np.arange(n)
    best, steps, done = {start: 1.0}, {start: 1}, set[int]()
    came: dict[int, int] = {}
    waiting = [(-1.0, 1, start)]
    indptr, indices, data = matrix.indptr, matrix.indices, matrix.data
    while waiting:
        product, count, place = heapq.heappop(waiting)
        if place in done:
            continue
        done.add(place)
        if count > CHAIN_SHOWN // 2:
            head[place] = head[came[place]]
        row = slice(indptr[place], indptr[place + 1])
        for other, share in zip(indices[row].tolist(), data[row].tolist(), strict=True):
            if other in done:
                continue
            value = -product * min(share, 1.0)
            known = best.get(other, -1.0)
            if value > known or (value == known and (count + 1 < steps[other] or (count + 1 == steps[other] and _first(came, place, came[other])))):
                best[other], steps[other], came[other] = value, count + 1, place
                heapq.heappush(waiting, (-value, count + 1, other))
    before[list(came)] = list(came.values())
    length[list(steps)] = list(steps.values())
    return _Chains(before, length, head)


def _first(came: dict[int, int], one: int, other: int) -> bool:
    """Which of two chains of the same length comes first, by the places where they part."""
    parted = one, other
    while one != other:
        parted = one, other
        one, other = came[one], came[other]
    return parted[0] < parted[1]


def _graph(ecosystem: Ecosystem, parameters: Parameters) -> Graph:
    return graph_of(ecosystem, "ownership", parameters.with_(weight=None, distance_of=None, directed=None, reversed=None, kinds=None))


def _somebody_owns(ecosystem: Ecosystem, parameters: Parameters) -> bool:
    return bool(_graph(ecosystem, parameters).weight.size)


def _threshold(parameters: Parameters) -> float:
    return THRESHOLD if parameters.threshold is None else parameters.threshold


_OF = Parameter("of", "text")
INTEGRATED_OWNERSHIP = Metric(
    "integrated_ownership",
    "ownership",
    "Who really owns us?",
    "column of `of` in Y = (I - W)^-1 W",
    "there is no focal party (no-focal-party), or it holds a circle of parties that own one another wholly (closed-cycle)",
    "Brioschi, Buzzacchi, Colombo, Journal of Banking and Finance 13, 1989",
    integrated_ownership,
    parameters=(_OF,),
    cost="one sparse solve",
    default_where=_somebody_owns,
)
CONTROL = Metric(
    "control",
    "ownership",
    "Who steers us?",
    "least fixed point of: holds more than `threshold` of the shares with all that it controls",
    "there is no focal party (no-focal-party)",
    "Chapelle, Szafarz, Physica A 355, 2005",
    control,
    parameters=(_OF, Parameter("threshold", "number", THRESHOLD, low=0, high=1, open_high=True)),
    cost="holders above x their holdings",
    default_where=_somebody_owns,
)
