"""``template``: the Excel workbook that imports without a mapping."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.cli.console import AsJson, InWorkspace, answer, opened_service, say
from service.cli.mappings import Locale


def template(
    output: Annotated[Path, typer.Option("--output", "-o", help="The workbook to write.")],
    locale: Annotated[Locale, typer.Option(help="The language of its words.")] = Locale.en,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Write an Excel workbook to fill in: its sheets import without a mapping."""
    from graph_models.records.vocabulary import BUILT_IN
    from service.imports.template.workbook import template as made

    vocabulary = BUILT_IN
    if workspace is not None:
        with opened_service() as service:
            vocabulary = service.vocabulary(service.workspace(workspace).id)
    size = output.write_bytes(made(vocabulary, locale.value))
    answer({"file": str(output), "bytes": size}, as_json, lambda: say(f"{size:,} bytes in {output}: fill it in and import it"))
