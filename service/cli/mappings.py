"""``mapping suggest``: a first mapping for files that belong together, to be edited."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from graph_models.errors import InvalidInput
from service.cli.console import AsJson, answer, say

app = typer.Typer(name="mapping", help="Mappings: how files become records.", no_args_is_help=True, rich_markup_mode=None)
PER_FILE = "for all files, or NAME:value for one; may be repeated."
_Many = list[str] | None


class Locale(StrEnum):
    """The language of comments."""

    en = "en"
    zh = "zh"


@app.command("suggest")
def suggest(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, TSV, XLSX, JSON, NDJSON, Parquet, GraphML; gz.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write; default: standard output.", show_default=False)] = None,
    sheet: Annotated[_Many, typer.Option(help=f"The sheet of a workbook, {PER_FILE}", show_default=False)] = None,
    header_row: Annotated[_Many, typer.Option(help=f"The line that names the columns, {PER_FILE}", show_default=False)] = None,
    header_rows: Annotated[_Many, typer.Option(help=f"How many lines name the columns together, {PER_FILE}", show_default=False)] = None,
    encoding: Annotated[_Many, typer.Option(help=f"The encoding, {PER_FILE}", show_default=False)] = None,
    delimiter: Annotated[_Many, typer.Option(help=f"The sign between cells, {PER_FILE}", show_default=False)] = None,
    locale: Annotated[Locale | None, typer.Option(help="The language of comments; default: that of the headers.", show_default=False)] = None,
    answers: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="A JSON file {question id: choice}.", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Write a first mapping with its reasons and open questions as comments. Nothing is imported."""
    from service.imports.formats.byte_source import FileOfSet
    from service.imports.suggestion.options import answers_of, hints_of
    from service.imports.suggestion.suggestion import Asked
    from service.imports.suggestion.suggestion import suggest as suggested

    given = {"sheet": sheet, "header_row": header_row, "header_rows": header_rows, "encoding": encoding, "delimiter": delimiter}
    hints = hints_of([file.name for file in files], {name: values for name, values in given.items() if values})
    try:
        said = answers_of(None if answers is None else answers.read_bytes())
    except UnicodeDecodeError as error:
        raise InvalidInput.of("not-utf8", f"{answers} is not UTF-8: {error}", "answers") from None
    found = suggested([FileOfSet(file, file.name) for file in files], Asked(hints, None if locale is None else locale.value, said))
    if output is not None:
        output.write_text(found.mapping, "utf-8")
    answer(found._asdict(), as_json, lambda: say(found.mapping if output is None else f"{len(found.questions)} open questions in {output}"))
