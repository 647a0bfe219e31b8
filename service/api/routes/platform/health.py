"""Health: alive, ready and why not, counted, and of which version."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from service.api.io.dependencies import ServiceDep
from service.api.io.operation_docs import TEXT, answers, answers_as
from service.api.io.responses import json_answer
from service.api.schemas.platform.workspaces import Alive, Ready, Version
from service.core.versions import VERSION, components, python_version

router = APIRouter(tags=["health"])
_PLAIN = "text/plain"


@router.get("/healthz", response_class=Response, responses=answers(Alive))
async def healthz() -> Response:
    """The process answers."""
    return json_answer(Alive(status="ok"))


@router.get("/readyz", response_class=Response, responses=answers(Ready) | answers(Ready, "Not ready, and why.", status=503))
async def readyz(request: Request, service: ServiceDep) -> Response:
    """Whether the stores answer, with reasons where they do not."""
    checks = await run_in_threadpool(service.readiness)
    worker = request.app.state.worker
    if worker is not None:
        checks["worker"] = "ok" if worker.pid is not None else "it is being started"
    ready = all(state == "ok" for name, state in checks.items() if name != "worker")
    return json_answer(Ready(status="ok" if ready else "unavailable", checks=checks), 200 if ready else 503)


@router.get("/metrics", response_class=Response, responses=answers_as(_PLAIN, TEXT, "In the text format of Prometheus."))
def metrics(request: Request) -> Response:
    """Requests, jobs, workspaces, stores and the process itself, for Prometheus."""
    return Response(generate_latest(request.app.state.registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)


@router.get("/v1/version", response_class=Response, responses=answers(Version))
def version() -> Response:
    """The version of the service, and of what it computes with."""
    return json_answer(Version(version=VERSION, api="v1", python=python_version(), engine=components()))
