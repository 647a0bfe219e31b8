"""Loops of value through the focal party: who and what takes part in the exchanges that come back."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import numpy as np

from graph_models.arrays.types import Floats, Ints, Longs, Mask, Nodes
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import SPECS, Parameters
from graph_models.ecosystem.roll_up import focal_of, roll_up_of
from graph_models.flows.streams import Streams
from graph_models.graphs.graph_types import utility_streams
from graph_models.graphs.loop_search import Loops, find_loops, ranked
from graph_models.kernels.flow.loops import NONE, first_of_each, sums_of_each
from graph_models.metrics.result import NO_FOCAL_PARTY, NO_LOOPS, STREAM, Metric, MetricResult, number_result, undefined_result
from graph_models.notices import Warning

NEARLY = 0.9
"""An ecosystem that lost a fact has about as many loops above this part of the threshold as it had above the threshold."""
REFERENCE = "Sutherland, SM thesis, MIT 2009; Feng, Crawley, de Weck, Keller, Lin, Robinson, DSM'10"


class FocalLoops(NamedTuple):
    """The loops together with the streams that they run on (``Loops.streams`` are places in ``edges``)."""

    loops: Loops
    streams: Streams
    edges: Longs
    """Places in ``streams`` of the edges of the graph ``utility``."""
    utility: Floats
    """Along all streams."""

    @property
    def total(self) -> float:
        return float(self.loops.score.sum())

    def scores_by(self, what: Longs, count: int) -> Floats:
        """Along parties or edges: the summed score of the loops that each is on. ``what`` says of each edge what it stands for."""
        answer = np.zeros(count)
        sums_of_each(self._rows(), np.ascontiguousarray(what), np.ascontiguousarray(self.loops.score), answer)
        return answer

    def _rows(self) -> Nodes:
        return np.ascontiguousarray(self.loops.streams).view(np.uint32).ravel()

    def parties(self) -> Longs:
        """Of each edge the party that it ends at: on a loop every party is the end of one stream."""
        return self.streams.target[self.edges].astype(np.int64)

    def strongest(self, parties: int, count: int) -> Ints:
        """Per party the first so many loops that it is on, filled up with -1."""
        answer = np.full(parties * count, NONE, np.uint32)
        first_of_each(self._rows(), self.parties(), self.loops.streams.shape[1], count, answer)
        return answer.view(np.int32).reshape(parties, count)

    def through(self, party: int) -> Mask:
        """Which loops a party is on."""
        ends = np.append(self.streams.target[self.edges], -1)
        return cast(Mask, (ends[self.loops.streams] == party).any(axis=1))


def loops_of(ecosystem: Ecosystem, parameters: Parameters) -> FocalLoops | None:
    """The loops through the focal party; ``None`` where it is not there. Made once for the same parameters."""
    key = (
        "loops",
        ecosystem.period(parameters),
        parameters.hypotheses,
        parameters.roll_up,
        parameters.basis,
        parameters.in_return_for,
        parameters.utility,
        parameters.implied_returns,
        parameters.materiality,
        parameters.max_length,
        parameters.min_loop_score,
        parameters.max_loops,
    )
    return ecosystem.kept(key, lambda: _loops(ecosystem, parameters))


def _loops(ecosystem: Ecosystem, parameters: Parameters) -> FocalLoops | None:
    focal = focal_of(ecosystem, parameters)
    if focal is None:
        return None
    streams, edges, utility = utility_streams(ecosystem, parameters)
    guess, origin = None, ecosystem.origin
    if origin is not None:
        if (known := _rescored(ecosystem, origin, parameters, streams, edges, utility, focal)) is not None:
            return known
        before = loops_of(origin, parameters)
        guess = NEARLY * before.loops.threshold if before is not None and not before.loops.complete else None
    found = find_loops(
        len(ecosystem.parties),
        focal,
        streams.source[edges],
        streams.target[edges],
        utility[edges],
        parameters.max_length,
        parameters.min_loop_score,
        parameters.max_loops,
        guess=guess,
        in_order=origin is None,
    )
    return FocalLoops(found, streams, edges, utility)


def _rescored(
    ecosystem: Ecosystem, origin: Ecosystem, parameters: Parameters, streams: Streams, edges: Longs, utility: Floats, focal: int
) -> FocalLoops | None:
    """Fewer facts make no new streams, so no new loops: those of the origin with the utilities of now. ``None`` where that is not so."""
    before = loops_of(origin, parameters)
    if before is None or not before.loops.complete or before.loops.threshold > 0 or focal_of(origin, parameters) != focal:
        return None
    now = {key: place for place, key in enumerate(_keys(ecosystem, streams, edges))}
    then = [now.get(key, -1) for key in _keys(origin, before.streams, before.edges)]
    if len(now) != sum(place >= 0 for place in then):
        return None
    places = np.array([*then, -2], np.int32)[before.loops.streams]
    rows = places[(places != -1).all(axis=1)]
    score = np.append(utility[edges], 1.0)[np.where(rows < 0, len(edges), rows)].prod(axis=1)
    rows, score = ranked(np.maximum(rows, -1), score)
    return FocalLoops(Loops(rows, score, True, 0.0), streams, edges, utility)


def cut_off(found: FocalLoops, parameters: Parameters) -> list[Warning]:
    """What was left out of the loops, if anything."""
    if found.loops.complete:
        return []
    of_length = f"loops of at most {parameters.max_length} streams"
    why = f"the search for {of_length} takes too many steps" if found.loops.given_up else f"there are more than {parameters.max_loops} {of_length}"
    return [Warning("threshold", f"{why}: only those that score above {found.loops.threshold:g} count, the weaker ones are left out")]


def _ran_with(found: FocalLoops) -> dict[str, Any]:
    return {"min_loop_score": found.loops.threshold, "complete": found.loops.complete}


def wso(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Through whom do the exchanges run that come back to us?

    ``WSO(i) = sum of s(l) over the loops l that contain i / sum of s(l)``, s(l) the product of the utilities on an elementary loop of
    streams through the focal party with at most ``max_length`` streams.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``max_length``, ``min_loop_score``, ``max_loops``, ``utility``.

    Returns
    -------
    MetricResult
        0 to 1; 1 for the focal party, 0 for who is on no loop.

    Notes
    -----
    Undefined for all where no loop passes the focal party, or the loops score 0 in total (``no-loops``).

    Examples
    --------
    >>> from graph_models import Ecosystem, compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("S", "A", "B")]
    >>> for source, target, utility in (("S", "A", .5), ("A", "S", .8), ("S", "B", .3), ("B", "S", .4)):
    ...     records.append({"type": "value_flow", "id": source + target, "source": source, "target": target, "kind": "knowledge", "utility": utility})
    >>> round(compute(Ecosystem.from_records(records, focal_party="S", as_of="2025-12-31"), "wso").values["A"], 6)
    0.769231

    References
    ----------
    Sutherland, SM thesis, MIT 2009; Feng et al., DSM'10.
    """
    present = roll_up_of(ecosystem, parameters).present
    found = loops_of(ecosystem, parameters)
    if found is None:
        return undefined_result(ecosystem, "wso", NO_FOCAL_PARTY, present=present)
    warnings = [*found.streams.warnings, *cut_off(found, parameters)]
    if found.total == 0:
        return undefined_result(ecosystem, "wso", NO_LOOPS, present=present, warnings=warnings, parameters=_ran_with(found))
    array = found.scores_by(found.parties(), len(ecosystem.parties)) / found.total
    array[focal_of(ecosystem, parameters)] = 1.0
    return number_result(ecosystem, "wso", array, present=present, warnings=warnings, parameters=_ran_with(found))


def wvfo(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Which exchanges carry the loops that come back to us?

    ``WVFO(e) = sum of s(l) over the loops l that contain the stream e / D``: D is the total score of the loops (``variant``
    ``share``), or the sum over all streams (``normalised``).

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``variant``, and those of :func:`wso`.

    Returns
    -------
    MetricResult
        Of streams: (source, target, kind, product) -> 0 to 1.

    Notes
    -----
    Undefined for all as :func:`wso` (``no-loops``).

    Examples
    --------
    >>> from graph_models import Ecosystem, compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("S", "A")]
    >>> for source, target, utility in (("S", "A", .5), ("A", "S", .8)):
    ...     records.append({"type": "value_flow", "id": source + target, "source": source, "target": target, "kind": "knowledge", "utility": utility})
    >>> compute(Ecosystem.from_records(records, focal_party="S", as_of="2025-12-31"), "wvfo", variant="normalised").values[("A", "S", "knowledge", None)]
    0.5

    References
    ----------
    Sutherland, SM thesis, MIT 2009; Feng et al., DSM'10.
    """
    found = loops_of(ecosystem, parameters)
    if found is None:
        return MetricResult("wvfo", (), np.zeros(0), np.zeros(0, np.int16), kind=STREAM, streams=())
    carried = found.scores_by(np.arange(len(found.edges)), len(found.edges))
    whole = carried.sum() if parameters.variant == "normalised" else found.total
    defined = whole > 0
    codes = np.full(len(carried), 0 if defined else 1, np.int16)
    return MetricResult(
        "wvfo",
        (),
        carried / whole if defined else np.full(len(carried), np.nan),
        codes,
        (NO_LOOPS,),
        kind=STREAM,
        streams=_keys(ecosystem, found.streams, found.edges),
        warnings=[*found.streams.warnings, *cut_off(found, parameters)],
        parameters=_ran_with(found),
    )


def _keys(ecosystem: Ecosystem, streams: Streams, edges: Longs) -> list[tuple[str, str, str, str | None]]:
    kinds, products = streams.kinds, [*ecosystem.families["value_flows"].coded("product").texts, None]
    columns = (streams.source[edges], streams.target[edges], streams.kind[edges], streams.product[edges])
    return [
        (ecosystem.parties[source], ecosystem.parties[target], kinds[kind], products[product])
        for source, target, kind, product in zip(*(column.tolist() for column in columns), strict=True)
    ]


def facts_of_streams(ecosystem: Ecosystem, streams: Streams, chosen: Longs) -> dict[str, list[str]]:
    """The ids of the flows of some streams, in their order; apart the payments that stand for what is got in return, but not recorded."""
    answer: dict[str, list[str]] = {"facts": [], "implied": []}
    for stream in chosen.tolist():
        answer["implied" if streams.implied[stream] else "facts"] += stream_facts(ecosystem, streams, stream)
    return answer


def stream_facts(ecosystem: Ecosystem, streams: Streams, stream: int) -> list[str]:
    """The ids of the flows of a stream, in order."""
    return cast("list[str]", ecosystem.families["value_flows"].texts("id", np.sort(streams.flow_rows(stream))))


WSO = Metric(
    "wso",
    "loops",
    "Through whom do the exchanges run that come back to us?",
    "sum_{l contains i} s(l) / sum_l s(l)",
    "no loop of streams passes the focal party, or all loops score 0",
    REFERENCE,
    wso,
    cost="exponential in max_length; pruned, bounded by max_loops",
)
WVFO = Metric(
    "wvfo",
    "loops",
    "Which exchanges carry the loops that come back to us?",
    "sum_{l contains e} s(l) / D, D = sum_l s(l) or the sum over all streams",
    "no loop of streams passes the focal party, or all loops score 0",
    REFERENCE,
    wvfo,
    parameters=(SPECS["variant"],),
    cost="exponential in max_length; pruned, bounded by max_loops",
    kind=STREAM,
)
