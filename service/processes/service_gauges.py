"""Gauges of the service for Prometheus: jobs, workspaces, sizes of stores and of the files of loaded ecosystems."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from prometheus_client import Metric
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

from service.analysis.ecosystem_files import ecosystem_files
from service.jobs.job import State
from service.stores.registry import store_files
from service.workspaces.context import Service


class ServiceGauges(Collector):
    """Read from the catalog and the data directory at each scrape, so that every process of the service answers the same."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def describe(self) -> list[Metric]:
        """Nothing: a registry must not read the catalog when the collector joins it."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Jobs by state, workspaces, bytes of each store, and files and bytes of loaded ecosystems."""
        yield self._jobs()
        workspaces = [workspace.id for workspace in self._service.catalog.workspaces()]
        yield GaugeMetricFamily("stakeholder_graph_workspaces", "Workspaces of the service", value=len(workspaces))
        stores = GaugeMetricFamily("stakeholder_graph_store_bytes", "Bytes of the embedded store of a workspace", labels=("workspace",))
        for workspace in workspaces:
            if files := store_files(self._service.settings, workspace):
                stores.add_metric((workspace,), sum(map(_size, files)))
        yield stores
        sizes = [found.st_size for _, found in ecosystem_files(self._service.settings.data_directory)]
        yield GaugeMetricFamily("stakeholder_graph_ecosystem_files", "Loaded ecosystems that wait as files", value=len(sizes))
        yield GaugeMetricFamily("stakeholder_graph_ecosystem_bytes", "Bytes of the loaded ecosystems that wait as files", value=sum(sizes))

    def _jobs(self) -> Metric:
        jobs = GaugeMetricFamily("stakeholder_graph_jobs", "Jobs of the service by state", labels=("state",))
        counts = self._service.jobs.counts()
        for state in get_args(State):
            jobs.add_metric((state,), counts.get(state, 0))
        return jobs


def _size(path: Path) -> int:
    """Bytes of a file; 0 where it is gone meanwhile."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
