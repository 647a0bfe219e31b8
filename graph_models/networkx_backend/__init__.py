"""Our graphs as graphs that networkx functions accept, through networkx's own backend dispatch.

``networkx.pagerank(graph(ecosystem, "influence"))`` runs on arrays; a function that has no array code here gets a plain networkx
graph. networkx reads :func:`info` while it is being imported: nothing here may import it, or anything large, at the top.
"""

from graph_models.networkx_backend.dispatch import backend, dispatched
from graph_models.networkx_backend.registration import NAME, info

__all__ = ["NAME", "backend", "dispatched", "info"]
