"""Why a party has its score: the parts with their points, and the loops, walks and chains that they come from."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import DEFAULTS, Parameters
from graph_models.ecosystem.roll_up import focal_of
from graph_models.errors import InvalidInput
from graph_models.kernels.threads import workers
from graph_models.metrics.focal import place_of
from graph_models.metrics.result import FOCAL_PARTY, NO_FOCAL_PARTY
from graph_models.scores.evidence import EVIDENCE
from graph_models.scores.profile import DEFAULT_PROFILE, Profile
from graph_models.scores.scores import SCORES, Part, Scored, score_result, scored_of, values_of


def explain(
    ecosystem: Ecosystem, party: str, score: str, parameters: Parameters = DEFAULTS, profile: Profile = DEFAULT_PROFILE, *, counterfactual: bool = False
) -> dict[str, Any]:
    """One party's score, explained. ``counterfactual``: which fact, of those on its top paths, would move it most if it were not there."""
    if score not in SCORES:
        raise InvalidInput.of("unknown-score", f"{score!r} is no score; there are {', '.join(SCORES)}", "score")
    place = place_of(ecosystem, party)
    answer: dict[str, Any] = {
        "party_id": party,
        "score": score,
        "value": None,
        "reason": None,
        "rank": None,
        "rank_range": None,
        "coverage": None,
        "parts": [],
        "most_influential_fact": None,
        "profile": profile.name,
        "profile_version": profile.version,
        "warnings": [],
        "snapshot_id": ecosystem.snapshot_id,
    }
    focal = focal_of(ecosystem, parameters)
    if focal is None:
        return answer | {"reason": NO_FOCAL_PARTY}
    if place == focal:
        return answer | {"reason": FOCAL_PARTY}
    scored = scored_of(ecosystem, parameters, score, profile)
    answer["warnings"] = [warning._asdict() for warning in scored.warnings]
    if not scored.defined[place]:
        return answer | {"reason": score_result(ecosystem, parameters, score, profile).reason(place)}
    answer |= {
        "value": float(scored.value[place]),
        "rank": int(scored.rank[place]),
        "rank_range": [int(end) for end in scored.rank_range[place]],
        "coverage": float(scored.coverage[place]),
        "parts": [_part(ecosystem, parameters, scored, part, place) for part in scored.parts],
    }
    if counterfactual:
        answer["most_influential_fact"] = _most_influential(ecosystem, party, score, parameters, profile, answer)
    return answer


def _part(ecosystem: Ecosystem, parameters: Parameters, scored: Scored, part: Part, place: int) -> dict[str, Any]:
    raw, normalised = float(part.raw[place]), float(part.normalised[place])
    if np.isnan(normalised):
        return {"part": part.name, "raw": None, "normalised": None, "weight": part.weight, "points": 0.0, "reason": part.result.reason(place), "evidence": []}
    available = sum(other.weight for other in scored.parts if not np.isnan(other.normalised[place]))
    evidence = EVIDENCE[part.name](ecosystem, parameters, place) if raw > 0 else []
    return {
        "part": part.name,
        "raw": raw,
        "normalised": normalised,
        "weight": part.weight,
        "points": 100.0 * part.weight * normalised / available,
        "reason": None,
        "evidence": [item.as_json(ecosystem) for item in evidence],
    }


def _most_influential(ecosystem: Ecosystem, party: str, score: str, parameters: Parameters, profile: Profile, answer: dict[str, Any]) -> dict[str, Any] | None:
    candidates = sorted({fact for part in answer["parts"] for item in part["evidence"] for sort in ("facts", "implied") for fact in item[sort]})
    best: dict[str, Any] | None = None
    most = -1.0
    with ThreadPoolExecutor(workers()) as pool:
        values = list(pool.map(lambda fact: value_without(ecosystem, fact, party, score, parameters, profile), candidates))
    for fact, without in zip(candidates, values, strict=True):
        moved = abs(answer["value"] - (without or 0.0))
        if moved > most + 1e-12:
            best, most = {"fact_id": fact, "value_without": without}, moved
    return best


def value_without(
    ecosystem: Ecosystem, fact: str, party: str, score: str, parameters: Parameters = DEFAULTS, profile: Profile = DEFAULT_PROFILE
) -> float | None:
    """The score of a party, fully recomputed as if a fact were not there."""
    value = values_of(ecosystem.without([fact]), parameters, score, profile)[ecosystem.index(party)]
    return None if np.isnan(value) else float(value)
