"""A full disk is a clear error, and nothing is half written: the system refuses files above a size, as it does when the disk is full."""

from __future__ import annotations

import errno
import io
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from graph_models.errors import OutcomeUnknown, StoreUnavailable
from graph_models.records.vocabulary import BUILT_IN
from service.cli.records import _written
from service.core.settings import Settings
from service.exports.registry import exported, format_named
from service.facts.batches import take_batch
from service.http.problems import problem_of
from service.imports.pipeline.uploads import take_in
from service.stores.interface.store import At, Writing
from service.workspaces.context import Service

LINE = b'{"type":"party","id":"p%d","name":"Party with a name that takes some room %d","kind":"organization"}'


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file of this process may grow beyond a size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(Settings(store=f"sqlite:///{tmp_path}"))  # type: ignore[arg-type]
    service.create_workspace({"id": "w", "name": "w"})
    yield service
    service.close()


def test_a_batch_that_does_not_fit_is_refused_whole_and_fits_once_there_is_room(service: Service) -> None:
    take_batch(service, "w", LINE % (0, 0), "abort", Writing())
    batch = b"\n".join(LINE % (n, n) for n in range(1, 20_000))
    with full_disk(2 << 20), pytest.raises((StoreUnavailable, OutcomeUnknown)) as caught:
        take_batch(service, "w", batch, "abort", Writing(key="k", body_hash="h"))
    assert problem_of(caught.value)["status"] == 503
    assert service.store("w").head() == 1
    assert service.store("w").count("party", {}, At()) == 1
    done = take_batch(service, "w", batch, "abort", Writing(key="k", body_hash="h"))
    assert (done.created, done.revision) == (19_999, 2)


def test_an_upload_that_does_not_fit_leaves_nothing(service: Service) -> None:
    with full_disk(1 << 20), pytest.raises(OSError, match="large") as caught:
        take_in(service, "w", [("a.csv", io.BytesIO(b"x" * (3 << 20)))])
    assert caught.value.errno == errno.EFBIG
    assert (problem_of(caught.value)["status"], problem_of(caught.value)["type"]) == (503, "/problems/store-unavailable")
    assert list(service.directory("w", "uploads").iterdir()) == []


def test_an_export_that_does_not_fit_leaves_no_file(service: Service, tmp_path: Path) -> None:
    take_batch(service, "w", b"\n".join(LINE % (n, n) for n in range(20_000)), "abort", Writing())
    blocks = exported(service.store("w"), BUILT_IN, format_named("ndjson"))
    target = tmp_path / "out" / "export.ndjson"
    target.parent.mkdir()
    with full_disk(1 << 20), pytest.raises(OSError, match="large"):
        _written(target, blocks)
    assert list(target.parent.iterdir()) == []
