"""``demo --size``: a large ecosystem as a file, or loaded through an ordinary import and scored."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from graph_models.errors import NotFound
from service.cli.console import answer, opened_service, print_table, progress_shown, say
from service.workspaces.context import Service

SCORES = ("influence", "value_flow")


def demo_of_size(size: str, output: Path | None, file_format: str, as_json: bool) -> None:
    """Make the ecosystem of a size; with ``output`` as a file, else in the workspace ``large``, scored."""
    from examples import large

    if file_format not in large.FORMATS:
        raise typer.BadParameter(f"one of {', '.join(large.FORMATS)}", param_hint="--format")
    shape = large.shape_of(large.SIZES[size])
    with progress_shown() as progress:
        if output is not None:
            records = large.write(shape, output, file_format, lambda done, total: progress(done, total, "writing records"))
            made: dict[str, Any] = {"file": str(output), "records": records, "bytes": output.stat().st_size}
        else:
            with opened_service() as service:
                made = _loaded(service, shape, progress)
    made |= {"size": size, "parties": shape.parties, "figures": large.figures(shape)}
    answer(made, as_json, lambda: _show(made))


def _loaded(service: Service, shape: Any, progress: Any) -> dict[str, Any]:
    from examples import large
    from service.analysis import run as analysis_job
    from service.imports.pipeline import import_job as load

    workspace_id = str(large.WORKSPACE["id"])
    try:
        service.workspace(workspace_id)
    except NotFound:
        service.create_workspace(large.WORKSPACE)
    with tempfile.TemporaryDirectory(prefix="demo") as directory:
        path = Path(directory) / "demo.ndjson"
        large.write(shape, path, "ndjson", lambda done, total: progress(done, total, "making records"))
        arguments = {"files": [{"path": str(path), "name": path.name}], "who": "demo"}
        result = load.run_job(service, workspace_id, arguments, progress)
    made = analysis_job.run_job(service, workspace_id, {"metrics": list(SCORES)}, progress)
    return {"workspace": workspace_id, **{name: result[name] for name in ("created", "updated", "unchanged")}, **made}


def _show(made: Mapping[str, Any]) -> None:
    if "file" in made:
        say(f"{made['records']:,} records in {made['file']} ({made['bytes'] >> 20} MiB)")
    else:
        counts = ", ".join(f"{made[name]:,} {name}" for name in ("created", "updated", "unchanged"))
        say(f"{counts}; in workspace {made['workspace']}, scored as analysis {made['analysis_id']}")
    rows = [(item["figure"], item["value"], item["beside"]) for item in made["figures"]]
    print_table("what it looks like", ("figure", "value", "beside"), rows, numeric=("value",))
