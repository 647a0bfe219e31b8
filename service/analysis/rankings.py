"""Rankings over time: the parties of one role by their scores, period after period, and what changed from one to the next.

A ranking is one ordinary analysis a period; each of its numbers is explained there.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from graph_models.arrays.ranking import difference
from graph_models.decoding import decode_request
from graph_models.errors import InvalidInput
from graph_models.records.closed_lists import lists_of
from graph_models.records.dates import day_text
from graph_models.records.vocabulary import Vocabulary
from service.analysis import result_files as results
from service.analysis import results as analysis
from service.analysis import run as analysis_job
from service.analysis.ecosystem_loader import ecosystems
from service.facts.instants import instant
from service.imports.mapping.model import EVERY, Every
from service.jobs.job import Progress
from service.workspaces.context import Service

SCORES = ("influence", "value_flow")
MAX_PERIODS = 40
KEPT = 1000
"""So many parties are kept in a ranking, those that stood highest in any period; the analyses have all."""


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"begin": "from", "end": "to"}):
    """The body of ``POST W/rankings``. Without ``begin`` and ``end`` the ranking is of all the time in which value flowed."""

    role: str
    every: Every = "year"
    begin: str | None = None
    end: str | None = None


class Span(NamedTuple):
    """One period of a ranking: first and last day."""

    begin: date
    end: date


class Standing(NamedTuple):
    """One score in one period, of the parties of the role: value, rank among them, and how many stand as high or higher."""

    ids: list[str]
    names: list[str]
    values: list[float | None]
    ranks: list[int]
    as_high: list[int]


def check(fields: Any, vocabulary: Vocabulary) -> Asked:
    """``InvalidInput`` with the field of what is wrong with a request."""
    asked = decode_request(fields, Asked)
    for name, day in (("from", asked.begin), ("to", asked.end)):
        try:
            date.fromisoformat(day or "2000-01-01")
        except ValueError:
            raise InvalidInput.of("bad-date", f"{day!r} is not a full day", name) from None
    return msgspec.structs.replace(asked, role=lists_of(vocabulary, "role")["role"].value(asked.role, "role"))


def run_job(service: Service, workspace_id: str, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The job ``ranking``: one analysis a period, and the table of them all. Arguments: the request."""
    asked = check(arguments, service.vocabulary(workspace_id))
    spans = _spans(service, workspace_id, asked)
    periods, standings = [], []
    for place, span in enumerate(spans):
        made = analysis_job.run_job(service, workspace_id, _request(span), _part(progress, place, len(spans), span))
        about = analysis.analysis(service, workspace_id, made["analysis_id"])
        periods.append({"from": span.begin.isoformat(), "to": span.end.isoformat()} | {name: about[name] for name in ("analysis_id", "warnings", "undefined")})
        standings.append({score: _standing(analysis.directory(service, workspace_id, about["analysis_id"]), score, asked.role) for score in SCORES})
    ranking_id = f"{time.time_ns():x}{secrets.token_hex(4)}"
    items = _items(standings)
    body = {"ranking_id": ranking_id, "role": asked.role, "every": asked.every, "periods": periods, "items": items[:KEPT], "total": len(items)}
    service.catalog.put_thing(workspace_id, "ranking", ranking_id, body)
    return {"ranking_id": ranking_id}


def ranking(service: Service, workspace_id: str, ranking_id: str) -> dict[str, Any]:
    """A ranking by its id, or the ``latest``."""
    service.workspace(workspace_id)
    newest = service.catalog.things(workspace_id, "ranking", limit=1) if ranking_id == "latest" else []
    return newest[0] if newest else service.catalog.thing(workspace_id, "ranking", ranking_id)


# -- periods


def _spans(service: Service, workspace_id: str, asked: Asked) -> list[Span]:
    """The calendar's periods that hold the days asked for, else those on which value flowed; the last ends at latest on the day that reads are of."""
    at = instant(service.store(workspace_id), service.default_day(service.workspace(workspace_id)), None, None)
    assert at.day is not None
    begin, end = asked.begin, asked.end
    if begin is None or end is None:
        flows = ecosystems.get(service, workspace_id, at).families["value_flows"]
        starts = flows.start[(flows.start > 0) & (flows.start <= at.day)]
        if not len(starts):
            raise InvalidInput.of("no-dated-flows", "no value flow has a date: say of which days the ranking is", "from")
        begin, end = begin or day_text(int(starts.min())), end or day_text(int(starts.max()))
    last = min(date.fromisoformat(end), date.fromisoformat(day_text(at.day)))
    spans = list(islice(_calendar(date.fromisoformat(begin), last, EVERY[asked.every]), MAX_PERIODS + 1))
    if not 1 <= len(spans) <= MAX_PERIODS:
        raise InvalidInput.of("out-of-range", f"from {begin} to {last} there are {len(spans)} periods or more; a ranking has 1 to {MAX_PERIODS}", "from")
    return spans


def _calendar(begin: date, end: date, months: int) -> Iterator[Span]:
    """Whole periods of the calendar from the one that holds ``begin``; the last is cut at ``end``."""
    first = begin.replace(month=(begin.month - 1) // months * months + 1, day=1)
    while first <= end:
        years, month = divmod(first.month - 1 + months, 12)
        following = first.replace(year=first.year + years, month=month + 1)
        yield Span(first, min(following - timedelta(days=1), end))
        first = following


def _request(span: Span) -> dict[str, Any]:
    period = {"from": span.begin.isoformat(), "to": span.end.isoformat()}
    return {"metrics": list(SCORES), "as_of": span.end.isoformat(), "parameters": {"period": period}}


def _part(progress: Progress, place: int, periods: int, span: Span) -> Progress:
    """The progress of one period as a part of the whole."""

    def heard(done: int, total: int | None, stage: str) -> None:
        progress(place * 100 + (100 * done // total if total else 0), periods * 100, f"ranking {span.begin} to {span.end}: {stage}")

    return heard


# -- the table


def _standing(directory: Path, score: str, role: str) -> Standing:
    mask = results.shown(directory, [role])
    about = results.parties(directory).filter(mask)
    values = results.named(directory, score).table["value"].filter(mask)
    numbers = values.fill_null(-np.inf).to_numpy()
    order = np.sort(-numbers)
    ranks, as_high = np.searchsorted(order, -numbers) + 1, np.searchsorted(order, -numbers, "right")
    return Standing(about["id"].to_pylist(), about["name"].to_pylist(), values.to_pylist(), ranks.tolist(), as_high.tolist())


def _items(standings: Sequence[Mapping[str, Standing]]) -> list[dict[str, Any]]:
    """One item a party that had the role and a value above 0 in some period, the highest of any period first; where all are equal, nobody is high."""
    names: dict[str, str] = {}
    found: dict[str, list[dict[str, Any]]] = {}
    best: dict[str, int] = {}
    for place, period in enumerate(standings):
        for score, standing in period.items():
            for party, name, value, rank, as_high in zip(*standing, strict=True):
                if not value:
                    continue
                names[party] = name
                best[party] = min(as_high, best.get(party, as_high))
                found.setdefault(party, [{} for _ in standings])[place][score] = {"value": value, "rank": rank}
    for periods in found.values():
        for before, now in zip([{}, *periods], periods, strict=False):
            for score, item in now.items():
                was = before.get(score)
                item["change"] = None if was is None else {"value": difference(item["value"], was["value"]), "rank": was["rank"] - item["rank"]}
    return [{"party_id": party, "name": names[party], "by_period": found[party]} for party in sorted(found, key=lambda party: (best[party], party))]
