"""``serve`` and ``demo``: the service as a server, and an ecosystem to try it on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from graph_models.errors import NotFound
from service.cli.console import AsJson, answer, opened_service, progress_shown, say
from service.core.logging import configure
from service.core.settings import is_of_this_machine, needed_beyond_this_machine, read_settings
from service.jobs.job import Progress
from service.stores.interface.store import Writing
from service.workspaces.context import Service

STOP_S = 10
"""So long a server that is told to stop waits for its clients: some follow events and never leave."""


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on.")] = 8000,
    as_json: AsJson = False,
) -> None:
    """Serve the API, the start page and the worker until stopped."""
    import uvicorn

    from service.app import create_app
    from service.http.fast_path import DirectProtocol

    settings = read_settings()
    if not is_of_this_machine(host) and (needed := needed_beyond_this_machine(settings)):
        raise typer.BadParameter(
            f"others reach {host}: set {' and '.join(needed)} first (a token of 16 characters or more, the names by which the service is called), "
            "or serve 127.0.0.1 behind a proxy that knows who asks",
            param_hint="--host",
        )
    configure(settings)
    app = create_app(settings)
    address = f"http://{host}:{port}"
    answer({"address": address, "store": settings.store_kind}, as_json, lambda: say(f"serving {address} (store: {settings.store_kind}); Ctrl+C stops"))
    uvicorn.run(
        app, http=DirectProtocol, host=host, port=port, log_level="warning", access_log=False, ws="none", timeout_keep_alive=settings.idle_s,
        timeout_graceful_shutdown=STOP_S,
    )  # fmt: skip


class Size(StrEnum):
    """How large a demo is."""

    small = "small"
    large = "large"
    huge = "huge"


def demo(
    size: Annotated[Size, typer.Option(help="small: 400 parties, hand-made; large: 100,000 parties and a million facts; huge: ten times that.")] = Size.small,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Of large and huge: write this file, load nothing.", show_default=False)] = None,
    file_format: Annotated[str, typer.Option("--format", "-f", help="Of that file: ndjson or parquet.")] = "ndjson",
    as_json: AsJson = False,
) -> None:
    """Make the demo ecosystem, load it into the workspace `demo` (`large`) and score it. What is there already is left as it is."""
    try:
        from examples.demo import DEMO_WORKSPACE, demo_records
    except ModuleNotFoundError:
        raise NotFound("The demo's generator is in examples/ of the repository, which is not installed here; run this in a clone") from None
    if size != Size.small:
        from service.cli.large import demo_of_size

        demo_of_size(size.value, output, file_format, as_json)
        return
    from service.analysis import results as analysis
    from service.analysis import run as analysis_job
    from service.reports.sections.report_data import NEEDED

    with opened_service() as service, progress_shown() as progress:
        workspace_id = str(DEMO_WORKSPACE["id"])
        about = _scored(service, workspace_id)
        if about is None:
            if workspace_id not in [workspace.id for workspace in service.catalog.workspaces()]:
                service.create_workspace(DEMO_WORKSPACE)
            progress(0, None, "making the demo")
            _load(service, workspace_id, [msgspec.json.encode(record) for record in demo_records()], progress)
            analysis_job.run_job(service, workspace_id, {}, progress)
            about = analysis.answered(analysis.analysis(service, workspace_id, "latest", NEEDED))
    scored = about
    answer(scored, as_json, lambda: _show_demo(scored))


def _scored(service: Service, workspace_id: str) -> Mapping[str, Any] | None:
    """The newest analysis of the demo, if it is of all that is recorded."""
    from service.analysis import results as analysis
    from service.reports.sections.report_data import NEEDED

    try:
        about = analysis.analysis(service, workspace_id, "latest", NEEDED)
    except NotFound:
        return None
    return analysis.answered(about) if about["known_at"] == service.store(workspace_id).head() else None


def _load(service: Service, workspace_id: str, lines: list[bytes], progress: Progress) -> None:
    """In batches under keys of their content: what was loaded before, also by a run that was stopped, is not written again."""
    from service.facts.batch_writing import MAX_BATCH_RECORDS
    from service.facts.batches import take_batch

    for done in range(0, len(lines), MAX_BATCH_RECORDS):
        batch = b"\n".join(lines[done : done + MAX_BATCH_RECORDS])
        progress(done, len(lines), "loading the demo")
        digest = hashlib.blake2b(batch, digest_size=16).hexdigest()
        take_batch(service, workspace_id, batch, "abort", Writing("demo", f"demo-{digest}", digest))


def _show_demo(about: Mapping[str, Any]) -> None:
    say(f"the demo is in workspace demo, scored as of {about['as_of']} ({len(about['metrics'])} results); `stakeholder-graph serve` serves it")
