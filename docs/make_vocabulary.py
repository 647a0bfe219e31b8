"""Writes ``docs/vocabulary.md`` from the product's vocabulary: ``python docs/make_vocabulary.py``. A test keeps the two equal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from graph_models.records.vocabulary import BUILT_IN, Entry, Vocabulary

PAGE = Path(__file__).with_name("vocabulary.md")
HEAD = """\
# Vocabulary

Every kind that a record may name, in both languages of the product. This page is made from `graph_models/vocabulary.toml` by
`python docs/make_vocabulary.py`; do not edit it. The same is answered by `GET /v1/vocabulary`.

A new kind is one entry in that file and no Python. A workspace adds its own with `POST /v1/workspaces/{workspace}/vocabulary`, which takes
the own entries in the shape of the answer above:

```json
{"roles": [{"id": "franchisee", "label": {"en": "Franchisee", "zh": "加盟商"}, "default_strength": 0.4}]}
```
"""

SECTIONS: tuple[tuple[str, str, str, Sequence[tuple[str, Callable[[Any], object]]]], ...] = (
    ("party_kinds", "Party kinds", "What a party is.", (("counts as the whole", lambda kind: _yes(kind.counts_as_whole)),)),
    (
        "roles",
        "Roles",
        "What a party is toward another. Its strength says how much the two move each other; its claim, how accepted a claim of such a party is "
        "(legitimacy where nobody judged it, 0-1); the stance, what to do with such a party.",
        (
            ("side", lambda role: role.side), ("strength", lambda role: role.default_strength), ("claim", lambda role: role.claim),
            ("buys", lambda role: _yes(role.buys)), ("means", lambda role: role.means),
            ("label in Neo4j", lambda role: f"`{role.neo4j_label}`"), ("stance", lambda role: _text(role.stance)),
        ),
    ),
    (
        "stages",
        "Stages",
        "Where a role stands in its life cycle, and after which stages it may come; the first stage of a role may be any. A role has the part `weight` of its\n"
        "strength in influence.",
        (
            ("may follow", lambda stage: "any" if stage.after_any else ", ".join(f"`{before}`" for before in stage.follows)),
            ("urgent", lambda stage: _yes(stage.urgent)), ("weight", lambda stage: stage.weight), ("stance", lambda stage: _text(stage.stance)),
        ),
    ),
    (
        "relationship_kinds",
        "Relationship kinds",
        "Ties without an amount. One-way kinds move from source to target only, all others both ways.",
        (
            ("directed", lambda kind: _yes(kind.directed)), ("one way", lambda kind: _yes(kind.one_way)), ("strength", lambda kind: kind.default_strength),
            ("means", lambda kind: kind.means), ("type in Neo4j", lambda kind: f"`{kind.neo4j_type}`"),
        ),
    ),
    (
        "value_kinds",
        "Value kinds",
        "What is given. `payment` is money, `trade` is what money pays for, `aside` is paid for, but is no part of the value chain.",
        (("tangible", lambda kind: _yes(kind.tangible)), ("means", lambda kind: kind.means)),
    ),
    (
        "touchpoint_kinds",
        "Touchpoint kinds",
        "Dated contacts. An `order` is a purchase where a party has no payments; `negative` counts toward urgency whatever its sentiment.",
        (
            ("means", lambda kind: kind.means), ("step of the journey", lambda kind: kind.step or ""), ("shows use", lambda kind: kind.shows_use or ""),
            ("contact", lambda kind: kind.contact), ("develops", lambda kind: _yes(kind.develops)),
        ),
    ),
    ("products", "Products", "Codes with labels; other codes are taken too.", ()),
    (
        "topics",
        "Topics",
        "Codes with labels; other codes are taken too. Interest in an advanced one is a signal of potential.",
        (("advanced", lambda topic: _yes(topic.advanced)),),
    ),
    (
        "reasons",
        "Reasons for a stage",
        "`reason_code` of a role; other codes are taken too. The stance says what to do then.",
        (("stance", lambda reason: _text(reason.stance)),),
    ),
)  # fmt: skip


def page(vocabulary: Vocabulary = BUILT_IN) -> str:
    """The whole page, as Markdown."""
    parts = [HEAD]
    for group, title, about, columns in SECTIONS:
        parts.append(f"\n## {title}\n\n{about}\n\n" + _table(getattr(vocabulary.terms, group), columns))
    parts.append("\n## Dimensions\n\nThe fields by which parties, roles and contacts fall into segments. An open dimension takes other values too.\n")
    for dimension in vocabulary.terms.dimensions:
        kind = "open" if dimension.open else "closed"
        title = f"{dimension.label.en} · {dimension.label.zh}"
        parts.append(
            f"\n### {title}\n\n`{dimension.id}` of a {dimension.of}, {kind}.\n\n"
            + _table(dimension.values, (("stance", lambda value: _text(value.stance)),) if any(value.stance for value in dimension.values) else ())
        )
    parts.append(f"\n## Currencies\n\nISO 4217, and those that the euro replaced: {' '.join(sorted(vocabulary.currencies))}.\n")
    return "".join(parts)


def _table(entries: Iterable[Entry], columns: Sequence[tuple[str, Callable[[Any], object]]]) -> str:
    names = ("id", "English", "中文", *(name for name, _ in columns))
    rows = [(f"`{entry.id}`", entry.label.en, entry.label.zh, *(value(entry) for _, value in columns)) for entry in entries]
    return "".join(f"| {' | '.join(str(cell) for cell in row)} |\n" for row in (names, ("---",) * len(names), *rows))


def _yes(value: bool) -> str:
    return "yes" if value else ""


def _text(text: Any) -> str:
    return "" if text is None else f"{text.en} {text.zh}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
