"""``customers`` and ``chains``: who uses what the focal party delivers, who sells it on, and on which ways it gets there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from service.cli.analyses import InAnalysis
from service.cli.console import AsJson, InWorkspace, answer, opened_service, print_table, say, workspace_of

OfProduct = Annotated[str | None, typer.Option(help="Only of this product.", show_default=False)]


def customers(
    workspace: InWorkspace = None,
    kind: Annotated[str | None, typer.Option(help="Only end, channel, processor or both.", show_default=False)] = None,
    product: OfProduct = None,
    hidden: Annotated[bool, typer.Option("--hidden", help="Only those whose use is shown and whose purchases are not recorded.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    analysis_id: InAnalysis = "latest",
    as_json: AsJson = False,
) -> None:
    """End customers, channels and processors: what each buys and what becomes of it."""
    from service.analysis import results as analysis

    query = {"kind": kind, "product": product, "hidden": True if hidden else None, "limit": limit}
    with opened_service() as service:
        found = analysis.view(service, workspace_of(service, workspace), analysis_id, "customers", query)
    answer(found, as_json, lambda: _show_customers(found))


def _show_customers(found: Mapping[str, Any]) -> None:
    rows = [
        (
            item["name"],
            item["party_id"],
            item["product"] or ("all" if item["products"] > 1 else None),
            item["kind"],
            item["share_of_output"],
            item["bought"],
            item["sold"],
            item["unit"],
            item["use"]["confidence"] or None,
            item["conflict"],
        )
        for item in found["items"]
    ]
    columns = ("name", "id", "product", "kind", "share of output", "bought", "sold", "unit", "use", "conflict")
    title = f"customers: {len(rows)} of {found['total']} rows"
    print_table(title, columns, rows, numeric=("share of output", "bought", "sold", "use"))
    for total in found["totals"]:
        say(f"{total['kind']}: {total['parties']} parties, {total['share']:.1%} of the output")
    say(f"unattributed: {found['unattributed']['share']:.1%} of the output, through {len(found['unattributed']['through'])} parties")


def chains(
    party: Annotated[str | None, typer.Argument(help="The id of an end customer; default: all end customers.", show_default=False)] = None,
    through: Annotated[str | None, typer.Option(help="Only through this party: its id.", show_default=False)] = None,
    product: OfProduct = None,
    workspace: InWorkspace = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 10,
    analysis_id: InAnalysis = "latest",
    as_json: AsJson = False,
) -> None:
    """The chains from the focal party to an end customer, the widest first."""
    from service.analysis import results as analysis

    query = {"to": party, "through": through, "product": product, "limit": limit}
    with opened_service() as service:
        found = analysis.view(service, workspace_of(service, workspace), analysis_id, "chains", query)
    answer(found, as_json, lambda: _show_chains(found))


def _show_chains(found: Mapping[str, Any]) -> None:
    rows = [(" > ".join(item["names"]), item["product"], item["share"], item["amount"]) for item in found["items"]]
    print_table(f"chains: {len(rows)}", ("chain", "product", "share", "amount"), rows, numeric=("share", "amount"))
    say(
        f"{found['shown_share']:.1%} of the output shown, of {found['total_share']:.1%} that comes to these ends"
        + (", more chains" if found["truncated"] else "")
    )
