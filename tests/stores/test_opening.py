"""Stores are opened with the settings of the service."""

from __future__ import annotations

import socket
from contextlib import closing
from time import monotonic

import pytest

from graph_models.errors import StoreUnavailable
from service.core.settings import read_settings
from service.stores.registry import open_store

DEFAULT_S = 30.0


def test_a_neo4j_that_says_nothing_is_unavailable_after_the_deadline_of_the_settings() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, and answers none
        settings = read_settings(store=f"neo4j://neo4j:password@127.0.0.1:{silent.getsockname()[1]}/neo4j", deadline_s=1.0)
        with closing(open_store(settings, "w")) as store:
            begun = monotonic()
            with pytest.raises(StoreUnavailable):
                store.head()
            assert monotonic() - begun < DEFAULT_S / 2
