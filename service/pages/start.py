"""The start page: of each workspace the ten highest parties of both scores, each with its reasons and facts."""

from __future__ import annotations

from typing import Any

from graph_models.errors import NotFound, StoreUnavailable
from service.analysis import results as analysis
from service.catalog.catalog import Workspace
from service.pages.names import names_of
from service.pages.templating import Locale, page
from service.stores.interface.store import At
from service.workspaces.context import Service

SCORES = ("influence", "value_flow")
HIGHEST = 10


def start_page(service: Service, locale: Locale) -> str:
    """The page in a language."""
    return page("start.html", locale, workspaces=[_shown(service, workspace, locale) for workspace in service.catalog.workspaces()])


def _shown(service: Service, workspace: Workspace, locale: Locale) -> dict[str, Any]:
    found: dict[str, Any] = {"id": workspace.id, "name": workspace.name, "analysis": None}
    try:
        about = analysis.analysis(service, workspace.id, "latest", SCORES)
        rankings = {score: analysis.scores(service, workspace.id, about["analysis_id"], score, limit=HIGHEST)["items"] for score in SCORES}
        shown = {item["party_id"] for items in rankings.values() for item in items}
        names = names_of(service.store(workspace.id), shown, At(), locale)
    except (NotFound, StoreUnavailable):
        return found
    return found | {"analysis": about, "names": names, "rankings": {score: [item for item in items if item["rank"]] for score, items in rankings.items()}}
