"""What the fields of records mean, in one sentence each, and the groups of the vocabulary that their values come from."""

from __future__ import annotations

from typing import Any

from graph_models.records.record_types import DECIMALS
from graph_models.records.vocabulary import BUILT_IN

VOCABULARY_FIELDS: dict[str, dict[str, str]] = {
    "Party": {"kind": "party_kinds"},
    "Role": {"role": "roles", "stage": "stages", "reason_code": "reasons"},
    "Relationship": {"kind": "relationship_kinds"},
    "ValueFlow": {"kind": "value_kinds"},
    "Touchpoint": {"kind": "touchpoint_kinds"},
}
"""Record -> field -> group of the vocabulary. The other closed lists are dimensions, which name their fields themselves."""

FIELDS: dict[str, str] = {
    "id": "Unique among the records of its type.",
    "type": "The type of the record; it may be left out where a collection is written to.",
    "name": "The name that is shown.",
    "names": "Further names: aliases, translations, other scripts. Lists find them too.",
    "identifiers": "Scheme -> number: `uscc`, `lei`, `domain` ...",
    "country": "ISO 3166-1 alpha-2.",
    "region": "The sales region.",
    "market_tier": "Tier of the city, 1 to 5.",
    "industry": "A code of an industry classification.",
    "tags": "Free labels of a portrait.",
    "attributes": "Whatever else is known: any JSON, kept as it is.",
    "valid_from": "The first day, month or year (`2025`, `2025-03`, `2025-03-01`) that it speaks of; left out: since ever.",
    "valid_to": "The last day, month or year (inclusive); left out: open.",
    "marking": "How confidential it is.",
    "source": "Id of the party that has the role, holds, gives, makes the contact, or judges.",
    "target": "Id of the party on the other side.",
    "evidence": "The places in documents that bear it out.",
    "confidence": "How sure it is, 0 to 1; left out: not stated.",
    "status": "Asserted by somebody, inferred, or a hypothesis that counts only where `hypotheses` is asked for.",
    "product": "Of which product of the vocabulary or one's own it is.",
    "stage_reason": "Why the role is in this stage, in words.",
    "reason_code": "Why the role is in this stage, as a code that can be counted.",
    "decision_stage": "How far a purchase decision is.",
    "decision_role": "Which part the party has in deciding a purchase.",
    "motives": "Why the party buys: values of the dimension `motive`.",
    "tier": "How important the account is.",
    "purpose": "What is bought for: own use, resale, or to be made into something else.",
    "strength": "How strong the tie is, 0 to 1; left out: the default of its kind.",
    "share": "Of ownership: the part that is held, 0 to 1.",
    "interest": "Of ownership: what is held (`shares`, `votes` ...).",
    "partnership": "Of which sort a partnership is.",
    "amount": "A decimal, exact: taken as number or text, answered as text.",
    "currency": "ISO 4217.",
    "quantity": "How much, in `unit`.",
    "channel": "Through which channel.",
    "in_return_for": "What it is given for: the kind of value that went the other way.",
    "utility": "What it is worth to the receiver, 0 to 1, as judged by a person.",
    "satisfaction": "How satisfied the receiver is, from A (very) to E.",
    "importance": "How important it is to the receiver, 1 to 5.",
    "occurred_at": "A day, or a time with zone.",
    "topics": "What it was about.",
    "sentiment": "From -1 (negative) to 1.",
    "measure": "Which survey question `value` answers.",
    "value": "The answer to the survey question: `nps` 0 to 10, `csat` 1 to 5, `ces` 1 to 7.",
    "case": "The case that it belongs to.",
    "responds_to": "Id of the touchpoint that it answers.",
    "intent": "What its party wanted: to say a need, a pain, a suggestion ...",
    "due": "The day, month or year by which an answer is promised.",
    "outcome": "What came of it.",
    "cost": "What serving the party then cost, in `currency`: a decimal, exact.",
    "scheme": "What is judged: `salience`, `power_interest`, `value_closeness`, `kraljic`, or a scheme of one's own.",
    "values": "The judged values, 0 to 1, by the names of the scheme.",
    "reason": "Why it was judged so.",
    "reliability": "How reliable the source is, from A (best) to F.",
    "retrieved_at": "When it was read.",
    "rate": "Units of the base currency that are paid for one unit of `currency`.",
    "base_currency": "The base currency of the workspace; other rates do not convert.",
}


def described(record: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a record with what its fields mean, and the values that the vocabulary names for them."""
    groups = VOCABULARY_FIELDS.get(record, {})
    properties = {name: _described(name, groups.get(name), about) for name, about in schema["properties"].items()}
    return schema | {"properties": properties}


def _described(name: str, group: str | None, about: dict[str, Any]) -> dict[str, Any]:
    if name in DECIMALS:
        about = {"anyOf": [{"type": "string", "pattern": r"^-?\d{1,24}(\.\d{1,12})?$"}, {"type": "number"}, {"type": "null"}]}
    text = [FIELDS[name]] if name in FIELDS else []
    if group is not None:
        values = [entry.id for entry in getattr(BUILT_IN.terms, group)]
        return _listed(about, [*text, f"One of the vocabulary's `{group}`, the workspace's own included; an id or its label."], values)
    if (dimension := BUILT_IN.dimensions.get(name)) is not None and dimension.values:
        allowed = "other values are taken too" if dimension.open else "an id or its label"
        return _listed(about, [*text, f"The dimension `{name}` of the vocabulary; {allowed}."], [value.id for value in dimension.values])
    return about | ({"description": " ".join(text)} if text else {})


def _listed(about: dict[str, Any], text: list[str], values: list[str]) -> dict[str, Any]:
    return about | {"description": " ".join([*text, f"Built in: {', '.join(values)}."]), "examples": values[:3]}
