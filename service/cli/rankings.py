"""``ranking``: the parties of a role by both scores, period after period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from service.cli.console import AsJson, InWorkspace, answer, opened_service, print_table, progress_shown, workspace_of

SHOWN = 20


def ranking(
    role: Annotated[str, typer.Argument(help="supplier, customer, investor ...")],
    workspace: InWorkspace = None,
    every: Annotated[str, typer.Option(help="year, quarter or month.")] = "year",
    begin: Annotated[
        str | None, typer.Option("--from", help="A day of the first period; default: the first on which value flowed.", show_default=False)
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="The last day; default: the last on which value flowed.", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Rank the parties of a role by influence and value flow in each period, with the change between periods."""
    from service.analysis import rankings

    request = {name: value for name, value in {"role": role, "every": every, "from": begin, "to": end}.items() if value is not None}
    with opened_service() as service, progress_shown() as progress:
        workspace_id = workspace_of(service, workspace)
        made = rankings.run_job(service, workspace_id, request, progress)
        found = rankings.ranking(service, workspace_id, made["ranking_id"])
    answer(found, as_json, lambda: show_ranking(found))


def show_ranking(found: Mapping[str, Any]) -> None:
    """One table a score: those who stand highest in the last period; value, and places won or lost since the period before."""
    heads = [period["from"][:4] if found["every"] == "year" else period["from"][:7] for period in found["periods"]]
    for score in ("influence", "value_flow"):
        last = [item for item in found["items"] if score in item["by_period"][-1]]
        shown = sorted(last, key=lambda item: item["by_period"][-1][score]["rank"])[:SHOWN]
        rows = [(item["by_period"][-1][score]["rank"], item["name"], *(_cell(period.get(score)) for period in item["by_period"])) for item in shown]
        title = f"{score}: {found['role']} by {found['every']} to {found['periods'][-1]['to']}, {len(rows)} of {found['total']}"
        print_table(title, ("rank", "name", *heads), rows, numeric=("rank", *heads))


def _cell(item: Mapping[str, Any] | None) -> str | None:
    if item is None:
        return None
    moved = 0 if item["change"] is None else item["change"]["rank"]
    return f"{item['value']:.2f}" + (f" ↑{moved}" if moved > 0 else f" ↓{-moved}" if moved else "")
