"""The stores that there are, by the scheme of their address."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from urllib.parse import quote

from service.core.settings import Settings
from service.stores.interface.store import Store
from service.stores.sqlite.store import EmbeddedStore

_PLAIN = re.compile(r"[a-z0-9_][a-z0-9_.]{0,99}")


def open_embedded(settings: Settings, workspace_id: str) -> Store:
    """One SQLite file a workspace, in the directory of the store's address."""
    assert settings.store_directory is not None
    return EmbeddedStore(embedded_path(settings.store_directory, workspace_id), busy_s=settings.deadline_s / 2)


def open_neo4j(settings: Settings, workspace_id: str) -> Store:
    """One Neo4j database, which is one workspace whatever its id; the driver is imported only where it is used."""
    from service.stores.neo4j.read_only_gate import QuestionLimits
    from service.stores.neo4j.store import Neo4jStore

    address = settings.neo4j
    questions = QuestionLimits(settings.queries_at_work, settings.queries_waiting, settings.query_bytes)
    password = address.password.get_secret_value()
    return Neo4jStore(address.uri, address.user, password, address.database, timeout_s=settings.deadline_s, questions=questions)


def unsafe_neo4j(settings: Settings) -> list[dict[str, str]]:
    """The settings of a Neo4j that leave it open."""
    from service.stores.neo4j.server_settings import unsafe_settings as unsafe

    return [item._asdict() for item in unsafe(settings.neo4j)]


STORES: dict[str, Callable[[Settings, str], Store]] = {"sqlite": open_embedded, "neo4j": open_neo4j}
"""The name of a store (``Settings.store_kind``) -> what opens it for a workspace."""


SERVERS: dict[str, Callable[[Settings], list[dict[str, str]]]] = {"neo4j": unsafe_neo4j}
"""The stores that are servers of their own -> what asks them for settings that are not safe."""
ONE_WORKSPACE = frozenset({"neo4j"})
"""The stores that hold one workspace a server."""


def holds_one_workspace(settings: Settings) -> bool:
    """Is there place for one workspace only?"""
    return settings.store_kind in ONE_WORKSPACE


def open_store(settings: Settings, workspace_id: str) -> Store:
    """The store of one workspace; ``StoreUnavailable`` where it does not answer."""
    return STORES[settings.store_kind](settings, workspace_id)


def unsafe_settings(settings: Settings) -> list[dict[str, str]]:
    """What of the store's server is set in an unsafe way: ``setting``, ``value``, ``why``; a store without a server has nothing to set."""
    if settings.store_kind not in SERVERS:
        return []
    return SERVERS[settings.store_kind](settings)


def store_files(settings: Settings, workspace_id: str) -> list[Path]:
    """The files in which a workspace has its records; none where a server has them."""
    if settings.store_directory is None:
        return []
    path = embedded_path(settings.store_directory, workspace_id)
    return [path, *(path.with_name(path.name + ending) for ending in ("-wal", "-shm"))]


def stores_there(settings: Settings, catalog: Path) -> list[Path]:
    """The files of workspaces that are in the store's directory, whoever knows of them."""
    if settings.store_directory is None:
        return []
    return [path for path in sorted(settings.store_directory.glob("*.sqlite")) if path != catalog and path.stat().st_size]


def embedded_path(directory: Path, workspace_id: str) -> Path:
    """The file of a workspace: its id where every file system tells it from all others, else with a digest of it."""
    if _PLAIN.fullmatch(workspace_id):
        return directory / f"{workspace_id}.sqlite"
    digest = blake2b(workspace_id.encode(), digest_size=12).hexdigest()
    return directory / f"{quote(workspace_id, safe='')[:100]}-{digest}.sqlite"
