"""The job that makes an analysis: the ecosystem at its instant, metrics run on it, results kept."""

from __future__ import annotations

import hashlib
import platform
import secrets
import time
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import msgspec

from graph_models.computation import computed
from graph_models.ecosystem import Ecosystem
from graph_models.metrics import metric_named
from graph_models.metrics.result import MetricResult
from graph_models.scores import Profile
from graph_models.time import day_text, now_text
from graph_models.vocabulary import Vocabulary
from graph_models.warning import Warning
from service import results
from service.analysis import directory
from service.analysis_request import Plan, check_place, check_request
from service.ecosystems import ecosystems
from service.jobs import Progress
from service.stores.store import At
from service.workplace import Service

ENGINE = ("stakeholder-graph", "numpy", "scipy", "networkx", "pyarrow")


def run_job(service: Service, workspace_id: str, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The handler of analysis jobs: ``arguments`` is the request's body; the result names the analysis."""
    vocabulary = service.vocabulary(workspace_id)
    plan = check_request(arguments, vocabulary)
    at, profile = check_place(service, workspace_id, plan)
    progress(0, len(plan.metrics) + 1, "ecosystem")
    ecosystem = ecosystems.get(service, workspace_id, at, vocabulary)
    found: dict[str, MetricResult] = {}
    timings: dict[str, float] = {}
    for done, (name, (metric, parameters)) in enumerate(plan.metrics.items(), 1):
        progress(done, len(plan.metrics) + 1, name)
        entry = metric_named(metric)
        if plan.request.metrics is None and entry.default_where is not None and not entry.default_where(ecosystem, parameters):
            continue
        begin = time.perf_counter()
        found[name] = computed(ecosystem, entry, parameters, name, profile)
        timings[name] = round(time.perf_counter() - begin, 6)
    analysis_id = f"{time.time_ns():x}{secrets.token_hex(4)}"
    results.keep(directory(service, workspace_id, analysis_id), ecosystem, found)
    about = _about(analysis_id, plan, ecosystem, at, found, timings, vocabulary, profile)
    service.catalog.put_thing(workspace_id, "analysis", analysis_id, about)
    return {"analysis_id": analysis_id}


def _about(
    analysis_id: str,
    plan: Plan,
    ecosystem: Ecosystem,
    at: At,
    found: Mapping[str, MetricResult],
    timings: Mapping[str, float],
    vocabulary: Vocabulary,
    profile: Profile,
) -> dict[str, Any]:
    engine = {name: version(name) for name in ENGINE} | {"python": platform.python_version()}
    each = {name: {"metric": result.metric, "parameters": result.parameters} for name, result in found.items()}
    parameters = {"parameters": plan.request.parameters, "metrics": each, "profile": plan.request.profile, "filter": plan.request.filter}
    hashed = {
        **parameters,
        "engine": engine,
        "vocabulary": vocabulary.hash,
        "profile": msgspec.to_builtins(profile),
        "base_currency": ecosystem.base_currency,
        "focal_party": ecosystem.focal_party,
        "rates": ecosystem.columns["exchange_rates"].to_pylist(),
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
        "parameters_hash": digest,
        "engine": engine,
        "timings": dict(timings),
        "warnings": _warnings(found),
        "undefined": _undefined(found),
        "recorded_at": now_text(),
        "now": plan.request.known_at is None,
        "own_vocabulary": msgspec.to_builtins(vocabulary.own),
        "focal_party_id": ecosystem.focal_party,
        "base_currency": ecosystem.base_currency,
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
