"""The two scores, 0 to 100: influence and value flow. Each is a weighted mean of parts that stay visible."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple, TypeAlias

import msgspec
import numpy as np

from graph_models.arrays.ranking import ranks, rounded
from graph_models.arrays.types import Floats, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import STRUCTURAL, Parameters
from graph_models.ecosystem.roll_up import focal_of, roll_up_of
from graph_models.graphs.graph_types import Graph, graph_of
from graph_models.kernels.threads import workers
from graph_models.metrics.result import FOCAL_PARTY, NO_FOCAL_PARTY, ROLLED_UP, MetricResult, number_result, undefined_result
from graph_models.metrics.stakeholders.ownership import control_share
from graph_models.metrics.stakeholders.salience import salience
from graph_models.metrics.structure.centrality import betweenness_of, reach
from graph_models.metrics.value.criticality import criticality
from graph_models.metrics.value.pass_through import pass_through_down, pass_through_up
from graph_models.metrics.value.value_loops import wso
from graph_models.notices import Warning
from graph_models.scores.profile import DEFAULT_PROFILE, Profile
from graph_models.scores.score_notices import data_warnings

Compute: TypeAlias = Callable[[Ecosystem, Parameters], MetricResult]
SCORES = ("influence", "value_flow")
SWING = 0.2
"""By so much every weight moves, up or down, for the range of ranks."""
NO_PARTS = "no-parts"


class Part(NamedTuple):
    """One part of a score along the parties: ``raw`` as the metric has it (NaN: missing), ``normalised`` from 0 to 1."""

    name: str
    weight: float
    raw: Floats
    normalised: Floats
    result: MetricResult
    """Where the reasons of what is missing are."""


class Scored(NamedTuple):
    """A score of all parties with what it is made of. ``value`` is NaN where it is undefined."""

    score: str
    parts: tuple[Part, ...]
    value: Floats
    coverage: Floats
    defined: Mask
    rank: Longs
    rank_range: Longs
    warnings: tuple[Warning, ...]

    @property
    def bound(self) -> Mask:
        """Where a part is only known to be at most what it says, so is the score."""
        return _bound(self.parts, self.defined)


def score_result(ecosystem: Ecosystem, parameters: Parameters, score: str, profile: Profile = DEFAULT_PROFILE) -> MetricResult:
    """A score as the result of a metric."""
    if focal_of(ecosystem, parameters) is None:
        return _without_focal(ecosystem, parameters, score)
    scored = scored_of(ecosystem, parameters, score, profile)
    coverage = np.where(scored.defined, scored.coverage, np.nan)
    return _result(ecosystem, parameters, score, scored.parts, scored.value, coverage=coverage, rank_range=scored.rank_range, warnings=list(scored.warnings))


def plain_result(ecosystem: Ecosystem, parameters: Parameters, score: str, profile: Profile = DEFAULT_PROFILE) -> MetricResult:
    """The values of a score and the reasons where it has none; without coverage and the range of ranks, which cost more than the values."""
    if focal_of(ecosystem, parameters) is None:
        return _without_focal(ecosystem, parameters, score)
    parts, value = _valued(ecosystem, parameters.with_(**dict.fromkeys(STRUCTURAL)), score, profile)
    return _result(ecosystem, parameters, score, parts, value, warnings=_part_warnings(parts))


def _without_focal(ecosystem: Ecosystem, parameters: Parameters, score: str) -> MetricResult:
    return undefined_result(ecosystem, score, NO_FOCAL_PARTY, present=roll_up_of(ecosystem, parameters).present)


def _result(ecosystem: Ecosystem, parameters: Parameters, score: str, parts: tuple[Part, ...], value: Floats, **more: Any) -> MetricResult:
    heaviest = max(parts, key=lambda part: part.weight).result
    itself = np.arange(len(ecosystem.parties)) == focal_of(ecosystem, parameters)
    undefined = {ROLLED_UP: ~roll_up_of(ecosystem, parameters).present, FOCAL_PARTY: itself}
    for code, reason in enumerate(heaviest.reason_names, 1):
        undefined.setdefault(reason, np.isnan(value) & (heaviest.reason_codes == code))
    undefined[NO_PARTS] = np.isnan(value)
    return number_result(ecosystem, score, value, undefined=undefined, bound=_bound(parts, ~np.isnan(value)), **more)


def _bound(parts: tuple[Part, ...], defined: Mask) -> Mask:
    answer = np.zeros(len(defined), bool)
    for part in parts:
        answer |= False if part.result.bound is None else part.result.bound
    return answer & defined


def _part_warnings(parts: tuple[Part, ...]) -> list[Warning]:
    return list(dict.fromkeys(warning for part in parts for warning in part.result.warnings))


def scored_of(ecosystem: Ecosystem, parameters: Parameters, score: str, profile: Profile = DEFAULT_PROFILE) -> Scored:
    """A score with its parts; made once for the same parameters. The focal party must be there."""
    plain = parameters.with_(**dict.fromkeys(STRUCTURAL))
    key = ("score", score, plain.given_key(), msgspec.json.encode(profile, order="deterministic"))
    return ecosystem.kept(key, lambda: _scored(ecosystem, plain, score, profile))


def values_of(ecosystem: Ecosystem, parameters: Parameters, score: str, profile: Profile = DEFAULT_PROFILE) -> Floats:
    """The values of a score alone: NaN where it is undefined."""
    if focal_of(ecosystem, parameters) is None:
        return np.full(len(ecosystem.parties), np.nan)
    return _valued(ecosystem, parameters.with_(**dict.fromkeys(STRUCTURAL)), score, profile)[1]


def _valued(ecosystem: Ecosystem, parameters: Parameters, score: str, profile: Profile) -> tuple[tuple[Part, ...], Floats]:
    parts = tuple(_value_flow(ecosystem, parameters, profile.value_flow) if score == "value_flow" else _influence(ecosystem, parameters, profile))
    scored = roll_up_of(ecosystem, parameters).present.copy()
    scored[focal_of(ecosystem, parameters)] = False
    return parts, np.asarray(np.where(scored, _weighted(parts, [part.weight for part in parts]), np.nan), np.float64)


def _scored(ecosystem: Ecosystem, parameters: Parameters, score: str, profile: Profile) -> Scored:
    parts, value = _valued(ecosystem, parameters, score, profile)
    defined = ~np.isnan(value)
    available = sum((np.where(np.isnan(part.normalised), 0.0, part.weight) for part in parts), np.zeros(len(value)))
    warnings = _part_warnings(parts)
    known = rounded(value[defined])
    if len(known) > 1 and (known == known[0]).all():
        warnings.append(Warning("score-flat", f"{score} is {known[0]:g} for all {len(known)} parties: it tells nobody apart"))
    warnings += data_warnings(ecosystem, parameters)
    rank = ranks(value, defined)
    return Scored(score, parts, value, available / sum(part.weight for part in parts), defined, rank, _rank_range(parts, defined), tuple(warnings))


def _weighted(parts: Sequence[Part], weights: Sequence[float]) -> Floats:
    return _means([_there(part) for part in parts], weights)


def _there(part: Part) -> tuple[Floats, Floats]:
    """(what is there of a part, 0 where it is missing; 1 where it is there)."""
    missing = np.isnan(part.normalised)
    return np.where(missing, 0.0, part.normalised), 1.0 - missing


def _means(there: Sequence[tuple[Floats, Floats]], weights: Sequence[float]) -> Floats:
    total, available = np.zeros(len(there[0][0])), np.zeros(len(there[0][0]))
    for (values, known), weight in zip(there, weights, strict=True):
        total += weight * values
        available += weight * known
    return np.asarray(np.divide(100.0 * total, available, out=np.full(len(total), np.nan), where=available > 0), np.float64)


def _rank_range(parts: tuple[Part, ...], defined: Mask) -> Longs:
    """The best and the worst rank over all corners of the weights; that all weights are low is the same as that all are high."""
    there = [(values[defined], known[defined]) for values, known in map(_there, parts)]
    everyone = np.ones(len(there[0][0]), bool)
    best, worst = np.full(len(everyone), np.iinfo(np.int64).max), np.zeros(len(everyone), np.int64)

    def corner(signs: tuple[float, ...]) -> Longs:
        return ranks(_means(there, [part.weight * sign for part, sign in zip(parts, signs, strict=True)]), everyone)

    with ThreadPoolExecutor(workers()) as pool:
        for rank in pool.map(corner, list(product((1 - SWING, 1 + SWING), repeat=len(parts)))[1:]):
            np.minimum(best, rank, out=best)
            np.maximum(worst, rank, out=worst)
    answer = np.zeros((len(defined), 2), np.int64)
    answer[defined] = np.column_stack([best, worst])
    return answer


def _part(name: str, weights: Mapping[str, float], raw: Floats, result: MetricResult, *, over: Mask | None = None) -> Part:
    """``over``: the raw values are divided by the largest of these parties; where that is 0, all are 0. Every part is at most 1."""
    share = raw
    if over is not None:
        largest = float(np.nanmax(np.where(over, raw, np.nan), initial=0.0))
        share = raw / largest if largest > 0 else np.where(np.isnan(raw), np.nan, 0.0)
    return Part(name, weights[name], raw, np.clip(share, 0.0, 1.0), result)


def _influence(ecosystem: Ecosystem, parameters: Parameters, profile: Profile) -> list[Part]:
    owned = is_owned(ecosystem, parameters)
    weights = profile.influence_owned if owned else profile.influence
    others = np.arange(len(ecosystem.parties)) != focal_of(ecosystem, parameters)
    makers: dict[str, Callable[[], Part]] = {
        "value_loops": lambda: _of_metric("value_loops", weights, wso, ecosystem, parameters),
        "reach": lambda: _of_metric("reach", weights, reach, ecosystem, parameters, over=others),
        "brokerage": lambda: _brokerage(ecosystem, parameters, weights),
        "salience": lambda: _of_metric("salience", weights, salience, ecosystem, parameters.with_(salience="judged")),
        "control": lambda: _control(ecosystem, parameters, weights),
    }
    return [makers[name]() for name in weights]


def _of_metric(name: str, weights: Mapping[str, float], metric: Compute, ecosystem: Ecosystem, parameters: Parameters, *, over: Mask | None = None) -> Part:
    result = metric(ecosystem, parameters)
    return _part(name, weights, result.array, result, over=over)


def is_owned(ecosystem: Ecosystem, parameters: Parameters) -> bool:
    """Does any chain of ownership end at the focal party?"""
    graph = graph_of(ecosystem, "ownership", parameters)
    return bool((graph.target == focal_of(ecosystem, parameters)).any())


def _brokerage(ecosystem: Ecosystem, parameters: Parameters, weights: Mapping[str, float]) -> Part:
    """Who stands between the others: betweenness on the influence graph without the focal party, to whom nearly everyone has a tie."""
    graph = graph_of(ecosystem, "influence", parameters).without(focal_of(ecosystem, parameters) or 0)
    values, error, warnings = _between(ecosystem, parameters, graph)
    result = number_result(ecosystem, "betweenness", values, present=graph.present, standard_error=error, warnings=warnings)
    return _part("brokerage", weights, result.array, result, over=graph.present)


def _between(ecosystem: Ecosystem, parameters: Parameters, graph: Graph) -> tuple[Floats, Floats | None, list[Warning]]:
    """Betweenness counts steps: the same edges, whatever their weight, give the same."""
    key = ("brokerage", graph.present.tobytes(), graph.source.tobytes(), graph.target.tobytes(), parameters.pivots, parameters.seed, parameters.normalised)
    first = ecosystem.origin or ecosystem
    return first.kept(key, lambda: betweenness_of(graph, parameters))


def _control(ecosystem: Ecosystem, parameters: Parameters, weights: Mapping[str, float]) -> Part:
    share, held = control_share(ecosystem, parameters)
    return _part("control", weights, share, held)


def _value_flow(ecosystem: Ecosystem, parameters: Parameters, weights: Mapping[str, float]) -> list[Part]:
    up, down = (metric(ecosystem, parameters) for metric in (pass_through_up, pass_through_down))
    larger = np.fmax(up.array, down.array)
    bounds = [result.array < larger if result.bound is None else (result.array < larger) | result.bound for result in (up, down)]
    through = replace(up, array=larger, bound=np.logical_and(*bounds))  # exact where the larger one is
    makers: dict[str, Callable[[], Part]] = {
        "pass_through": lambda: _part("pass_through", weights, larger, through),
        "criticality": lambda: _of_metric("criticality", weights, criticality, ecosystem, parameters),
    }
    return [makers[name]() for name in weights]
