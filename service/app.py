"""The whole service in one place: ``create_app(settings)``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from starlette.exceptions import HTTPException

from graph_models.errors import StakeholderGraphError
from graph_models.records.dates import now
from service.api.io.openapi import describe
from service.api.io.query_parameters import only_known_parameters
from service.api.routes.analysis import analyses, changes, customers, metrics, paths, queries, rankings, reports, rules, scenarios, views
from service.api.routes.analysis import score_profiles as profiles
from service.api.routes.platform import health, jobs, vocabulary, workspaces
from service.api.routes.platform import pages as start
from service.api.routes.records import batches, export, imports, neighborhood, parties, records, revisions, template
from service.core.settings import Settings
from service.core.versions import VERSION
from service.http.connection_limits import Connections
from service.http.encoded_slashes import SegmentedPaths
from service.http.fast_path import Direct
from service.http.gate import Gate, Guarded
from service.http.head_requests import HeadAsGet
from service.http.problems import LastResort, answer_error
from service.http.request_bodies import BodyLimits
from service.http.request_metrics import CountedRequests, RequestMetrics
from service.pages.sign_in import sign_in_page_of
from service.processes.compute_process import Calculator
from service.processes.service_gauges import ServiceGauges
from service.processes.supervisor import WorkerProcess
from service.workspaces.context import Service

HANDLERS = (StakeholderGraphError, RequestValidationError, HTTPException)
ROUTERS = (
    neighborhood.router,
    parties.router,
    *records.ROUTERS,
    batches.router,
    workspaces.router,
    vocabulary.router,
    jobs.router,
    revisions.router,
    paths.router,
    analyses.router,
    views.router,
    rankings.router,
    scenarios.router,
    changes.router,
    profiles.router,
    rules.router,
    customers.router,
    imports.router,
    template.router,
    queries.router,
    metrics.router,
    reports.router,
    export.router,
    health.router,
    start.router,
)


class Application(FastAPI):
    """The framework, and a way past it for the server to take (``DirectProtocol``)."""

    direct: Direct | None = None
    connections: Connections


def create_app(settings: Settings, clock: Callable[[], datetime] = now) -> Application:
    """The service with these settings; its worker process runs while the app does. ``clock`` tells the time by which it is today somewhere."""
    app = Application(
        title="Stakeholder graph", version=VERSION, lifespan=_lifespan, redirect_slashes=False, docs_url=None, openapi_url=None,
        dependencies=[Depends(only_known_parameters)],
        redoc_url=None, description="Who matters to a company, what flows between them, and why. Errors are problems (RFC 9457).",
    )  # fmt: skip
    app.state.service = Service(settings, clock)
    app.state.worker = WorkerProcess(app.state.service) if settings.worker else None
    app.state.calculator = Calculator(settings)
    app.state.registry = CollectorRegistry()
    app.state.registry.register(ServiceGauges(app.state.service))
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=app.state.registry)
    request_metrics = RequestMetrics(app.state.registry)
    app.state.gate = Gate(settings)
    app.connections = Connections(settings)
    if settings.fast_path:
        app.direct = Direct(neighborhood.PATH, partial(neighborhood.answer_at_once, app.state.service), request_metrics.count, app.state.gate)
    for router in ROUTERS:
        app.include_router(router)
    for error in HANDLERS:
        app.add_exception_handler(error, answer_error)
    app.add_middleware(LastResort)
    app.add_middleware(BodyLimits, settings=settings)
    app.add_middleware(HeadAsGet)
    app.add_middleware(SegmentedPaths)
    app.add_middleware(Guarded, gate=app.state.gate, sign_in_page=sign_in_page_of)
    app.add_middleware(CountedRequests, metrics=request_metrics)
    describe(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service, worker = app.state.service, app.state.worker
    if worker is not None:
        worker.start()
        service.jobs.wake = worker.wake
    yield
    if worker is not None:
        worker.stop()
    app.state.calculator.close()
    service.close()
