"""``report`` and ``query``: what people read, and what they ask."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from graph_models.errors import InvalidInput
from service.cli.console import AsJson, InWorkspace, answer, opened_service, print_table, progress_shown, say, workspace_of


def report(
    kind: Annotated[str, typer.Argument(help="The kind of report: strategy.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write; - is standard output.")],
    workspace: InWorkspace = None,
    file_format: Annotated[str, typer.Option("--format", "-f", help="html.")] = "html",
    locale: Annotated[str | None, typer.Option(help="en or zh; default: the workspace's.", show_default=False)] = None,
    as_of: Annotated[str | None, typer.Option(help="The day of the analysis; default: the newest analysis.", show_default=False)] = None,
    analysis_id: Annotated[str, typer.Option("--analysis", help="The id of an analysis, or latest.")] = "latest",
    as_json: AsJson = False,
) -> None:
    """Write a report from an analysis."""
    from service.reports import registry as reports

    request = reports.check_request({"kind": kind, "format": file_format, "locale": locale, "as_of": as_of, "analysis": analysis_id})
    with opened_service() as service, progress_shown() as progress:
        text, about = reports.made(service, workspace_of(service, workspace), request, progress)
    if str(output) == "-":
        sys.stdout.write(text)
        return
    output.write_text(text, "utf-8")
    about |= {"file": str(output)}
    answer(about, as_json, lambda: say(f"{kind} report as of {about['as_of']} from analysis {about['analysis_id']}: {output}"))


def query(
    cypher: Annotated[str, typer.Argument(help="One read-only statement.")],
    workspace: InWorkspace = None,
    parameters: Annotated[str, typer.Option("--parameters", "-p", help="Parameters as a JSON object.")] = "{}",
    limit: Annotated[int, typer.Option(min=1, help="Rows at the most.")] = 1000,
    timeout_s: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds at the most.")] = 10.0,
    as_json: AsJson = False,
) -> None:
    """Run one read-only Cypher statement on a Neo4j store."""
    from service.facts.cypher_queries import ask

    try:
        values = msgspec.json.decode(parameters, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise InvalidInput.of("bad-json", f"the parameters are no JSON object: {error}", "parameters") from None
    with opened_service() as service:
        fields = {"cypher": cypher, "parameters": values, "limit": limit, "timeout_s": timeout_s}
        found = ask(service.store(workspace_of(service, workspace)), fields, service.settings.query_timeout_s)
    rows = [[msgspec.json.encode(value, enc_hook=str).decode() if isinstance(value, (dict, list)) else value for value in row] for row in found["rows"]]
    answer(found, as_json, lambda: print_table(f"{len(rows)} rows", found["columns"], rows))
