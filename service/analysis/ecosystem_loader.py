"""Where a process keeps the ecosystems that it computes on."""

from __future__ import annotations

import threading
from typing import Any

from cachetools import LRUCache

from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.records.vocabulary import Vocabulary
from service.analysis.ecosystem_files import columns_at
from service.stores.interface.store import At
from service.workspaces.context import Service

ECOSYSTEMS_KEPT = 4


class Ecosystems:
    """The last few ecosystems of a process, by workspace, instant and vocabulary."""

    def __init__(self) -> None:
        self._loaded: LRUCache[tuple[Any, ...], Ecosystem] = LRUCache(ECOSYSTEMS_KEPT)
        self._making = threading.Lock()

    def get(self, service: Service, workspace_id: str, at: At, vocabulary: Vocabulary | None = None) -> Ecosystem:
        """The ecosystem of a workspace at an instant; ``at.revision`` is a number that exists, so that what is kept never grows old."""
        workspace, vocabulary = service.workspace(workspace_id), vocabulary or service.vocabulary(workspace_id)
        store = service.store(workspace_id)
        at = At(at.day, min(at.revision, store.head()))
        made = [revision.time for revision in store.revisions(at.revision - 1, 1)] or [""]  # a workspace deleted and made anew counts from 1 again
        key = (str(service.settings.data_directory), workspace, at, *made, vocabulary.hash)
        with self._making:
            ecosystem = self._loaded.get(key)
            if ecosystem is None:
                assert at.day is not None
                columns = columns_at(service, workspace_id, at, *made)
                ecosystem = Ecosystem.from_columns(columns, workspace.focal_party_id or "", at.day, workspace.base_currency, vocabulary)
                self._loaded[key] = ecosystem
            return ecosystem


ecosystems = Ecosystems()
