"""What the API, the worker and the command line all stand on: settings, catalog, jobs, and the stores, opened once a workspace."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from graph_models.decoding import decode_request
from graph_models.errors import InvalidInput, OneWorkspace, StoreUnavailable
from graph_models.records.dates import day_of, local_day, now, time_zones
from graph_models.records.validation import has_control_characters
from graph_models.records.vocabulary import BUILT_IN, Terms, Vocabulary, entries, own_body, with_own
from service.catalog.catalog import Catalog, Workspace
from service.core.logging import logger
from service.core.settings import Settings
from service.jobs.queue import Jobs
from service.stores.interface.store import UNSIGNED, Believed, Change, Store, Writing
from service.stores.registry import embedded_path, holds_one_workspace, open_store, store_files, stores_there
from service.stores.sqlite.schema import RESTORE
from service.workspaces.own_terms import terms_with

CATALOG_FILE = "service.sqlite3"
UNFINISHED = ".making"
"""The end of the name of a file or directory that is being written; it gets its own name when it is whole."""
UNFINISHED_S = 3600.0
FREE_BYTES = 64 << 20
"""With less room than this on the disk the service is not ready: a batch may need as much."""
_log = logger(__name__)


class Service:
    """One process's way to everything that is kept."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = now) -> None:
        """``clock`` tells the time by which it is today somewhere."""
        self.settings = settings
        self.clock = clock
        path = settings.data_directory / CATALOG_FILE
        if not (path.exists() and path.stat().st_size) and (there := stores_there(settings, path)):
            raise StoreUnavailable(
                f"The service's own file {path} is gone, but {there[0].parent} holds {len(there)} stores ({', '.join(found.name for found in there[:5])}): "
                "put that file back (from a backup), or move the stores away to begin anew"
            )
        self.catalog = Catalog(path)
        self.jobs = Jobs(self.catalog, of_workspace=settings.jobs_per_workspace, in_all=settings.jobs_in_all)
        self._stores: dict[str, Store] = {}
        self._opening = threading.Lock()

    def workspace(self, workspace_id: str) -> Workspace:
        """Raises ``NotFound``."""
        return self.catalog.workspace(workspace_id)

    def vocabulary(self, workspace_id: str) -> Vocabulary:
        """The product's vocabulary together with the workspace's own: the catalog has a copy, the store the truth while somebody writes to it."""
        if self.catalog.terms_are_coming(workspace_id) and (terms := self.store(workspace_id).terms()) is not None:
            return _with_own(terms.body)
        return self.catalog.vocabulary(workspace_id)

    def default_day(self, workspace: Workspace) -> str:
        """The day that a read is of which names none: the workspace's own choice, else today in its time zone."""
        return workspace.default_as_of or self.today(workspace)

    def today(self, workspace: Workspace) -> str:
        """The day that it is in a workspace's time zone."""
        return local_day(self.clock(), workspace.zone)

    def store(self, workspace_id: str) -> Store:
        """The workspace's records. Raises ``NotFound`` where there is no such workspace, ``StoreUnavailable`` where its store cannot be opened."""
        self.catalog.workspace(workspace_id)
        store = self._stores.get(workspace_id)
        if store is None:
            with self._opening:
                store = self._stores.get(workspace_id)
                if store is None:
                    store = self._stores[workspace_id] = self._open(workspace_id)
        return store

    def _open(self, workspace_id: str) -> Store:
        """Open a store; it must be the one that was made for the workspace. A file that is gone is never made anew."""
        expected = self.catalog.store_of(workspace_id)
        files = store_files(self.settings, workspace_id)[:1]
        for path in files if expected is not None else ():
            if not (path.exists() and path.stat().st_size):
                raise StoreUnavailable(f"The file {path} of workspace {workspace_id!r} is gone or empty; {RESTORE}")
        store = open_store(self.settings, workspace_id)
        if not files and expected is None:
            return store  # a server gets its name when a workspace is made in it, if it runs
        try:
            identity = store.identify(expected)
        except BaseException:
            store.close()
            raise
        if expected is None:
            self.catalog.remember_store(workspace_id, identity)
        return store

    def opened(self, workspace_id: str) -> Store | None:
        """The store of a workspace where this process has it open already."""
        return self._stores.get(workspace_id)

    def close_stores(self) -> None:
        """Let go of all stores; they are opened again when they are asked for."""
        with self._opening:
            while self._stores:
                self._stores.popitem()[1].close()

    def directory(self, workspace_id: str, *names: str) -> Path:
        """A directory for the files of a workspace (snapshots, results, reports, uploads); made where it is absent."""
        path = self._files(workspace_id).joinpath(*names)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def create_workspace(self, fields: dict[str, Any]) -> Workspace:
        """Raises ``InvalidInput``, ``AlreadyExists``, ``OneWorkspace``."""
        workspace = workspace_of(fields)
        self.remove_leftovers()
        there = [path for path in store_files(self.settings, workspace.id)[:1] if path.exists() and path.stat().st_size]
        if not self.catalog.add_workspace(workspace, only_one=holds_one_workspace(self.settings)):
            raise OneWorkspace("This store holds one workspace, and it is taken; DELETE it to free the place")
        try:
            if there and self.store(workspace.id).head():
                raise StoreUnavailable(
                    f"The file {there[0]} holds records of a workspace that the service does not know; move it away, or put the catalog back"
                )
            store = self.store(workspace.id)
            with suppress(StoreUnavailable):  # a server that does not run yet, as for a first load from files
                self.catalog.remember_store(workspace.id, store.identify(self.catalog.store_of(workspace.id)))
        except BaseException:
            self._let_go(workspace.id)
            self.catalog.remove_workspace(workspace.id)
            raise
        return workspace

    def change_workspace(self, workspace_id: str, fields: dict[str, Any]) -> Workspace:
        """Change the named fields; the id stays."""
        before = msgspec.to_builtins(self.workspace(workspace_id))
        if fields.get("id", workspace_id) != workspace_id:
            raise InvalidInput.of("read-only", "the id of a workspace does not change", "id")
        workspace = workspace_of(before | fields)
        self.catalog.change_workspace(workspace)
        return workspace

    def delete_workspace(self, workspace_id: str) -> dict[str, Any]:
        """Forget a workspace: its records, its files, and what the catalog has of it."""
        self.catalog.workspace(workspace_id)
        files = store_files(self.settings, workspace_id)
        if not files:
            self._clear(workspace_id)
        self._let_go(workspace_id)
        self.catalog.remove_workspace(workspace_id, [*files, self._files(workspace_id)])
        self.remove_leftovers()
        return {"id": workspace_id, "deleted": True}

    def _clear(self, workspace_id: str) -> None:
        """Empty the server that holds the workspace; one that is not its own any more is left alone."""
        try:
            self.store(workspace_id).clear()
        except StoreUnavailable as error:
            if "is_another" not in error.facts:
                raise

    def _let_go(self, workspace_id: str) -> None:
        with self._opening:
            store = self._stores.pop(workspace_id, None)
        if store is not None:
            store.close()

    def remove_leftovers(self) -> None:
        """Remove the files of deleted workspaces; what cannot be removed now is tried again at the next start."""
        for name in self.catalog.leftovers():
            path = Path(name)
            try:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            except OSError as error:
                _log.warning("a file of a deleted workspace stays for now", extra={"path": name, "reason": str(error)})
            else:
                self.catalog.forget_leftover(name)

    def extend_vocabulary(self, workspace_id: str, terms: Terms, writing: Writing = UNSIGNED) -> Vocabulary:
        """Add entries of the workspace's own, as a revision of its store. ``InvalidInput`` where one clashes."""
        vocabulary = self.vocabulary(workspace_id)
        after = own_body(vocabulary.extended(terms))

        def plan(believed: Believed) -> Change | None:
            nonlocal after
            changed = terms_with(believed, vocabulary, [terms])
            after = changed or believed.terms() or after
            return None if changed is None and writing.key is None else Change((), (), {"terms": sum(map(len, entries(terms)))}, lambda _: after, terms=changed)

        with self.terms_coming(workspace_id):
            revision = self.store(workspace_id).write(plan, writing)
        return with_own(after if revision is None or revision.answer is None else revision.answer)

    @contextmanager
    def terms_coming(self, workspace_id: str) -> Iterator[None]:
        """Own terms are written inside: whoever asks for the vocabulary meanwhile, or after a sudden end, asks the store.

        The store has the terms in the transaction of the records that bring them. The catalog's copy, by which they are read quickly, follows.
        """
        store = self.store(workspace_id)
        self.catalog.terms_begin(workspace_id)
        try:
            yield
        finally:
            with suppress(StoreUnavailable):  # then the store goes on being asked
                terms = store.terms()
                self.catalog.terms_end(workspace_id, *((None, 0) if terms is None else terms))

    def _files(self, workspace_id: str) -> Path:
        return embedded_path(self.settings.data_directory, workspace_id).with_suffix(".files")

    def sweep_unfinished(self) -> None:
        """Remove what a process that was killed had begun to write. What is young may be another process's, at work."""
        for workspace in self.catalog.workspaces():
            for path in self._files(workspace.id).glob(f"*/*{UNFINISHED}"):
                if time.time() - path.stat().st_mtime < UNFINISHED_S:
                    continue
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)

    def readiness(self) -> dict[str, str]:
        """What must answer before requests can be served -> ``ok`` or the reason why it does not."""
        checks = {"catalog": "ok", "store": "ok", "disk": "ok"}
        try:
            self.catalog.check()
        except StoreUnavailable as error:
            checks["catalog"] = error.message
        try:
            for store in self._stores_to_check():
                store.check()
        except StoreUnavailable as error:
            checks["store"] = error.message
        for directory in {self.settings.data_directory, self.settings.store_directory or self.settings.data_directory}:
            if (free := shutil.disk_usage(directory).free) < FREE_BYTES:
                checks["disk"] = f"{directory} has {free >> 20} MiB left, and {FREE_BYTES >> 20} are needed: make room, or move the data"
        return checks

    def _stores_to_check(self) -> list[Store]:
        """Those that are open, and those whose file is not there; else that of any workspace: opening one asks it too."""
        workspaces = [workspace.id for workspace in self.catalog.workspaces()]
        gone = [name for name in workspaces if name not in self._stores and any(not path.exists() for path in store_files(self.settings, name)[:1])]
        return [*(self.store(name) for name in gone), *self._stores.values()] or [self.store(name) for name in workspaces[:1]]

    def close(self) -> None:
        """Let go of all stores and files."""
        self.close_stores()
        self.catalog.close()


_with_own = lru_cache(maxsize=64)(with_own)


def workspace_of(fields: dict[str, Any]) -> Workspace:
    """A valid workspace from JSON; ``InvalidInput`` names the field."""
    workspace = decode_request({name: value for name, value in fields.items() if not (name == "name" and value is None)}, Workspace)
    if has_control_characters(workspace.id):
        raise InvalidInput.of("control-character", "an id has no control characters", "id")
    if workspace.base_currency not in BUILT_IN.currencies:
        raise InvalidInput.of("unknown-currency", f"{workspace.base_currency!r} is no ISO 4217 code", "base_currency")
    if workspace.time_zone is not None and workspace.time_zone not in time_zones():
        raise InvalidInput.of("unknown-time-zone", f"{workspace.time_zone!r} is no IANA time zone like Asia/Shanghai or UTC", "time_zone")
    if workspace.default_as_of is not None:
        _check_day(workspace.default_as_of)
    return workspace


def _check_day(text: str) -> None:
    try:
        day_of(text)
    except ValueError as error:
        raise InvalidInput.of("bad-date", str(error), "default_as_of") from None
