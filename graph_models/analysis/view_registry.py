"""What an analysis shows beside scores, in one visible list: pure functions from an ecosystem and parameters to JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graph_models.customers.channels.chains_view import chains_view
from graph_models.customers.channels.customers_view import customers_view
from graph_models.metrics.stakeholders.ownership import ownership_view
from graph_models.metrics.structure.community import communities_view
from graph_models.views.bottleneck import bottleneck_view
from graph_models.views.data_quality import data_quality_view
from graph_models.views.end_customers import sinks_view
from graph_models.views.give_get import give_get_view
from graph_models.views.network import network_view
from graph_models.views.supply_tiers import tiers_view
from graph_models.views.ties import ties_view
from graph_models.views.value_loops import flows_view, loops_view

VIEWS: dict[str, Callable[..., dict[str, Any]]] = {
    "loops": loops_view,
    "flows": flows_view,
    "sinks": sinks_view,
    "bottleneck": bottleneck_view,
    "tiers": tiers_view,
    "give-get": give_get_view,
    "communities": communities_view,
    "network": network_view,
    "ownership": ownership_view,
    "ties": ties_view,
    "data-quality": data_quality_view,
    "customers": customers_view,
    "chains": chains_view,
}
"""``VIEWS[name](ecosystem, parameters, **query)``."""
