"""Claims: roles and relationships that several sources state count once, and where the sources differ it is listed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from graph_models.arrays.grouping import group_starts, order_of
from graph_models.arrays.types import Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.notices import Warning

TELLS_APART = {"roles": "product", "relationships": "interest"}
"""Facts of one source, target and kind are one claim, unless they differ in this column."""
COMPARED: dict[str, tuple[str, ...]] = {"roles": ("stage",), "relationships": ("share", "strength")}
"""The columns in which facts of one claim may contradict one another: those that weights are made of."""
NO_EVIDENCE = "~"
"""Sorts after the grades A to F."""
STATUS = {"inferred": 1, "hypothesis": 2}
"""Later ones count only where there is nothing better; asserted is 0."""


class Claims(NamedTuple):
    """The claims of one family, as rows of its facts."""

    rows: Longs
    """The fact that counts for each claim, in order."""
    others: Longs
    """The facts that state the same as another one, which counts; in the order of the claims, the best first."""
    counted: Longs
    """Along ``others``: the fact that counts in its place."""

    def where(self, wanted: Mask) -> Claims:
        """Those of facts that are wanted; ``wanted`` says so of every row of the family."""
        kept = wanted[self.counted]
        return Claims(self.rows[wanted[self.rows]], self.others[kept], self.counted[kept])

    def stated_by(self, rows: Longs) -> tuple[Longs, Longs]:
        """(place in ``rows``, row) of the other facts of these claims, ``rows`` in order."""
        place = np.minimum(np.searchsorted(rows, self.counted), max(len(rows) - 1, 0))
        there = np.flatnonzero(rows[place] == self.counted) if len(rows) else np.zeros(0, np.int64)
        return place[there], self.others[there]


def claims_among(ecosystem: Ecosystem, family: str, rows: Longs) -> Claims:
    """The claims that some facts of a family make.

    Of the facts of one claim the one counts with the best evidence (the reliability A to F of its documents, none last), then the one with the
    highest confidence, then an asserted one before an inferred one, then the one with the newest start, then the first by id.
    """
    facts = ecosystem.families[family]
    keys = [facts.source[rows], facts.target[rows], facts.coded("kind").codes[rows], facts.coded(TELLS_APART[family]).codes[rows]]
    order = order_of(*keys)
    first = group_starts(*(key[order] for key in keys))
    sizes = np.diff(first)
    if not (sizes > 1).any():
        return Claims(rows, np.zeros(0, np.int64), np.zeros(0, np.int64))
    counted, others, of = rows[order[first[:-1]]], [], []
    for claim in np.flatnonzero(sizes > 1).tolist():
        stated = rows[order[first[claim] : first[claim + 1]]]
        ranked = stated[_ranked(ecosystem, family, stated)]
        counted[claim] = ranked[0]
        others.append(ranked[1:])
        of.append(np.repeat(ranked[0], len(ranked) - 1))
    return Claims(np.sort(counted), np.concatenate(others), np.concatenate(of))


def _ranked(ecosystem: Ecosystem, family: str, rows: Longs) -> list[int]:
    """The places of facts that state the same, the one that counts first."""
    facts = ecosystem.families[family]
    grades = _grades(ecosystem)
    cited = [json.loads(text) if text else [] for text in facts.texts("documents", rows)]
    keys = zip(
        (min((grades.get(document, NO_EVIDENCE) for document in documents), default=NO_EVIDENCE) for documents in cited),
        (-facts.confidence[rows]).tolist(),
        (STATUS.get(status, 0) for status in facts.texts("status", rows)),
        (-facts.start[rows]).tolist(),
        facts.texts("id", rows),
        strict=True,
    )
    return [place for _, place in sorted((key, place) for place, key in enumerate(keys))]


def _grades(ecosystem: Ecosystem) -> dict[str, str]:
    """Document -> its reliability, of those that have one."""

    def grades() -> dict[str, str]:
        table = ecosystem.columns["documents"]
        return {document: grade for document, grade in zip(table["id"].to_pylist(), table["grade"].to_pylist(), strict=True) if grade is not None}

    return ecosystem.kept(("grades of documents",), grades)


class Contradiction(NamedTuple):
    """Facts of one claim that differ in a column: the one that counts first."""

    column: str
    rows: list[int]
    values: list[Any]


def contradictions_of(ecosystem: Ecosystem, family: str, claims: Claims) -> Iterator[Contradiction]:
    """The claims whose facts say different things, in the order of the facts that count. What a fact does not say contradicts nothing."""
    facts = ecosystem.families[family]
    order = np.argsort(claims.counted, kind="stable")
    first = group_starts(claims.counted[order])
    for start, end in zip(first[:-1].tolist(), first[1:].tolist(), strict=True):
        rows = np.concatenate([claims.counted[order[start : start + 1]], claims.others[order[start:end]]])
        for column in COMPARED[family]:
            stated = [(row, value) for row, value in zip(rows.tolist(), facts.texts(column, rows), strict=True) if value is not None]
            if len({value for _, value in stated}) > 1:
                yield Contradiction(column, [row for row, _ in stated], [value for _, value in stated])


def contradiction_warning(ecosystem: Ecosystem, family: str, claims: Claims) -> tuple[Warning, ...]:
    """The contradictions of a family as one notice; the fact that counts is listed before those that differ from it."""
    found = list(contradictions_of(ecosystem, family, claims)) if len(claims.others) else []
    if not found:
        return ()
    facts = ecosystem.families[family]
    rows = np.array(list(dict.fromkeys(row for contradiction in found for row in contradiction.rows)), np.int64)
    parties = np.unique(np.concatenate([facts.source[rows], facts.target[rows]]))
    message = f"{len(found)} claims are stated differently ({', '.join(sorted({item.column for item in found}))}): the statement with the best evidence counts"
    return (Warning("contradiction", message, tuple(facts.texts("id", rows)), tuple(ecosystem.parties[party] for party in parties.tolist())),)
