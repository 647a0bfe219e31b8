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
from graph_models.time import day_of, local_day, now, time_zones
from graph_models.validation import has_control_characters
from graph_models.vocabulary import BUILT_IN, Terms, Vocabulary, entries, own_body, with_own
from service.catalog import Catalog, Workspace
from service.jobs import Jobs
from service.settings import Settings
from service.stores import embedded_path, holds_one_workspace, open_store
from service.stores.store import UNSIGNED, Believed, Change, Store, Writing
from service.writes import terms_with

CATALOG_FILE = "service.sqlite3"
UNFINISHED = ".making"
"""The end of the name of a file or directory that is being written; it gets its own name when it is whole."""
UNFINISHED_S = 3600.0


class Service:
    """One process's way to everything that is kept."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = now) -> None:
        """``clock`` tells the time by which it is today somewhere."""
        self.settings = settings
        self.clock = clock
        self.catalog = Catalog(settings.data_directory / CATALOG_FILE)
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
                    store = self._stores[workspace_id] = open_store(self.settings, workspace_id)
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
        if not self.catalog.add_workspace(workspace, only_one=holds_one_workspace(self.settings)):
            raise OneWorkspace("This store holds one workspace, and it is taken; DELETE it to free the place")
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
        store = self.store(workspace_id)
        store.clear()
        with self._opening:
            self._stores.pop(workspace_id, None)
        store.close()
        self.catalog.remove_workspace(workspace_id)
        shutil.rmtree(self._files(workspace_id), ignore_errors=True)
        return {"id": workspace_id, "deleted": True}

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
        checks: dict[str, str] = {}
        try:
            checks["catalog"] = "ok"
            for store in self._stores_to_check():
                store.check()
            checks["store"] = "ok"
        except StoreUnavailable as error:
            checks["store"] = error.message
        return checks

    def _stores_to_check(self) -> list[Store]:
        """Those that are open, else that of any workspace: opening one asks it too."""
        opened = list(self._stores.values())
        return opened or [self.store(workspace.id) for workspace in self.catalog.workspaces()[:1]]

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
