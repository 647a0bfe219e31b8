"""What changed between two days of a workspace: scores of analyses that are there already, or computed where the ecosystem is small."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow.compute as pc
from cachetools import LRUCache

from graph_models.analysis.compute import effective_parameters
from graph_models.analysis.registry import metric_named
from graph_models.changes.score_changes import Changes, Score, Side, score_of
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.errors import InvalidInput, TooCostly
from graph_models.scores.profile import DEFAULT_PROFILE
from graph_models.scores.scores import SCORES, score_result
from service.analysis import result_files as results
from service.analysis.ecosystem_loader import ecosystems
from service.analysis.results import directory
from service.facts.instants import instant
from service.stores.interface.store import At
from service.workspaces.context import Service

COMPUTED_PARTIES = 20_000
"""Of a larger ecosystem there must be an analysis of the day: its scores take longer than a request may."""
CHANGES_KEPT = 4
_computed: LRUCache[tuple[str, str], Changes] = LRUCache(CHANGES_KEPT)
"""The last changes, by both snapshots: further pages do not compute them again. One process asks at a time."""


def changes(service: Service, workspace_id: str, begin: str, end: str, *, known_at: str | None = None, **page: Any) -> dict[str, Any]:
    """A page of what changed from the day ``begin`` to the day ``end``, both as believed at one revision."""
    store, default = service.store(workspace_id), service.default_day(service.workspace(workspace_id))
    days = []
    for name, text in (("from", begin), ("to", end)):
        try:
            days.append(instant(store, default, text, known_at))
        except InvalidInput as error:
            raise InvalidInput(
                error.message, errors=[fault._replace(field=name if fault.field == "as_of" else fault.field) for fault in error.errors]
            ) from None
    before, after = (At(day.day, min(day.revision, store.head())) for day in days)
    if (before.day or 0) > (after.day or 0):
        raise InvalidInput.of("out-of-range", "`from` is a day after `to`", "from")
    sides = [ecosystems.get(service, workspace_id, At(at.day, before.revision)) for at in (before, after)]
    found = _of(service, workspace_id, sides)
    shown = {"from": sides[0].as_of_text, "to": sides[1].as_of_text, "known_at": before.revision}
    return shown | found.page(**page)


def _of(service: Service, workspace_id: str, ecosystems: list[Ecosystem]) -> Changes:
    key = (ecosystems[0].snapshot_id, ecosystems[1].snapshot_id)
    changes = _computed.get(key)
    if changes is None:
        changes = Changes(*(_side(service, workspace_id, side, name) for side, name in zip(ecosystems, ("from", "to"), strict=True)))
        _computed[key] = changes
    return changes


def _side(service: Service, workspace_id: str, ecosystem: Ecosystem, name: str) -> Side:
    """The scores of an analysis of the same snapshot with nothing chosen, else computed."""
    wanted = {score: {"metric": score, "parameters": effective_parameters(ecosystem, metric_named(score), DEFAULTS)} for score in SCORES}
    before = None
    while found := service.catalog.things(workspace_id, "analysis", before=before, limit=50):
        for about in found:
            same = about["snapshot_id"] == ecosystem.snapshot_id and about["profile"] == DEFAULT_PROFILE.name
            if same and all(about["metrics"].get(score) == wanted[score] for score in SCORES):
                where = directory(service, workspace_id, about["analysis_id"])
                return Side(ecosystem, {score: _kept_score(results.named(where, score)) for score in SCORES})
        before = found[-1]["analysis_id"]
    if len(ecosystem.parties) > COMPUTED_PARTIES:
        raise TooCostly(
            f"{len(ecosystem.parties):,} parties are too many to score within a request: POST an analysis of influence and value_flow "
            f"as of {ecosystem.as_of_text} first",
            limit=COMPUTED_PARTIES,
            day=name,
        )
    return Side(ecosystem, {score: score_of(score_result(ecosystem, DEFAULTS, score)) for score in SCORES})


def _kept_score(scores: results.Scores) -> Score:
    value = pc.fill_null(scores.table["value"], float("nan")).to_numpy()
    return Score(np.asarray(value, np.float64), np.asarray(pc.fill_null(scores.table["rank"], 0).to_numpy(), np.int64))
