"""``mapping suggest``: a first mapping for a file, to be edited."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.cli.console import AsJson, answer, say

app = typer.Typer(name="mapping", help="Mappings: how files become records.", no_args_is_help=True, rich_markup_mode=None)


@app.command("suggest")
def suggest(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, TSV, XLSX, JSON, NDJSON, Parquet, GraphML; gz.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write; default: standard output.", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Write a first mapping with its reasons and open questions as comments. Nothing is imported."""
    from service.ingest.sources import FileOfSet
    from service.ingest.suggesting import suggest as suggested

    found = suggested(FileOfSet(file, file.name))
    if output is not None:
        output.write_text(found.mapping, "utf-8")
    answer(found._asdict(), as_json, lambda: say(found.mapping if output is None else f"{len(found.open_questions)} open questions in {output}"))
