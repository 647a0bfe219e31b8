"""An import whose process is killed on the spot goes on after a restart: nothing is lost, nothing is doubled, the counts are honest."""

from __future__ import annotations

import io
import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.core.settings import Settings, read_settings
from service.exports.registry import exported, format_named
from service.facts.reading import every_revision
from service.imports.pipeline import rollback
from service.imports.pipeline.submission import submit_import
from service.jobs.job import Job, no_progress
from service.stores.interface.store import Writing
from service.stores.registry import open_store
from service.workspaces.context import Service
from tests.conftest import WORKSPACE
from tests.crash.dying import forked

SEED = 20261124
KILLS, GROUPS = 104, 4
TOGETHER_KILLS = 26
NEO4J_KILLS = 10
COUNTS = ("accepted", "created", "updated", "unchanged", "rejected")
COUNTED = {"accepted": 401, "created": 400, "updated": 1, "unchanged": 0, "rejected": 0}


def records() -> list[dict[str, Any]]:
    """Own terms, documents, parties, facts that come before their parties, and a change to what is there already."""
    parties = [{"type": "party", "id": f"p{n}", "name": f"Party {n}", "kind": "organization"} for n in range(100)]
    about = {"type": "value_flow", "target": "firm", "kind": "money", "currency": "CNY", "evidence": [{"document_id": "d"}]}
    flows = [about | {"id": f"v{n}", "source": f"p{n % 100}", "amount": str(n)} for n in range(250)]
    terms = {"type": "vocabulary", "roles": [{"id": "tester", "label": {"en": "Tester", "zh": "测试者"}}]}
    roles = [{"type": "role", "id": f"r{n}", "source": f"p{n}", "target": "firm", "role": "tester"} for n in range(49)]
    firm = {"type": "party", "id": "firm", "name": "Firm", "kind": "organization"}
    return [terms, *flows[:50], {"type": "document", "id": "d", "title": "D"}, firm, *parties, *roles, *flows[50:]]


def submitted(settings: Settings, content: bytes) -> str:
    """A workspace with one record that the import changes, and the import queued."""
    service = Service(settings)
    service.create_workspace({"id": WORKSPACE, "name": "w", "focal_party_id": "firm"})
    before = b'{"type":"party","id":"p7","name":"Formerly","kind":"organization"}'
    from service.facts.batches import take_batch

    take_batch(service, WORKSPACE, before, "abort", Writing())
    options = {"mapping": None, "dry_run": False, "on_error": "abort"}
    job = submit_import(service, WORKSPACE, [("records.ndjson", io.BytesIO(content))], options, Writing(who="somebody"))
    service.close()
    return job.id


@pytest.fixture(scope="module")
def content() -> bytes:
    return b"\n".join(json.dumps(record).encode() for record in records())


class Prepared:
    """A data directory with the import queued, to be copied for each kill; and what an import that nobody disturbs comes to."""

    def __init__(self, directory: Path, content: bytes, counts: dict[str, int] = COUNTED) -> None:
        self.directory = directory / "prepared"
        self.job = submitted(self.settings(self.directory), content)
        undisturbed = self.copy(directory / "undisturbed")
        killed, self.statements = forked(undisturbed)
        assert not killed
        self.export, done = outcome(undisturbed, self.job)
        self.counts = {name: done.result[name] for name in COUNTS} if done.result else {}
        assert self.counts == counts

    def settings(self, directory: Path) -> Settings:
        return Settings(store=f"sqlite:///{directory}")  # type: ignore[arg-type]

    def copy(self, directory: Path) -> Settings:
        """The prepared directory at another place; the job's files are found there."""
        shutil.copytree(self.directory, directory)
        settings = self.settings(directory)
        moved(settings, str(self.directory), str(directory))
        return settings


def moved(settings: Settings, here: str, there: str) -> None:
    service = Service(settings)
    with service.catalog.writing() as connection:
        connection.execute("UPDATE jobs SET arguments = CAST(replace(CAST(arguments AS TEXT), ?, ?) AS BLOB)", (here, there))
    service.close()


def outcome(settings: Settings, job_id: str) -> tuple[bytes, Job]:
    """What is believed in the end, and the job."""
    service = Service(settings)
    content = b"".join(exported(service.store(WORKSPACE), service.vocabulary(WORKSPACE), format_named("ndjson")))
    job = service.jobs.get(job_id)
    service.close()
    return content, job


def assert_nothing_lost_or_doubled(settings: Settings, job: Job, wanted: dict[str, int]) -> None:
    assert job.state == "done", job
    assert job.result is not None
    assert {name: job.result[name] for name in COUNTS} == wanted
    service = Service(settings)
    own = [revision for revision in every_revision(service.store(WORKSPACE)) if revision.import_id == job.result["import_id"]]
    assert sum((Counter(revision.counts) for revision in own), Counter())["created"] == wanted["created"]
    assert list(service.directory(WORKSPACE, "uploads").iterdir()) == []
    assert service.catalog.thing(WORKSPACE, "import", job.result["import_id"])["state"] == "done"
    service.close()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> Iterator[Prepared]:
    directory = tmp_path_factory.mktemp("crash")
    yield Prepared(directory, content)
    shutil.rmtree(directory, ignore_errors=True)


def killed_at(prepared: Prepared, directory: Path, part: float) -> Settings:
    """A copy of the import that was killed after this part of its statements.

    How many statements there are hangs on the clock, too: progress is noted by time. One that was done before its statement says how many it had.
    """
    statements = prepared.statements
    for attempt in range(3):
        settings = prepared.copy(directory / str(attempt))
        killed, begun = forked(settings, statement=1 + int(part * statements * 0.999))
        if killed:
            return settings
        statements = begun
    raise AssertionError(f"the import was never killed: it had {statements} statements")


@pytest.mark.parametrize("group", range(GROUPS))
def test_a_killed_import_goes_on_after_a_restart(prepared: Prepared, tmp_path: Path, group: int) -> None:
    """One kill at every so many-th statement, in each stretch at a random one: all stages of the job have their share."""
    chance = random.Random(SEED + group)
    for number in range(KILLS // GROUPS):
        settings = killed_at(prepared, tmp_path / str(number), (number + chance.random()) / (KILLS // GROUPS))
        assert not forked(settings)[0]
        export, job = outcome(settings, prepared.job)
        assert export == prepared.export
        assert_nothing_lost_or_doubled(settings, job, prepared.counts)
        shutil.rmtree(tmp_path / str(number))


def test_a_killed_import_that_is_written_in_one_transaction_was_nothing_and_is_all(tmp_path: Path, content: bytes) -> None:
    """In order and without terms of its own, it is written while it is read: nobody ever sees a part of it."""
    lines = sorted((line for line in content.split(b"\n") if b'"vocabulary"' not in line and b'"tester"' not in line), key=lambda line: b"value_flow" in line)
    prepared = Prepared(tmp_path, b"\n".join(lines), {**COUNTED, "accepted": 352, "created": 351})
    before, _ = outcome(prepared.copy(tmp_path / "before"), prepared.job)
    chance = random.Random(SEED)
    for number in range(TOGETHER_KILLS):
        settings = killed_at(prepared, tmp_path / str(number), (number + chance.random()) / TOGETHER_KILLS)
        assert outcome(settings, prepared.job)[0] in (before, prepared.export)
        assert not forked(settings)[0]
        export, job = outcome(settings, prepared.job)
        assert export == prepared.export
        assert_nothing_lost_or_doubled(settings, job, prepared.counts)
        shutil.rmtree(tmp_path / str(number))


def test_one_killed_twice_is_failed_and_is_taken_back_whole(prepared: Prepared, tmp_path: Path) -> None:
    """A job that kills its worker again and again must not do so for ever."""
    settings = prepared.copy(tmp_path / "w")
    before = outcome(settings, prepared.job)[0]
    for part in (0.5, 0.1):
        assert forked(settings, statement=int(prepared.statements * part))[0]
    assert not forked(settings)[0]
    export, job = outcome(settings, prepared.job)
    assert (job.state, job.problem and job.problem["type"]) == ("failed", "/problems/worker-died")
    assert before != export
    service = Service(settings)
    (begun,) = service.catalog.things(WORKSPACE, "import")
    assert begun["state"] == "writing"
    rollback.run_job(service, WORKSPACE, {"import_id": begun["import_id"]}, no_progress)
    service.close()
    assert [line for line in outcome(settings, prepared.job)[0].splitlines() if b'"vocabulary"' not in line] == before.splitlines()


@pytest.mark.neo4j
def test_a_killed_import_into_neo4j_goes_on_after_a_restart(neo4j_address: str, content: bytes, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    exports = set()
    took = 2.0
    for number in range(NEO4J_KILLS + 1):
        store = open_store(read_settings(store=neo4j_address), WORKSPACE)
        store.clear()
        store.close()
        settings = Settings(store=neo4j_address, data=tmp_path / str(number))  # type: ignore[arg-type]
        job_id = submitted(settings, content)
        if number:
            forked(settings, seconds=max(took * (number - chance.random()) / NEO4J_KILLS, 0.05))
        else:
            begin = time.monotonic()
            assert not forked(settings)[0]
            took = time.monotonic() - begin
        forked(settings)
        export, job = outcome(settings, job_id)
        exports.add(export)
        assert_nothing_lost_or_doubled(settings, job, COUNTED)
    assert len(exports) == 1
