"""``imports`` and ``rollback``: what was imported, and how it is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import typer

from service.cli.console import AsJson, InWorkspace, answer, opened_service, print_table, progress_shown, say, workspace_of

SHOWN = 20


class Later(StrEnum):
    """What becomes of that on which later writes built."""

    refuse = "refuse"
    keep = "keep"
    take_along = "take_along"


def imports(workspace: InWorkspace = None, limit: Annotated[int, typer.Option(min=1, max=1000)] = 20, as_json: AsJson = False) -> None:
    """The imports of a workspace, newest first."""
    with opened_service() as service:
        found = service.catalog.things(workspace_of(service, workspace), "import", limit=limit)
    items = [{"state": "done"} | about for about in found]
    counts = ("created", "updated", "unchanged", "rejected", "revision")
    rows = [(item["import_id"], item["state"], *map(item.get, counts), ", ".join(file["file"] for file in item.get("files", ()))) for item in items]
    answer({"items": items}, as_json, lambda: print_table("imports", ("import", "state", *counts, "files"), rows, numeric=counts))


def rollback(
    import_id: Annotated[str, typer.Argument(help="The id of an import, as `imports` lists it.")],
    workspace: InWorkspace = None,
    later: Annotated[Later, typer.Option(help="Of what later writes built on it: refuse, keep it, or take it along.")] = Later.refuse,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be taken back, change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take an import back: what it changed reads again as before. History keeps it."""
    from service.imports.pipeline import rollback as taken_back

    with opened_service() as service, progress_shown() as progress:
        arguments = {"import_id": import_id, "later": later.value, "dry_run": dry_run, "who": "command line"}
        result = taken_back.run_job(service, workspace_of(service, workspace), arguments, progress)
    answer(result, as_json, lambda: _show(result))


def _show(result: Mapping[str, Any]) -> None:
    revision = f"; revision {result['revision']}" if result["revision"] else ""
    say(f"{'would be: ' if result['dry_run'] else ''}{result['records']} records as before{revision}")
    if result["later"]:
        rows = [(item["type"], item["id"], item["revision"], item["why"], item["needs"]) for item in result["later"][:SHOWN]]
        print_table("later writes that build on it", ("type", "id", "revision", "why", "needs"), rows, numeric=("revision",))
