"""``scenario``: what would be if."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from graph_models.errors import InvalidInput, Malformed
from service.cli.console import AsJson, InWorkspace, answer, opened_service, print_table, progress_shown, say, workspace_of

SHOWN = 20


def scenario(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="YAML or JSON: name, edits; base, parameters, profile if wanted.")],
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Compute what would be if: scores before and after, money lost, who is cut off, and who could step in. Nothing is written to the records."""
    from service.analysis import scenarios

    fields = _request(file)
    with opened_service() as service, progress_shown() as progress:
        workspace_id = workspace_of(service, workspace)
        made = scenarios.run_job(service, workspace_id, scenarios.submission(service, workspace_id, fields), progress)
        found = scenarios.scenario(service, workspace_id, made["scenario_id"])
    answer(found, as_json, lambda: _show(found))


def _request(file: Path) -> dict[str, Any]:
    from service.http.request_bodies import object_of
    from service.imports.mapping.yaml_text import read_yaml

    text = file.read_bytes()
    if file.suffix == ".json":
        return object_of(text)
    try:
        fields, _ = read_yaml(text.decode(), "scenario")
    except UnicodeDecodeError as error:
        raise Malformed(f"The scenario is not UTF-8: {error}") from None
    if not isinstance(fields, dict):
        raise InvalidInput.of("wrong-type", "a scenario is an object with name and edits")
    return fields


def _show(found: Mapping[str, Any]) -> None:
    base = found["base"]
    say(f"scenario {found['id']}: {found['name']}, {len(found['edits'])} edits on {base['as_of']}, revision {base['known_at']}")
    if found["value"] is None:
        say(f"value lost: undefined ({found['reasons']['value_lost']})")
    else:
        sides = ", ".join(f"{side} {found['value'][side]['before']:,.2f} > {found['value'][side]['after']:,.2f}" for side in ("sales", "purchases"))
        say(f"value lost: {found['value_lost']:,.2f} {found['value']['currency']} ({sides})")
    for name, title in (("cut_off", "cut off"), ("lost_only_channel", "end customers without a channel")):
        parties = found[name] or []
        say(f"{title}: {', '.join(parties[:SHOWN]) or 'nobody'}" + (" ..." if len(parties) > SHOWN else ""))
    columns = ("party_id", "score", "before", "after", "rank_before", "rank_after", "reason")
    rows = [[item[column] for column in columns] for item in found["scores"][:SHOWN]]
    print_table(f"scores: {len(rows)} of {found['scores_moved']} that move", columns, rows, numeric=columns[2:6])
    columns = ("party_id", "buyer_id", "product", "lost", "from_others", "others_in_all", "at_most")
    rows = [[item[column] for column in columns] for item in found["substitution"][:SHOWN]]
    print_table("what buyers could get from their other suppliers", columns, rows, numeric=columns[3:])
