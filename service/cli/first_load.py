"""``neo4j-files``: records as the files of a first load, for a Neo4j that is empty and does not run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from graph_models.errors import NotFound
from graph_models.records.vocabulary import BUILT_IN
from service.cli.console import AsJson, answer, opened_service, progress_shown, say


def neo4j_files(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True, help="Files of records: NDJSON, JSON, Parquet; gz.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The directory to write; it is made.")],
    workspace: Annotated[str, typer.Option("--workspace", "-w", help="The workspace that Neo4j will hold; made where it is absent.")],
    focal: Annotated[str | None, typer.Option(help="A new workspace's focal party.", show_default=False)] = None,
    currency: Annotated[str | None, typer.Option(help="A new workspace's base currency.", show_default=False)] = None,
    default_as_of: Annotated[str | None, typer.Option(help="The day that a new workspace's reads are of.", show_default=False)] = None,
    time_zone: Annotated[str | None, typer.Option(help="The IANA time zone that says what a new workspace's today is.", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Write records as the files of a first load into Neo4j: ten times as fast as an import, for an empty database that does not run."""
    from service.imports.bulk_load.bulk_load import first_load
    from service.imports.formats.byte_source import FileOfSet

    wishes = {"focal_party_id": focal, "base_currency": currency, "default_as_of": default_as_of, "time_zone": time_zone}
    with opened_service() as service, progress_shown() as progress:
        try:
            service.workspace(workspace)
            is_new, vocabulary = False, service.vocabulary(workspace)
        except NotFound:
            is_new, vocabulary = True, BUILT_IN
        made = first_load([FileOfSet(path, path.name) for path in files], vocabulary, output, "command line", progress)
        if is_new:
            service.create_workspace({"id": workspace, "name": workspace} | {name: value for name, value in wishes.items() if value is not None})
        service.catalog.keep_terms(workspace, made.terms)  # the store does not run: it has them from the catalog
    result: dict[str, Any] = {
        "directory": str(output), "records": made.records, "by_type": made.by_type, **made.counts, "revision": 1, "import_id": made.import_id,
        "command": "neo4j-admin database import full @arguments neo4j",
    }  # fmt: skip
    answer(result, as_json, lambda: _show(result))


def _show(result: dict[str, Any]) -> None:
    say(f"{result['records']:,} records in {result['directory']}: " + ", ".join(f"{count:,} {name}" for name, count in result["by_type"].items()))
    say(f"Load them into an empty Neo4j that does not run, in that directory: {result['command']}")
