"""Health: alive, ready and why not, counted, and of which version."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from service.api.answers import json_answer
from service.api.documented import answers
from service.api.schemas import Alive, Ready, Version
from service.dependencies import ServiceDep
from service.versions import VERSION, components, python_version

router = APIRouter(tags=["health"])
_READY: dict[str, Any] = {"status": "ok", "checks": {"catalog": "ok", "store": "ok", "worker": "ok"}}
_VERSION: dict[str, Any] = {"version": VERSION, "api": "v1", "python": "3.11.7", "engine": {"networkx": "3.6.1", "numpy": "2.4.0", "scipy": "1.17.0"}}
_METRICS = 'stakeholder_graph_requests_total{method="GET",status="200"} 42\n'
_PLAIN = "text/plain"


@router.get("/healthz", responses=answers({"status": "ok"}))
async def healthz() -> Alive:
    """The process answers."""
    return Alive(status="ok")


@router.get("/readyz", response_model=Ready, responses=answers(_READY) | answers(_READY | {"status": "unavailable"}, "Not ready, and why.", status=503))
async def readyz(request: Request, service: ServiceDep) -> Response:
    """Whether the stores answer, with reasons where they do not."""
    checks = await run_in_threadpool(service.readiness)
    worker = request.app.state.worker
    if worker is not None:
        checks["worker"] = "ok" if worker.pid is not None else "it is being started"
    ready = all(state == "ok" for name, state in checks.items() if name != "worker")
    return json_answer({"status": "ok" if ready else "unavailable", "checks": checks}, 200 if ready else 503)


@router.get("/metrics", response_class=Response, responses=answers(_METRICS, schema={"type": "string"}, media=_PLAIN))
def metrics(request: Request, service: ServiceDep) -> Response:
    """Counters for Prometheus."""
    jobs = "".join(f'stakeholder_graph_jobs{{state="{state}"}} {count}\n' for state, count in sorted(service.jobs.counts().items()))
    return Response(f"{request.app.state.counters.text()}# TYPE stakeholder_graph_jobs gauge\n{jobs}", media_type=f"{_PLAIN}; version=0.0.4")


@router.get("/v1/version", responses=answers(_VERSION))
def version() -> Version:
    """The version of the service, and of what it computes with."""
    return Version(version=VERSION, api="v1", python=python_version(), engine=components())
