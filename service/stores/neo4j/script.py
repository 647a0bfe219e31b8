"""A script that any Neo4j runs: the statements with which the store writes records, their parameters written out as literals."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from graph_models.records.json_codec import decode_record
from graph_models.records.role import Role
from service.stores.interface.store import NewRow, Row
from service.stores.neo4j.rows import columns_of_rows, relationship_type, role_label
from service.stores.neo4j.statements import TOKENS, USED, Statement, statement, statements

Pages = Callable[[str], Iterator[Sequence[Row]]]
FACTS = ("role", "relationship", "value_flow", "touchpoint", "assessment")
ROWS = 500
"""So many records are one statement: a server reads a long one slowly."""
_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"})


def script(pages: Pages) -> Iterator[str]:
    """The text of the script, piece by piece. All records are of revision 1."""
    yield "// Made by stakeholder-graph. Run it on an empty database: cypher-shell -f FILE\n\n"
    for one in statements("schema"):
        yield f"{one.text};\n"
    yield "CALL db.awaitIndexes();\n\n"
    for type_name in ("document", "exchange_rate"):
        for rows in _new(pages(type_name)):
            yield written(statement(f"store/insert_{type_name}"), columns_of_rows(type_name, rows, 1))
    for rows in _new(pages("party")):
        yield from _parties(rows)
    for type_name in FACTS:
        for rows in _new(pages(type_name)):
            yield from _facts(type_name, rows)


def written(made: Statement, values: Mapping[str, Any]) -> str:
    """A statement with literals in the place of its parameters."""
    literals = {name: literal(value) for name, value in made.bound(values).items()}
    pieces, end = [], 0
    for token in TOKENS.finditer(made.text):
        pieces += [USED.sub(lambda used: literals[used[1]], made.text[end : token.start()]), token[0]]
        end = token.end()
    pieces.append(USED.sub(lambda used: literals[used[1]], made.text[end:]))
    return "".join(pieces) + ";\n\n"


def literal(value: Any) -> str:
    """A value as Cypher writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return text_literal(value)
    if isinstance(value, date):
        return f"date('{value.isoformat()}')"
    if isinstance(value, (int, float)):
        assert math.isfinite(value)
        return repr(value)
    return "[" + ", ".join(map(literal, value)) + "]"


def text_literal(text: str) -> str:
    """A text in quotes. Neo4j reads a ``\\u`` before it looks at anything else: a u after a backslash is written as its number."""
    return "'" + text.translate(_ESCAPES).replace("\\\\u", "\\\\\\u0075") + "'"


def _new(pages: Iterator[Sequence[Row]]) -> Iterator[list[NewRow]]:
    """Rows to be written anew, all slices of an id together."""
    held: list[NewRow] = []
    for page in pages:
        for row in page:
            if len(held) >= ROWS and row.id != held[-1].id:
                yield held
                held = []
            assert row.body is not None
            held.append(NewRow(row.type, row.id, row.period, decode_record(row.body), row.version))
    if held:
        yield held


def _parties(rows: list[NewRow]) -> Iterator[str]:
    """A party with one slice is its node; of several the newest is, and the others hang on it."""
    ids = [row.id for row in rows]
    several = {party for party in ids if ids.count(party) > 1} if len(set(ids)) < len(ids) else set()
    if single := [row for row in rows if row.id not in several]:
        yield written(statement("store/insert_party"), columns_of_rows("party", single, 1))
    if slices := [row for row in rows if row.id in several]:
        yield written(statement("store/insert_party_slice"), columns_of_rows("party", slices, 1))
        yield written(statement("store/promote_parties"), {"ids": sorted(several)})


def _facts(type_name: str, rows: list[NewRow]) -> Iterator[str]:
    columns = columns_of_rows(type_name, rows, 1)
    if type_name == "relationship":
        columns["neo4j_type"] = [relationship_type(kind) for kind in columns["kind"]]
    yield written(statement(f"store/insert_{type_name}"), columns)
    labels = sorted({(row.record.source, role_label(row.record.role)) for row in rows if isinstance(row.record, Role)})
    if labels:
        yield written(statement("store/label_parties"), {"id": [party for party, _ in labels], "label": [label for _, label in labels]})
