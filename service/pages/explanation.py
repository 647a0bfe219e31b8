"""The page that says why a party has its score: parts, points, paths with names, and the facts that they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from graph_models.records import BY_NAME
from graph_models.vocabulary import Vocabulary
from service.catalog import Workspace
from service.pages import Locale, page
from service.pages.names import names_of
from service.reads import FACT_TYPES
from service.stores.store import At, Store

_KINDS = {
    "role": ("roles", "role"),
    "relationship": ("relationship_kinds", "kind"),
    "value_flow": ("value_kinds", "kind"),
    "touchpoint": ("touchpoint_kinds", "kind"),
}


def explanation_page(store: Store, vocabulary: Vocabulary, workspace: Workspace, why: Mapping[str, Any], at: At, locale: Locale) -> str:
    """The page of one explanation, as ``explain`` answers it; facts read as they did at the analysis's instant."""
    evidence = [item for part in why["parts"] for item in part["evidence"]]
    facts = _facts(store, vocabulary, {fact for item in evidence for fact in item["facts"]}, at, locale)
    parties = {why["party_id"], *(party for item in evidence for party in item["path"])}
    parties |= {fact[end] for fact in facts for end in ("source", "target") if fact[end] is not None}
    names = {party: party for party in parties} | names_of(store, parties, at, locale)
    return page("explanation.html", locale, workspace=workspace, why=why, names=names, facts=facts)


def _facts(store: Store, vocabulary: Vocabulary, ids: set[str], at: At, locale: Locale) -> list[dict[str, Any]]:
    labels = vocabulary.labels(locale)
    rows = [row for name in FACT_TYPES for row in store.get(name, sorted(ids), at)] if ids else []
    return [_fact(row.type, msgspec.json.decode(row.body), labels) for row in rows if row.body is not None]


def _fact(type_name: str, fields: dict[str, Any], labels: dict[str, dict[str, str]]) -> dict[str, Any]:
    group, field = _KINDS.get(type_name, ("", "scheme"))
    what = [labels.get(group, {}).get(fields[field], fields[field]), labels["stages"].get(fields.get("stage", ""), ""), fields.get("product") or ""]
    begin, end = fields.get("occurred_at") or fields.get("valid_from"), fields.get("valid_to")
    when = "" if begin is None and end is None else f"{begin or ''} – {end or ''}" if end else str(begin)
    amount = f"{fields['amount']} {fields.get('currency', '')}".strip() if "amount" in fields else ""
    return {"id": fields["id"], "collection": BY_NAME[type_name].collection, "what": " · ".join(part for part in what if part), "when": when, "amount": amount,
            "source": fields.get("source"), "target": fields["target"]}  # fmt: skip
