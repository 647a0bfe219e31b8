"""What all commands share: the service opened and closed, progress bars, answers as tables or JSON, errors as one clear line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import floor, log10
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from graph_models.errors import StakeholderGraphError
from service.core.settings import read_settings
from service.jobs.job import Progress
from service.workspaces.context import Service

DONE, FAILED, WRONG_USE, REJECTED = 0, 1, 2, 3
"""Exit codes: 3 is done, but rows were rejected."""
SHOWN_FAULTS = 20
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON on standard output; nothing else is written there.")]
InWorkspace = Annotated[str | None, typer.Option("--workspace", "-w", help="The workspace; may be left out where there is only one.", show_default=False)]
error_console = Console(stderr=True, highlight=False, soft_wrap=True)
console = Console(highlight=False)


@contextmanager
def opened_service() -> Iterator[Service]:
    """The service of this process's settings, without a server."""
    service = Service(read_settings())
    try:
        yield service
    finally:
        service.close()


def workspace_of(service: Service, given: str | None) -> str:
    """The workspace that was named, or the only one there is."""
    if given is not None:
        return service.workspace(given).id
    there = [workspace.id for workspace in service.catalog.workspaces()]
    if len(there) == 1:
        return there[0]
    if not there:
        raise typer.BadParameter("there is no workspace yet: `stakeholder-graph demo` makes one, `import --workspace W` another", param_hint="--workspace")
    raise typer.BadParameter(f"name one of {', '.join(there)}", param_hint="--workspace")


@contextmanager
def progress_shown() -> Iterator[Progress]:
    """A bar on standard error, where that is a terminal; it goes away when the work is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=error_console, transient=True, disable=not sys.stderr.isatty()) as bars:
        task = bars.add_task("", total=None)

        def show(done: int, total: int | None, stage: str) -> None:
            bars.update(task, completed=done, total=total, description=stage)

        yield show


def answer(body: Mapping[str, Any], as_json: bool, show: Callable[[], None]) -> None:
    """The answer of a command: its JSON, or what a person reads."""
    if as_json:
        sys.stdout.buffer.write(msgspec.json.encode(body, enc_hook=str) + b"\n")
        sys.stdout.buffer.flush()
    else:
        show()


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], numeric: Sequence[str] = ()) -> None:
    """A table; what is undefined is a dash. Nothing in a record is read as mark-up."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in numeric else "left", overflow="fold")
    decimals = [_decimals(values) for values in zip(*rows, strict=True)]
    for row in rows:
        table.add_row(*(_plain(value, digits) for value, digits in zip(row, decimals, strict=True)))
    console.print(table)


def say(line: str) -> None:
    """One line for people."""
    console.print(line, markup=False, soft_wrap=True)


def _decimals(values: Sequence[Any]) -> int:
    """All numbers of a column have the same: so many that the largest shows four digits, and at least two."""
    largest = max((abs(value) for value in values if isinstance(value, float)), default=1.0)
    return 2 if largest >= 1 or not largest else min(3 - floor(log10(largest)), 12)


def _plain(value: Any, decimals: int) -> Any:
    if value is None:
        return "–"
    return f"{value:,.{decimals}f}" if isinstance(value, float) else _unmarked(str(value))


def _unmarked(text: str) -> Any:
    return Text(text)


def print_error(error: StakeholderGraphError, as_json: bool) -> None:
    """What went wrong, on standard error: one line and the errors of rows, or the problem that the API would answer."""
    if as_json:
        from service.http.problems import problem_of  # the web framework is needed for nothing else here

        sys.stderr.write(msgspec.json.encode(problem_of(error), enc_hook=str).decode() + "\n")
        return
    error_console.print(f"error: {error.message} [{error.code}]", markup=False, style="bold red")
    alone = [{"code": found.code, "field": found.field, "message": found.message, "count": 1, "lines": [found.line]} for found in error.errors]
    show_faults(error.facts.get("faults") or alone)


def show_faults(groups: Sequence[Mapping[str, Any]]) -> None:
    """What is wrong with lines, on standard error: what is said of many lines alike is told once."""
    for group in groups[:SHOWN_FAULTS]:
        line = f"line {group['lines'][0]}" if group["lines"][0] else ""
        if group["count"] > 1:
            line += f" and {group['count'] - 1} more"
        where = " ".join(part for part in (line, group["field"] or "") if part)
        error_console.print(f"  {where + ': ' if where else ''}{group['message']} [{group['code']}]", markup=False)
    if len(groups) > SHOWN_FAULTS:
        error_console.print(f"  ... and {len(groups) - SHOWN_FAULTS} more", markup=False)
