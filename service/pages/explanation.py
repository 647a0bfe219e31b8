"""The page that says why a party has its score: parts, points, paths with names, and the facts that they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

import msgspec

from graph_models.records.record_types import BY_NAME
from graph_models.records.vocabulary import Vocabulary
from service.analysis import results as analysis
from service.catalog.catalog import Workspace
from service.facts.reading import FACT_TYPES
from service.pages.names import names_of
from service.pages.templating import Locale, page
from service.stores.interface.store import At, Store
from service.workspaces.context import Service


class Asks(Protocol):
    """Who computes explanations (``calculator.py``)."""

    def ask(self, question: str, workspace_id: str, **arguments: Any) -> Any: ...


_KINDS = {
    "role": ("roles", "role"),
    "relationship": ("relationship_kinds", "kind"),
    "value_flow": ("value_kinds", "kind"),
    "touchpoint": ("touchpoint_kinds", "kind"),
}


class Explained(NamedTuple):
    """An explanation, the analysis that it is of, and what that analysis found of the parts that the score does without."""

    workspace: Workspace
    analysis_id: str
    why: Mapping[str, Any]
    beside: Mapping[str, Mapping[str, Any]]


def explained(service: Service, calculator: Asks, workspace: Workspace, analysis_id: str, party: str, score: str) -> Explained:
    """Why a party has its score, all of it from one analysis."""
    analysis_id = analysis.analysis(service, workspace.id, analysis_id, [score])["analysis_id"]
    why = calculator.ask("explain", workspace.id, analysis_id=analysis_id, party=party, score=score)
    missing = {part["part"] for part in why["parts"] if part["reason"]}
    found = analysis.party_scores(service, workspace.id, analysis_id, party)["items"] if missing else ()
    return Explained(workspace, analysis_id, why, {item["name"]: item for item in found if item["name"] in missing and item["value"] is not None})


def explanation_page(store: Store, vocabulary: Vocabulary, explained: Explained, at: At, locale: Locale) -> str:
    """The page of one explanation, as ``explain`` answers it; facts read as they did at the analysis's instant."""
    workspace, analysis_id, why, beside = explained
    evidence = [item for part in why["parts"] for item in part["evidence"]]
    facts = _facts(store, vocabulary, {fact for item in evidence for fact in item["facts"]}, at, locale)
    parties = {why["party_id"], *(party for item in evidence for party in item["path"])}
    parties |= {fact[end] for fact in facts for end in ("source", "target") if fact[end] is not None}
    names = {party: party for party in parties} | names_of(store, parties, at, locale)
    return page("explanation.html", locale, workspace=workspace, analysis_id=analysis_id, why=why, beside=beside, names=names, facts=facts)


def _facts(store: Store, vocabulary: Vocabulary, ids: set[str], at: At, locale: Locale) -> list[dict[str, Any]]:
    labels = vocabulary.labels(locale)
    rows = [row for name in FACT_TYPES for row in store.get(name, sorted(ids), at)] if ids else []
    found = [(row.type, msgspec.json.decode(row.body)) for row in rows if row.body is not None]
    decimals = max((len(fields["amount"].partition(".")[2]) for _, fields in found if "amount" in fields), default=0)
    return [_fact(type_name, fields, labels, decimals) for type_name, fields in found]


def _fact(type_name: str, fields: dict[str, Any], labels: dict[str, dict[str, str]], decimals: int) -> dict[str, Any]:
    """One row of the table of facts; all its amounts have the same decimals."""
    group, field = _KINDS.get(type_name, ("", "scheme"))
    what = [labels.get(group, {}).get(fields[field], fields[field]), labels["stages"].get(fields.get("stage", ""), ""), fields.get("product") or ""]
    begin, end = fields.get("occurred_at") or fields.get("valid_from"), fields.get("valid_to")
    when = "" if begin is None and end is None else f"{begin or ''} – {end or ''}" if end else str(begin)
    amount = f"{Decimal(fields['amount']):,.{decimals}f} {fields.get('currency', '')}".strip() if "amount" in fields else ""
    return {"id": fields["id"], "collection": BY_NAME[type_name].collection, "what": " · ".join(part for part in what if part), "when": when, "amount": amount,
            "source": fields.get("source"), "target": fields["target"]}  # fmt: skip
