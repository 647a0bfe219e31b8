"""``import`` and ``export``: records in from files, and out as files that can be imported again."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from graph_models.errors import InvalidInput
from service.cli.console import (
    REJECTED,
    AsJson,
    InWorkspace,
    answer,
    error_console,
    opened_service,
    print_table,
    progress_shown,
    say,
    show_faults,
    workspace_of,
)
from service.cli.rankings import show_ranking
from service.workspaces.context import Service

SHOWN_ERRORS = 20


class OnError(StrEnum):
    """What becomes of the good rows of a file that has bad ones."""

    abort = "abort"
    skip = "skip"


def import_files(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, TSV, XLSX, JSON, NDJSON, Parquet, GraphML; gz.")],
    workspace: Annotated[str, typer.Option("--workspace", "-w", help="The workspace; made where it is absent.")],
    mapping: Annotated[
        str | None, typer.Option("--mapping", "-m", help="A YAML file, or the name of a saved mapping; none for records.", show_default=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, show what would be done, write nothing.")] = False,
    on_error: Annotated[OnError, typer.Option(help="abort: write nothing; skip: write the good rows, list the others.")] = OnError.abort,
    encoding: Annotated[
        str | None, typer.Option(help="Of the text files, over what the mapping says: utf-8, gb18030, windows-1251 ...", show_default=False)
    ] = None,
    focal: Annotated[str | None, typer.Option(help="A new workspace's focal party.", show_default=False)] = None,
    currency: Annotated[str | None, typer.Option(help="A new workspace's base currency.", show_default=False)] = None,
    default_as_of: Annotated[str | None, typer.Option(help="The day that a new workspace's reads are of.", show_default=False)] = None,
    time_zone: Annotated[str | None, typer.Option(help="The IANA time zone that says what a new workspace's today is.", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Take files into a workspace. The same files again change nothing."""
    from service.analysis import rankings
    from service.processes.job_handlers import import_job

    text = _mapping_text(mapping)
    wishes = {"focal_party_id": focal, "base_currency": currency, "default_as_of": default_as_of, "time_zone": time_zone}
    with opened_service() as service, _made_for(service, workspace, text, wishes, dry_run), progress_shown() as progress:
        arguments = {
            "files": [{"path": str(path), "name": path.name} for path in files],
            "mapping": text,
            "on_error": on_error.value,
            "dry_run": dry_run,
            "encoding": encoding,
            "who": "command line",
        }
        result = import_job(service, workspace, arguments, progress)
        ranked = rankings.ranking(service, workspace, result["ranking_id"]) if "ranking_id" in result else None
    answer(result, as_json, lambda: _show(result, ranked))
    if result["rejected"]:
        raise typer.Exit(REJECTED)


def _mapping_text(mapping: str | None) -> str | None:
    """The YAML of a file; a name that is no file is that of a saved mapping."""
    if mapping is None or not (Path(mapping).is_file() or mapping.endswith((".yaml", ".yml"))):
        return mapping
    try:
        return Path(mapping).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput.of("unreadable", f"the mapping {mapping} cannot be read: {error}", "mapping") from None


@contextmanager
def _made_for(service: Service, workspace_id: str, mapping: str | None, wishes: Mapping[str, str | None], dry_run: bool) -> Iterator[None]:
    """The workspace, made where it is absent; one that was made for nothing goes away again."""
    from service.imports.pipeline import import_job as load

    new = workspace_id not in [workspace.id for workspace in service.catalog.workspaces()]
    if new:
        written = load.named_mapping(service, workspace_id, mapping) if mapping is not None and "\n" in mapping else None
        load.workspace_for(service, workspace_id, written)
    done = False
    try:
        if new and (given := {name: value for name, value in wishes.items() if value is not None}):
            service.change_workspace(workspace_id, given)
        yield
        done = not dry_run
    finally:
        if new and not done:
            service.delete_workspace(workspace_id)


def _show(result: Mapping[str, Any], ranked: Mapping[str, Any] | None) -> None:
    counts = ", ".join(f"{result[name]} {name}" for name in ("accepted", "created", "updated", "unchanged", "rejected"))
    say(f"{'would be: ' if result['dry_run'] else ''}{counts}" + (f"; revision {result['revision']}" if result["revision"] else ""))
    if result["by_type"]:
        say("  " + ", ".join(f"{count} {name}" for name, count in result["by_type"].items()))
    for file in result["files"]:
        say(f"  {file['file']}: {', '.join(f'{name} {value!r}' for name, value in file.items() if name not in ('file', 'as'))}")
    if result["preview"]:
        rows = [(item["op"], item["type"], item["id"], _changes(item)) for item in result["preview"][:SHOWN_ERRORS]]
        print_table("the first records", ("op", "type", "id", "fields that change"), rows)
    for warning in result["warnings"][:SHOWN_ERRORS]:
        error_console.print(f"  warning: line {warning['line']}: {warning['message']} [{warning['code']}]", markup=False)
    show_faults(result["faults"])
    if ranked is not None:
        show_ranking(ranked)


def _changes(item: Mapping[str, Any]) -> str:
    """The fields of a record that would change, with what they say now."""
    if item["op"] != "update":
        return ""
    return "; ".join(f"{name}: {_short(item['before'].get(name))} → {_short(value)}" for name, value in item["fields"].items())


def _short(value: Any) -> str:
    text = "–" if value is None else value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= 60 else text[:57] + "..."


def export(
    workspace: InWorkspace = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write; default: standard output.", show_default=False)] = None,
    file_format: Annotated[str, typer.Option("--format", "-f", help="ndjson, csv, xlsx, graphml, parquet or cypher.")] = "ndjson",
    as_of: Annotated[str | None, typer.Option(help="Only what is true on this day; default: everything.", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Write all that is believed: as NDJSON or Parquet it can be imported again as it is."""
    from service.exports import registry as exports

    if as_json and output is None:
        raise typer.BadParameter("--json needs a file: standard output is the export itself", param_hint="--json")
    if file_format not in [form.name for form in exports.FORMATS]:
        raise typer.BadParameter(f"one of {', '.join(form.name for form in exports.FORMATS)}", param_hint="--format")
    form = exports.format_named(file_format)
    with opened_service() as service:
        workspace_id = workspace_of(service, workspace)
        locale = service.workspace(workspace_id).locale
        blocks = exports.exported(service.store(workspace_id), service.vocabulary(workspace_id), form, as_of, locale)
        if output is None:
            for block in blocks:
                sys.stdout.buffer.write(block)
            sys.stdout.buffer.flush()
            return
        done = {"file": str(output), "format": form.name, "as_of": as_of} | _written(output, blocks)
    answer(done, as_json, lambda: say(f"{done['bytes']:,} bytes in {output}"))


def _written(output: Path, blocks: Iterator[bytes]) -> dict[str, int]:
    """The file is there whole or not at all."""
    making = output.with_name(output.name + ".making")
    lines = size = 0
    try:
        with progress_shown() as progress, making.open("wb") as sink:
            for block in blocks:
                lines += block.count(b"\n")
                size += sink.write(block)
                progress(size, None, "writing bytes")
        making.replace(output)
    finally:
        making.unlink(missing_ok=True)
    return {"records": lines, "bytes": size} if output.suffix == ".ndjson" else {"bytes": size}
