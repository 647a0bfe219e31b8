"""The job that makes an analysis: the ecosystem at its instant, metrics run on it, results kept."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from graph_models.analysis.compute import computed
from graph_models.analysis.registry import metric_named
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.graphs.community_matching import EVENT, highest
from graph_models.metrics.result import MetricResult
from graph_models.metrics.structure.community import COMMUNITY
from graph_models.notices import Warning
from graph_models.records.dates import day_text, now_text
from graph_models.records.vocabulary import Vocabulary
from graph_models.scores.profile import Profile
from graph_models.views.network import network_statistics
from service.analysis import result_files as results
from service.analysis.ecosystem_loader import ecosystems
from service.analysis.request import Plan, check_place, check_request
from service.analysis.results import directory
from service.core.versions import engine
from service.jobs.job import Progress
from service.stores.interface.store import At
from service.workspaces.context import Service
from service.workspaces.rules import rules_of


class Found(NamedTuple):
    """What was computed of one day."""

    ecosystem: Ecosystem
    results: dict[str, MetricResult]
    timings: dict[str, float]
    network: list[dict[str, Any]]


def run_job(service: Service, workspace_id: str, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The handler of analysis jobs: ``arguments`` is the request's body; the result names the analysis. What is asked of a series is its last date."""
    vocabulary = service.vocabulary(workspace_id)
    plan = check_request(arguments, vocabulary, rules_of(service, workspace_id))
    at, profile = check_place(service, workspace_id, plan)
    analysis_id = f"{time.time_ns():x}{secrets.token_hex(4)}"
    where, run = directory(service, workspace_id, analysis_id), Run(plan, profile, progress)
    dates = []
    try:
        for day in plan.days[:-1]:
            found = run.day(lambda day=day: ecosystems.get(service, workspace_id, At(day, at.revision), vocabulary))  # type: ignore[misc]
            results.keep_date(where, found.ecosystem, found.results)
            dates.append(_date(found))
        found = run.day(lambda: ecosystems.get(service, workspace_id, at, vocabulary))
        if plan.days:
            results.keep_date(where, found.ecosystem, found.results)
            dates.append(_date(found))
        results.keep(where, found.ecosystem, found.results)
    except BaseException:
        results.discard(where)
        raise
    of_today = day_text(found.ecosystem.as_of) == service.today(service.workspace(workspace_id))
    about = _about(analysis_id, plan, found, dates, at, vocabulary, profile)
    service.catalog.put_thing(workspace_id, "analysis", analysis_id, about | {"default": plan.is_default, "of_today": of_today})
    return {"analysis_id": analysis_id}


class Run:
    """The metrics of a plan, day after day: communities keep the ids that they had on the day before."""

    def __init__(self, plan: Plan, profile: Profile, progress: Progress) -> None:
        self.plan, self.profile, self._progress = plan, profile, progress
        self._days = 0
        self._communities: dict[str, tuple[dict[str, str], int]] = {}
        """Result -> who was in which on the day before, and the highest number that was ever given."""

    def day(self, load: Callable[[], Ecosystem]) -> Found:
        """All metrics of the next day."""
        self._say(0, "ecosystem")
        ecosystem = load()
        found: dict[str, MetricResult] = {}
        timings: dict[str, float] = {}
        for done, (name, (metric, parameters)) in enumerate(self.plan.metrics.items(), 1):
            self._say(done, name)
            asked = metric_named(metric).default_where if self.plan.request.metrics is None else None
            if asked is not None and not asked(ecosystem, parameters):
                continue
            begin = time.perf_counter()
            found[name] = self._computed(ecosystem, name, metric, parameters)
            timings[name] = round(time.perf_counter() - begin, 6)
        network = []
        if self.plan.request.metrics is None:
            self._say(len(self.plan.metrics) + 1, "network")
            begin = time.perf_counter()
            network = network_statistics(ecosystem, self.plan.parameters)
            timings["network"] = round(time.perf_counter() - begin, 6)
        self._days += 1
        return Found(ecosystem, found, timings, network)

    def _say(self, done: int, stage: str) -> None:
        days, steps = self.plan.days, len(self.plan.metrics) + 2
        self._progress(self._days * steps + done, max(len(days), 1) * steps, f"{day_text(days[self._days])}: {stage}" if days else stage)

    def _computed(self, ecosystem: Ecosystem, name: str, metric: str, parameters: Parameters) -> MetricResult:
        if metric != COMMUNITY.name or not self.plan.days:
            return computed(ecosystem, metric_named(metric), parameters, name, self.profile)
        before, last_id = self._communities.get(name, ({}, 0))
        if before:
            parameters = parameters.with_(match_to=before, first_id=max(last_id + 1, parameters.first_id or 1))
        result = computed(ecosystem, COMMUNITY, parameters, name)
        if before:  # the day before says it
            result.parameters = {key: value for key, value in result.parameters.items() if key not in ("match_to", "first_id")}
        now = {party: str(community) for party, community in result.values.items() if community is not None}
        self._communities[name] = now, max(last_id, highest(list(now.values())))
        return result


def _date(found: Found) -> dict[str, Any]:
    """One date of a series: what became of communities since the one before, and the network as a whole."""
    events = [warning for warning in _warnings(found.results) if warning["code"].startswith(EVENT)]
    network = {item["statistic"]: item["value"] for item in found.network}
    about = {"as_of": found.ecosystem.as_of_text, "snapshot_id": found.ecosystem.snapshot_id, "parties": len(found.ecosystem.parties)}
    return about | {"events": events} | ({"network": network} if network else {})


def _about(analysis_id: str, plan: Plan, found: Found, dates: list[dict[str, Any]], at: At, vocabulary: Vocabulary, profile: Profile) -> dict[str, Any]:
    ecosystem = found.ecosystem
    sections = {section for result in found.results.values() for section in metric_named(result.metric).rules}
    each = {name: {"metric": result.metric, "parameters": result.parameters} for name, result in found.results.items()}
    parameters = {"parameters": plan.request.parameters, "metrics": each, "profile": plan.request.profile, "filter": plan.filter}
    if plan.request.series is not None:
        parameters["series"] = msgspec.to_builtins(plan.request.series)
    hashed = {
        **parameters,
        "engine": engine(),
        "vocabulary": vocabulary.hash,
        "profile": msgspec.to_builtins(profile),
        "base_currency": ecosystem.base_currency,
        "focal_party": ecosystem.focal_party,
        "rates": ecosystem.columns["exchange_rates"].to_pylist(),
        "rules": plan.rules.hash_of(sections),
    }
    digest = hashlib.blake2b(msgspec.json.encode(hashed, order="deterministic"), digest_size=12).hexdigest()
    return {
        "analysis_id": analysis_id,
        "state": "done",
        "as_of": day_text(ecosystem.as_of),
        "known_at": at.revision,
        "snapshot_id": ecosystem.snapshot_id,
        **parameters,
        "profile_version": profile.version,
        "rules": plan.rules.versions_of(sections),
        "parameters_hash": digest,
        "engine": engine(),
        "timings": found.timings,
        "warnings": _warnings(found.results),
        "undefined": _undefined(found.results),
        "recorded_at": now_text(),
        "own_vocabulary": msgspec.to_builtins(vocabulary.own),
        "focal_party_id": ecosystem.focal_party,
        "base_currency": ecosystem.base_currency,
        "network": found.network,
        **({"dates": dates} if dates else {}),
    }


def _undefined(found: Mapping[str, MetricResult]) -> list[dict[str, Any]]:
    """How many parties have no value, by result and reason."""
    return [
        {"name": name, "reason": reason, "parties": int((result.reason_codes == code).sum())}
        for name, result in found.items()
        for code, reason in enumerate(result.reason_names, 1)
        if (result.reason_codes == code).any()
    ]


def _warnings(found: Mapping[str, MetricResult]) -> list[dict[str, Any]]:
    each: dict[Warning, None] = {}
    for result in found.values():
        each |= dict.fromkeys(result.warnings)
    return [{"code": item.code, "message": item.message, "facts": list(item.facts), "parties": list(item.parties)} for item in sorted(each)]
