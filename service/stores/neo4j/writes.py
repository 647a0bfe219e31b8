"""What one write does to the graph, inside its transaction: rows end, rows begin, and the workspace's number moves on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from neo4j import Transaction

from graph_models.errors import StoreUnavailable
from graph_models.records.dates import Period, now_text
from graph_models.records.record_types import BY_NAME, RECORD_TYPES, parties_named
from graph_models.records.role import Role
from service.stores.interface.store import Change, Compared, NewRow, Revision, Row, Writing
from service.stores.neo4j import reads as reads
from service.stores.neo4j.rows import columns_of_rows, placed, relationship_type, role_label
from service.stores.neo4j.session import begin, run
from service.stores.neo4j.statements import Statement, statement

INSERT: dict[str, Statement] = {kind.name: statement(f"store/insert_{kind.name}") for kind in RECORD_TYPES}
INSERT_SLICE, INSERT_RETRACTED = statement("store/insert_party_slice"), statement("store/insert_retracted")
SUPERSEDE_RELATIONSHIP, SUPERSEDE_NODE = statement("store/supersede_relationship"), statement("store/supersede_node")
SUPERSEDE_PARTY, FORGET_RELATIONSHIP = statement("store/supersede_party"), statement("store/forget_relationship")
DEMOTE, PROMOTE, FORGET_PARTIES = statement("store/demote_parties"), statement("store/promote_parties"), statement("store/forget_parties")
ENSURE, LABEL = statement("store/ensure_parties"), statement("store/label_parties")
REVISION, TERMS = statement("store/revision_insert"), statement("store/terms_insert")
PRESENT = {"party": statement("store/present_parties"), "document": statement("store/present_documents")}
_CHUNK = 5_000
"""While the server writes so many rows, the next are made ready for it."""
_AS_RELATIONSHIP = {"role", "relationship", "value_flow"}
_BESIDE = {"relationship", "value_flow", "touchpoint", "assessment"}
"""A role gives its party a label, for which its node is locked."""


class PartyGone(StoreUnavailable):
    """A party that a fact is tied to went away while the fact was written."""


class Neo4jBelieved:
    """What is believed now, seen from inside the transaction of a write."""

    def __init__(self, transaction: Transaction, *, retracted: bool) -> None:
        self._transaction = transaction
        self._retracted = retracted
        self.anchored: set[str] = set()
        """Parties that are known to have a node: facts may be tied to it."""

    def live(self, type_name: str, ids: Collection[str]) -> Mapping[str, Sequence[Row]]:
        return reads.live(self._transaction, type_name, ids, retracted=self._retracted) if ids else {}

    def compared(self, type_name: str, bodies: Mapping[str, bytes]) -> Compared:
        return Compared((), self.live(type_name, bodies))

    def present(self, type_name: str, ids: Collection[str]) -> Collection[str]:
        if not ids:
            return set()
        if type_name not in PRESENT:
            return {name for name, rows in self.live(type_name, ids).items() if any(row.body is not None for row in rows)}
        found = set(run(self._transaction, PRESENT[type_name], ids=list(ids))[0])
        if type_name == "party":
            self.anchored |= found
        return found

    def terms(self) -> bytes | None:
        found = reads.terms(self._transaction)
        return None if found is None else found.body

    def referring(self, type_name: str, record_id: str, period: Period) -> Sequence[Row]:
        return reads.referring(self._transaction, type_name, record_id, period)


def apply(transaction: Transaction, change: Change, writing: Writing, before: tuple[int, str], token: str, anchored: set[str]) -> Revision:
    """Write all of a change as the revision after ``before``. Its time is never before that one's, whatever the clock does."""
    number, time = before[0] + 1, max(now_text(), before[1])
    touched = _supersede(transaction, change.supersede, number)
    by_type: defaultdict[str, list[NewRow]] = defaultdict(list)
    for row in change.insert:
        by_type[row.type if row.record is not None else ""].append(row)
    if taken_away := by_type.pop("", None):
        run(transaction, INSERT_RETRACTED, type=[row.type for row in taken_away], **placed(taken_away, number))
    _insert_parties(transaction, by_type.pop("party", []), touched, number)
    _ensure_parties(transaction, change.insert, anchored | touched)
    insert_facts(transaction, [row for rows in by_type.values() for row in rows], number)
    if touched:
        run(transaction, FORGET_PARTIES, ids=list(touched))
    if change.terms is not None:
        run(transaction, TERMS, terms=change.terms.decode(), revision=number)
    return remember(transaction, change, writing, (number, time), token)


def may_go_beside(change: Change, anchored: Collection[str]) -> bool:
    """Does a change only add facts to nodes that are there? Then it asks for no lock that another such change holds, until it commits."""
    return (
        not change.supersede
        and change.terms is None
        and all(row.type in _BESIDE and row.record is not None and all(party in anchored for _, party in parties_named(row.record)) for row in change.insert)
    )


def insert_facts(transaction: Transaction, rows: Sequence[NewRow], number: int) -> None:
    """Write new facts whose parties have nodes."""
    by_type: defaultdict[str, list[NewRow]] = defaultdict(list)
    for row in rows:
        by_type[row.type].append(row)
    for type_name, of_type in by_type.items():
        _insert(transaction, type_name, of_type, number)


def remember(transaction: Transaction, change: Change, writing: Writing, at: tuple[int, str], token: str) -> Revision:
    """Write down a revision by its number and time; the workspace's number moves with it."""
    number, time = at
    answer = None if change.answer is None else change.answer(number)
    revision = Revision(number, time, writing.who, writing.key, writing.body_hash, dict(change.counts), writing.import_id, answer)
    run(transaction, REVISION, **(revision._asdict() | {"counts": msgspec.json.encode(revision.counts).decode(), "token": token}))
    return revision


def _supersede(transaction: Transaction, rows: Sequence[Row], number: int) -> set[str]:
    """Let rows end; the ids of the parties that lost a slice."""
    by_type: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_type[row.type if row.body is not None else ""].append(row)
    for row_type in {row.type for row in by_type.pop("", [])}:
        handles = [row.handle for row in rows if row.body is None and row.type == row_type]
        run(transaction, SUPERSEDE_NODE, handle=handles, type=row_type, revision=number)
    for type_name, ended in by_type.items():
        handles = [row.handle for row in ended]
        if type_name == "party":
            run(transaction, SUPERSEDE_PARTY, handle=handles, revision=number)
        elif type_name in _AS_RELATIONSHIP:
            run(transaction, SUPERSEDE_RELATIONSHIP, handle=handles, type=type_name, revision=number)
        else:
            run(transaction, SUPERSEDE_NODE, handle=handles, type=type_name, revision=number)
        if type_name == "relationship":
            run(transaction, FORGET_RELATIONSHIP, id=[row.id for row in ended], handle=handles)
    return {row.id for row in by_type["party"]}


def _insert_parties(transaction: Transaction, rows: Sequence[NewRow], touched: set[str], number: int) -> None:
    """A party's first statement is its node; whoever has several slices reads as the newest, and the others hang on it."""
    several: set[str] = {row.id for row in rows if row.version > 1}
    seen: set[str] = set()
    several |= {row.id for row in rows if row.id in seen or seen.add(row.id)}  # type: ignore[func-returns-value]
    first = [row for row in rows if row.id not in several]
    if first:
        run(transaction, INSERT["party"], **columns_of_rows("party", first, number))
    if several or touched:
        ids = list(several | touched)
        run(transaction, DEMOTE, ids=ids)
        if slices := [row for row in rows if row.id in several]:
            run(transaction, INSERT_SLICE, **columns_of_rows("party", slices, number))
        run(transaction, PROMOTE, ids=ids)
    touched |= {row.id for row in rows}


def _ensure_parties(transaction: Transaction, rows: Iterable[NewRow], anchored: set[str]) -> None:
    """A fact is tied to the nodes of its parties, so these must be there, even where nothing is believed of them."""
    named = {name for row in rows if BY_NAME[row.type].is_fact and row.record is not None for name in (row.record.source, row.record.target)}  # type: ignore[union-attr]
    if missing := [name for name in named - anchored if name is not None]:
        run(transaction, ENSURE, ids=missing)


def _insert(transaction: Transaction, type_name: str, rows: list[NewRow], number: int) -> None:
    """Facts go in by source, so that one party's relationships are written together."""
    if BY_NAME[type_name].is_fact:
        rows = sorted(rows, key=lambda row: row.record.source or "")  # type: ignore[union-attr]
    results = []
    for start in range(0, len(rows), _CHUNK):
        columns: dict[str, Any] = columns_of_rows(type_name, rows[start : start + _CHUNK], number)
        if type_name == "relationship":
            columns["neo4j_type"] = [relationship_type(kind) for kind in columns["kind"]]
        results.append(begin(transaction, INSERT[type_name], **columns))
    written = sum(record[0] for result in results for record in result)
    if written != len(rows):
        raise PartyGone(f"Neo4j wrote {written} of {len(rows)} rows; the write was undone")
    labels = {(row.record.source, role_label(row.record.role)) for row in rows if isinstance(row.record, Role)}
    if labels:
        run(transaction, LABEL, id=[name for name, _ in labels], label=[label for _, label in labels])
