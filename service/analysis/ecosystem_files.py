"""Loaded ecosystems as files beside what else is kept of a workspace: made once for an instant, mapped by every process that computes.

A file holds one Arrow stream a family, then JSON that says where each is, then a checksum of it all. It is there whole or not at all, for it is
renamed when it is on the disk; one that is damaged nevertheless is made anew. What is mapped stays readable when its file is removed.
"""

from __future__ import annotations

import mmap
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
from filelock import FileLock, Timeout

from graph_models.ecosystem.column_schema import FAMILIES, HOT, schema_of
from graph_models.ecosystem.columns import Columns, filled, said_in
from graph_models.errors import NotFound
from graph_models.records.dates import day_text
from service.core.logging import logger
from service.stores.interface.store import At
from service.workspaces.context import Service

DIRECTORY = "ecosystems"
FORMAT = repr((1, FAMILIES, HOT))
"""Files of another make have other names, and go as they grow old."""
LOCK_FILE = "making.lock"
LOCK_S = 600.0
_ALIGNED = 64
_CHECKED = 1 << 17
"""Words of eight bytes that are summed up as one."""
_SUM = 16
_log = logger(__name__)


class _About(msgspec.Struct):
    """What stands at the end of a file: the digest of its columns, and of each family its rows, and where its stream begins and ends."""

    digest: str
    families: dict[str, tuple[int, int, int]]


def columns_at(service: Service, workspace_id: str, at: At, recorded_at: str) -> Columns:
    """The columns of a workspace at an instant, out of their file; they are loaded and kept first where there is none.

    ``recorded_at`` is the time of the revision: a workspace that was deleted and made anew counts from 1 again.
    """
    store, limit = service.store(workspace_id), service.settings.ecosystem_cache_mb << 20
    if not limit:
        return store.columns(at)
    path = service.directory(workspace_id, DIRECTORY) / file_name(at, recorded_at)
    found = mapped(path)
    if found is None:
        with _alone(path.parent):
            found = mapped(path)  # by now somebody else may have made it
            if found is None:
                found = _kept(path, store.columns(at))
        _keep_to(limit, service.settings.data_directory, path)
        _gone_with_its_workspace(service, workspace_id, path.parent)
    return found


def file_name(at: At, recorded_at: str) -> str:
    """The file of an instant."""
    assert at.day is not None
    return f"{at.revision}-{day_text(at.day)}-{blake2b(f'{FORMAT} {recorded_at}'.encode(), digest_size=6).hexdigest()}.arrow"


def _kept(path: Path, columns: Columns) -> Columns:
    """The same columns out of their file; as they are where it cannot be written, for what is kept only saves work."""
    try:
        write(path, columns)
    except OSError as error:
        _log.warning("an ecosystem could not be kept", extra={"file": str(path), "reason": str(error)})
        return columns
    return mapped(path) or columns


def write(path: Path, columns: Columns) -> None:
    """Make a file; raises ``OSError`` and leaves nothing where it cannot."""
    making = path.with_name(f"{path.name}.{os.getpid()}.making")
    try:
        with pa.OSFile(str(making), "wb") as file:
            families = {family: _stream(file, columns[family]) for family in FAMILIES}
            about = msgspec.json.encode(_About(columns.digest, families))
            file.write(about + len(about).to_bytes(8, "little"))
        with making.open("r+b") as whole:
            with _mapping(whole.fileno()) as content:
                checked = _sum(content, len(content))
            whole.seek(0, os.SEEK_END)
            whole.write(checked)
            whole.flush()
            os.fsync(whole.fileno())
        making.replace(path)
    finally:
        making.unlink(missing_ok=True)


def _stream(file: pa.NativeFile, table: pa.Table) -> tuple[int, int, int]:
    file.write(b"\0" * (-file.tell() % _ALIGNED))
    begin = file.tell()
    said = said_in(table).combine_chunks()
    with pa.ipc.new_stream(file, said.schema) as writer:
        writer.write_table(said)
    return len(table), begin, file.tell()


def mapped(path: Path) -> Columns | None:
    """The columns in a file, which stay on its pages; ``None`` where there is none, or it is damaged (then it is removed)."""
    try:
        with path.open("rb") as file:
            content = _mapping(file.fileno())
        os.utime(path)
    except (OSError, ValueError):  # an empty file cannot be mapped
        return None
    end = len(content) - _SUM
    if end < _SUM or content[end:] != _sum(content, end):
        _log.warning("a kept ecosystem is damaged and made anew", extra={"file": str(path)})
        path.unlink(missing_ok=True)
        return None
    length = int.from_bytes(content[end - 8 : end], "little")
    about = msgspec.json.decode(content[end - 8 - length : end - 8], type=_About)
    pages = pa.py_buffer(content)
    tables = {family: _table(pages, family, *about.families[family]) for family in FAMILIES}
    return Columns(tables, about.digest)


def _table(pages: pa.Buffer, family: str, rows: int, begin: int, end: int) -> pa.Table:
    schema = schema_of(family)
    return filled(pa.ipc.open_stream(pages.slice(begin, end - begin)).read_all(), schema) if rows else schema.empty_table()


def _mapping(descriptor: int) -> mmap.mmap:
    return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)


def _sum(content: mmap.mmap, end: int) -> bytes:
    """A checksum as fast as memory is read: sums of words over blocks, hashed. One flipped bit changes a sum, a torn or moved block several."""
    words = np.frombuffer(content, np.uint64, end // 8)
    whole = len(words) // _CHECKED * _CHECKED
    sums = words[:whole].reshape(-1, _CHECKED).sum(axis=1, dtype=np.uint64)
    rest = words[whole:].tobytes() + content[len(words) * 8 : end]
    del words  # it holds on to the mapping
    return blake2b(sums.tobytes() + rest + end.to_bytes(8, "little"), digest_size=_SUM).digest()


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """One process at a time makes files of a workspace. The lock goes with its process; without a lock some work is done twice, no more."""
    lock = FileLock(directory / LOCK_FILE, timeout=LOCK_S)
    try:
        lock.acquire()
    except (OSError, Timeout) as error:
        _log.warning("an ecosystem is made without a lock", extra={"reason": str(error)})
    try:
        if lock.is_locked:
            for left in directory.glob("*.making"):
                left.unlink(missing_ok=True)
        yield
    finally:
        lock.release()


def ecosystem_files(data: Path) -> list[tuple[Path, os.stat_result]]:
    """The files of loaded ecosystems of all workspaces, with their sizes and times."""
    found = []
    for path in data.glob(f"*.files/{DIRECTORY}/*.arrow"):
        try:
            found.append((path, path.stat()))
        except FileNotFoundError:
            continue
    return found


def _keep_to(limit: int, data: Path, newest: Path) -> None:
    """Remove the longest unused files of all workspaces until the rest is within the limit."""
    sizes = sorted((found.st_mtime, found.st_size, path) for path, found in ecosystem_files(data))
    total = sum(size for _, size, _ in sizes)
    for _, size, path in sizes:
        if total > limit and path != newest:
            path.unlink(missing_ok=True)
            total -= size


def _gone_with_its_workspace(service: Service, workspace_id: str, directory: Path) -> None:
    try:
        service.workspace(workspace_id)
    except NotFound:  # it was deleted while this was made
        shutil.rmtree(directory, ignore_errors=True)
        raise
