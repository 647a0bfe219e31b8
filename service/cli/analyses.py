"""``analyze``, ``top`` and ``explain``: make an analysis and read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from service.cli.console import AsJson, InWorkspace, answer, opened_service, print_table, progress_shown, say, workspace_of

InAnalysis = Annotated[str, typer.Option("--analysis", help="The id of an analysis, or latest.")]


def analyze(
    workspace: InWorkspace = None,
    metric: Annotated[
        list[str] | None, typer.Option("--metric", "-m", help="Only these (may be repeated); default: the default set.", show_default=False)
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="A full day; default: the workspace's, else today.", show_default=False)] = None,
    known_at: Annotated[str | None, typer.Option(help="A time or a revision; default: now.", show_default=False)] = None,
    series: Annotated[
        tuple[str, str, str] | None,
        typer.Option(metavar="FROM TO STEP", help="One result a date, from a day to a day by P7D, P1W, P1M, P3M or P1Y.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run metrics and scores, and keep what they find."""
    from service.analysis import results as analysis
    from service.analysis import run as analysis_job

    request: dict[str, Any] = {name: value for name, value in {"metrics": metric, "as_of": as_of, "known_at": known_at}.items() if value}
    if series is not None:
        request["series"] = dict(zip(("from", "to", "step"), series, strict=True))
    with opened_service() as service, progress_shown() as progress:
        workspace_id = workspace_of(service, workspace)
        made = analysis_job.run_job(service, workspace_id, request, progress)
        about = analysis.answered(analysis.analysis(service, workspace_id, made["analysis_id"]))
    answer(about, as_json, lambda: _show_analysis(about))


def _show_analysis(about: Mapping[str, Any]) -> None:
    say(f"analysis {about['analysis_id']} as of {about['as_of']}, revision {about['known_at']}, snapshot {about['snapshot_id']}")
    say(f"{len(about['metrics'])} results in {sum(about['timings'].values()):.2f} s, {len(about['warnings'])} warnings")
    for warning in about["warnings"]:
        say(f"  {warning['code']}: {warning['message']}")
    for date in about.get("dates", ()):
        say(f"{date['as_of']}: {date['parties']} parties" + "".join(f"; {event['message']}" for event in date["events"]))


def top(
    metric: Annotated[str, typer.Argument(help="A metric or score by its name in the analysis: influence, value_flow, pagerank ...")],
    workspace: InWorkspace = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 10,
    role: Annotated[list[str] | None, typer.Option(help="Only parties with this role (may be repeated).", show_default=False)] = None,
    analysis_id: InAnalysis = "latest",
    as_json: AsJson = False,
) -> None:
    """The highest parties by a metric or score."""
    from service.analysis import results as analysis

    with opened_service() as service:
        found = analysis.scores(service, workspace_of(service, workspace), analysis_id, metric, roles=role or (), limit=limit)
    answer(found, as_json, lambda: _show_top(metric, found))


def _show_top(metric: str, found: Mapping[str, Any]) -> None:
    rows = [
        (
            item["rank"],
            None if item["rank_range"] is None else "-".join(map(str, item["rank_range"])),
            item["name"],
            item["party_id"],
            item["value"],
            item["reason"],
        )
        for item in found["items"]
    ]
    title = f"{metric}: {len(rows)} of {found['total']} parties"
    print_table(title, ("rank", "range", "name", "id", "value", "reason"), rows, numeric=("rank", "range", "value"))


def explain(
    party: Annotated[str, typer.Argument(help="The id of a party.")],
    score: Annotated[
        str, typer.Option(help="influence, value_flow, or a class of parties: tier, newness, depth, customer_kind, visibility, side.")
    ] = "influence",
    workspace: InWorkspace = None,
    counterfactual: Annotated[bool, typer.Option("--counterfactual", help="Also find the fact whose removal moves the score most.")] = False,
    analysis_id: InAnalysis = "latest",
    as_json: AsJson = False,
) -> None:
    """Why a party has its score or class: parts, points, and the paths and facts behind them."""
    from service.analysis import results as analysis

    with opened_service() as service:
        found = analysis.explain(service, workspace_of(service, workspace), analysis_id, party, score, counterfactual=counterfactual)
    answer(found, as_json, lambda: _show_explanation(found))


def _show_explanation(found: Mapping[str, Any]) -> None:
    from service.reports.content.texts import text_or_id

    ranks = "" if found["rank"] is None else f", rank {found['rank']} (from {found['rank_range'][0]} to {found['rank_range'][1]} under other weights)"
    say(f"{found['party_id']}: {found['score']} " + _value(found["value"]) + ranks)
    rows = [
        (text_or_id(f"part.{part['part']}", part["part"], "en"), part["raw"], part["normalised"], part["weight"], part["points"], part["reason"])
        for part in found["parts"]
    ]
    print_table("parts", ("part", "raw", "normalised", "weight", "points", "reason"), rows, numeric=("raw", "normalised", "weight", "points"))
    paths = [
        (part["part"], " > ".join(item["path"]), item["contribution"], *(_first_ids(item[sort]) for sort in ("facts", "implied")))
        for part in found["parts"]
        for item in part["evidence"] or ()
    ]
    print_table("evidence", ("part", "path", "contribution", "facts", "implied by"), paths, numeric=("contribution",))
    if found["most_influential_fact"]:
        say(f"without fact {found['most_influential_fact']['fact_id']} the score would be {found['most_influential_fact']['value_without']:.2f}")


def _value(value: float | str | None) -> str:
    return "undefined" if value is None else value if isinstance(value, str) else f"{value:.2f}"


def _first_ids(facts: Sequence[str]) -> str:
    return " ".join(facts[:3]) + (" ..." if len(facts) > 3 else "")
