"""The command line, on the same functions as the API: no server is needed on the embedded store.

A command imports what it works with when it runs, so that others need not wait for it. Exit codes: 0 done, 1 failed, 2 wrong use, 3 done with rejected rows.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NoReturn

import typer

from graph_models.errors import StakeholderGraphError
from service.cli import mappings
from service.cli.analyses import analyze, explain, top
from service.cli.console import DONE, FAILED, error_console, print_error
from service.cli.customers import chains, customers
from service.cli.first_load import neo4j_files
from service.cli.health import doctor
from service.cli.imports import imports, rollback
from service.cli.outputs import query, report
from service.cli.rankings import ranking
from service.cli.records import export, import_files
from service.cli.scenarios import scenario
from service.cli.server import demo, serve
from service.cli.template import template
from service.core.settings import BadSetting

COMMANDS: dict[str, Callable[..., Any] | typer.Typer] = {
    "serve": serve,
    "demo": demo,
    "import": import_files,
    "mapping": mappings.app,
    "template": template,
    "imports": imports,
    "rollback": rollback,
    "neo4j-files": neo4j_files,
    "analyze": analyze,
    "top": top,
    "ranking": ranking,
    "explain": explain,
    "customers": customers,
    "chains": chains,
    "scenario": scenario,
    "report": report,
    "query": query,
    "export": export,
    "doctor": doctor,
}
"""name -> command; ``docs/cli.md`` has a section for each."""


def make_app() -> typer.Typer:
    """The commands as one program."""
    app = typer.Typer(
        name="stakeholder-graph",
        help="Who matters to a company, what flows between them, and why.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        rich_markup_mode=None,
    )
    for name, command in COMMANDS.items():
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def main() -> NoReturn:
    """Run one command and leave with its exit code."""
    try:
        make_app()(prog_name="stakeholder-graph")
    except StakeholderGraphError as error:
        print_error(error, "--json" in sys.argv)
        sys.exit(FAILED)
    except BadSetting as error:
        error_console.print(f"error: {error} [bad-setting]", markup=False, style="bold red")
        sys.exit(FAILED)
    except OSError as error:  # a file that cannot be read or written, a port that is taken
        error_console.print(f"error: {error} [os-error]", markup=False, style="bold red")
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(DONE)
