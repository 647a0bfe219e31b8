"""What a report may ask: the same functions that the endpoints of the API call, each answer with the address where a client finds it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

import numpy as np
import pyarrow.compute as pc

from graph_models.ecosystem.ecosystem import Ecosystem
from service.analysis import results as analysis
from service.reports.content.blocks import Shown
from service.reports.content.figures import Answer
from service.reports.renderers.localised_page import Page
from service.workspaces.context import Service

NEEDED = ("influence", "value_flow", "embodied_value_added")
"""Without these in the analysis there is no report."""
HIGHEST, ALL = 10, 1_000
"""How many a ranking lists, and how many a map shows at the most (a page of the API)."""


class Answers:
    """The answers of one analysis; each is asked for once. ``page`` knows the language of the report."""

    def __init__(self, service: Service, workspace_id: str, analysis_id: str, locale: str | None = None) -> None:
        self._service = service
        self._workspace_id = workspace_id
        self._about = analysis.analysis(service, workspace_id, analysis_id, NEEDED)
        self._kept: dict[tuple[Any, ...], Answer] = {}
        self.analysis_id: str = self._about["analysis_id"]
        self.focal: str = self._about["focal_party_id"]
        self.currency: str = self._about["base_currency"]
        self.page = Page(
            locale or service.workspace(workspace_id).locale, self._names(locale or service.workspace(workspace_id).locale), self._ecosystem.vocabulary
        )

    @cached_property
    def _ecosystem(self) -> Ecosystem:
        return analysis.ecosystem_of(self._service, self._workspace_id, self._about)

    def analysis(self) -> Answer:
        """``GET W/analyses/{id}``."""
        return self._once(("analysis",), "", {}, lambda: analysis.answered(self._about))

    def scores(self, name: str, limit: int = ALL) -> Answer:
        """``GET .../scores/{name}``."""
        return self._once(
            ("scores", name, limit),
            f"/scores/{_in_path(name)}",
            {"limit": limit},
            lambda: analysis.scores(self._service, self._workspace_id, self.analysis_id, name, limit=limit),
        )

    def top(self, name: str) -> Answer:
        """The highest of a score."""
        return self.scores(name, HIGHEST)

    def explain(self, party: str, score: str) -> Answer:
        """``GET .../parties/{party}/explain``."""
        return self._once(
            ("explain", party, score),
            f"/parties/{_in_path(party)}/explain",
            {"score": score},
            lambda: analysis.explain(self._service, self._workspace_id, self.analysis_id, party, score),
        )

    def view(self, name: str, **query: Any) -> Answer:
        """``GET .../{view}``."""
        return self._once(
            ("view", name, *sorted(query.items())), f"/{name}", query, lambda: analysis.view(self._service, self._workspace_id, self.analysis_id, name, query)
        )

    def _once(self, key: tuple[Any, ...], path: str, query: Mapping[str, Any], ask: Any) -> Answer:
        if key not in self._kept:
            source = f"/v1/workspaces/{_in_path(self._workspace_id)}/analyses/{_in_path(self.analysis_id)}{path}" + (f"?{urlencode(query)}" if query else "")
            self._kept[key] = Answer(source, ask())
        return self._kept[key]

    def roles(self, party: str) -> list[str]:
        """The roles that a party has toward the focal party, each once, in the order of the vocabulary."""
        return self._roles.get(party, [])

    @cached_property
    def _roles(self) -> dict[str, list[str]]:
        roles = self._ecosystem.families["roles"]
        if self._ecosystem.focal is None:
            return {}
        rows = np.flatnonzero((roles.target == self._ecosystem.focal) & (roles.end > self._ecosystem.as_of) & (roles.start <= self._ecosystem.as_of))
        order = {kind: place for place, kind in enumerate(self._ecosystem.vocabulary.roles)}
        held: dict[str, set[str]] = {}
        for source, kind in zip(roles.source[rows].tolist(), roles.texts("kind", rows), strict=True):
            held.setdefault(self._ecosystem.parties[source], set()).add(kind)
        return {party: sorted(kinds, key=lambda kind: order.get(kind, len(order))) for party, kinds in held.items()}

    def flow(self, fact: str) -> tuple[str, str, str] | None:
        """Source, target and kind of a value flow."""
        flows = self._ecosystem.families["value_flows"]
        row = pc.index(flows.ids, fact).as_py()
        if row < 0:
            return None
        kind = flows.texts("kind", np.array([row]))[0]
        return self._ecosystem.parties[flows.source[row]], self._ecosystem.parties[flows.target[row]], kind

    def _names(self, locale: str) -> dict[str, str]:
        """Each party by its name in the language of the report, where it has one."""
        return {party: _name(details, locale) or party for party, details in zip(self._ecosystem.parties, self._ecosystem.details, strict=True)}


def _name(details: Mapping[str, Any], locale: str) -> str | None:
    for name in details.get("names") or ():
        if str(name.get("language") or "").split("-")[0].lower() == locale:
            return str(name["text"])
    return details.get("name")


def _in_path(text: str) -> str:
    return quote(text, safe="")


def shown(answer: Answer, style: str, *path: str | int, counted: bool = False) -> Shown:
    """A number of an answer, in a style."""
    return Shown(answer.count(*path) if counted else answer.figure(*path), style)


def place_of(answer: Answer, party: str) -> int | None:
    """Where a party stands in a list of scores."""
    return next((place for place, item in enumerate(answer.items()) if item["party_id"] == party), None)
