"""An import writes all or what is good, says what it did, and done again changes nothing."""

from __future__ import annotations

import json
import multiprocessing
import multiprocessing.process
import os
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from graph_models.errors import InvalidInput, JobCancelled, Malformed, NotFound
from graph_models.records.vocabulary import BUILT_IN
from service.core.settings import read_settings
from service.imports.buffers import chunk as chunks
from service.imports.buffers import chunk_spool as kept
from service.imports.formats.byte_source import FileOfSet
from service.imports.mapping.model import read_mapping
from service.imports.pipeline import chunk_writer as writing
from service.imports.pipeline import import_job as load
from service.imports.pipeline import read_process as reading
from service.imports.pipeline.import_job import ImportPlan, import_files, run_job, save_mapping, workspace_for
from service.imports.pipeline.record_files import RecordLines
from service.jobs.job import no_progress
from service.processes.worker import Worker
from service.stores.interface.store import At
from service.stores.sqlite.store import EmbeddedStore
from service.workspaces.context import Service
from tests.imports.files import made

MAPPING = """
name: payments
workspace: {name: The firm, focal_party_id: firm, base_currency: EUR, locale: zh, default_as_of: "2025-12-31"}
records:
  - {type: party, id: firm, name: Firm, kind: organization}
files:
  payments:
    pattern: "payments*"
    ignore: [note]
    records:
      - {type: party, id: "s{supplier}", name: "Supplier {supplier}", kind: organization}
      - {type: value_flow, id: "{number}", source: firm, target: "s{supplier}", kind: money, amount: "{amount}", currency: EUR, valid_from: "{date}"}
"""
HEADER = "number,date,supplier,amount,note\n"
GOOD = HEADER + "n1,2025-01,1,10.50,x\nn2,2025-02,1,20,\nn3,2025-03,2,5,\n"
BAD = HEADER + "n1,2025-01,1,10.50,x\nn2,2025-13,1,20,\nn3,2025-03,2,five,\nn4,2025-03,2,7,,surplus\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    made_store = EmbeddedStore(tmp_path / "store.sqlite3")
    yield made_store
    made_store.close()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made_service = Service(read_settings(store=f"sqlite:///{tmp_path / 'stores'}", data=tmp_path / "data"))
    yield made_service
    made_service.close()


@pytest.fixture(params=[(True, False), (True, True), (False, True), (False, False)], ids=["together", "together, apart", "checked, apart", "checked"])
def small_batches(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Batches of two records: what holds for these holds for large files. Written while they are read or checked before, read here or in another process."""
    together, apart = request.param
    monkeypatch.setattr(chunks.chunks, "__defaults__", (2,))
    monkeypatch.setattr(load, "PIECE_RECORDS", 2)
    monkeypatch.setattr(load, "TOGETHER_BYTES", 1 << 60 if together else 0)
    monkeypatch.setattr(reading, "APART_BYTES", 0 if apart else 1 << 60)
    return bool(together)


def run(store: EmbeddedStore, *files: FileOfSet, mapping: str | None = MAPPING, **options: Any) -> dict[str, Any]:
    return import_files(store, BUILT_IN, ImportPlan(files, None if mapping is None else read_mapping(mapping), **options))


def stored(store: EmbeddedStore, kind: str) -> list[str]:
    return [row.id for row in store.find(kind, {}, At(), None, 1000).rows]


def readers() -> list[multiprocessing.process.BaseProcess]:
    """The reading processes that run: they are forked, those of servers in this process are spawned."""
    return [child for child in multiprocessing.active_children() if child.name.startswith("Fork")]


def test_an_import_says_what_it_did_and_done_again_changes_nothing(store: EmbeddedStore, tmp_path: Path) -> None:
    file = made(tmp_path, "payments.csv", GOOD)
    first, again = run(store, file), run(store, file)
    assert (first["accepted"], first["created"], first["rejected"], first["revision"]) == (6, 6, 0, 1)
    assert first["by_type"] == {"party": 3, "value_flow": 3}
    assert first["columns"] == {"mapped": ["number", "date", "supplier", "amount"], "ignored": ["note"]}
    assert first["files"] == [{"file": "payments.csv", "as": "payments", "format": "csv", "encoding": "utf-8", "delimiter": ","}]
    assert (again["unchanged"], again["created"], again["updated"], again["revision"]) == (6, 0, 0, 1)
    assert [revision.import_id for revision in store.revisions(0, 10)] == [first["import_id"]]


def test_a_corrected_file_changes_what_it_corrects(store: EmbeddedStore, tmp_path: Path) -> None:
    run(store, made(tmp_path, "payments.csv", GOOD))
    result = run(store, made(tmp_path, "payments.csv", GOOD.replace("10.50", "11.00")))
    assert (result["updated"], result["unchanged"]) == (1, 5)


def test_abort_lists_every_fault_and_writes_nothing(store: EmbeddedStore, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        run(store, made(tmp_path, "payments.csv", BAD))
    assert [(error.line, error.field, error.code) for error in caught.value.errors] == [
        (3, "valid_from", "bad-date"), (4, "amount", "bad-number"), (5, None, "too-many-fields"),
    ]  # fmt: skip
    assert "column 'amount' is 'five'" in caught.value.errors[1].message
    assert store.head() == 0


def test_skip_writes_what_is_good_and_lists_the_rest(store: EmbeddedStore, tmp_path: Path) -> None:
    result = run(store, made(tmp_path, "payments.csv", BAD), on_error="skip")
    assert (result["accepted"], result["rejected"]) == (4, 3)
    assert [error["line"] for error in result["errors"]] == [3, 4, 5]
    assert stored(store, "value_flow") == ["n1"]


def test_faults_of_several_files_name_the_file(store: EmbeddedStore, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        run(store, made(tmp_path, "payments1.csv", GOOD), made(tmp_path, "payments2.csv", HEADER + "n1,2025-01,1,1,\nn9,x,1,1,\n"))
    assert [(error.line, error.message.split(":")[0], error.code) for error in caught.value.errors] == [
        (2, "payments2.csv", "duplicate"), (3, "payments2.csv", "bad-date"),
    ]  # fmt: skip


def test_a_dry_run_writes_nothing_and_shows_what_would_change(store: EmbeddedStore, tmp_path: Path) -> None:
    run(store, made(tmp_path, "payments.csv", GOOD))
    result = run(store, made(tmp_path, "payments.csv", GOOD.replace("10.50", "11.00") + "n4,2025-04,1,1,\nn5,x,1,1,\n"), dry_run=True)
    assert (result["created"], result["updated"], result["unchanged"], result["rejected"]) == (1, 1, 5, 1)
    shown = {item["id"]: item for item in result["preview"]}
    assert shown["n1"] == {"op": "update", "type": "value_flow", "id": "n1", "fields": {"amount": "11.00"}, "before": {"amount": "10.50"}}
    assert (shown["firm"]["op"], shown["firm"]["fields"], shown["n4"]["op"]) == ("unchanged", {}, "create")
    assert store.head() == 1


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("held", [1, 100_000])
def test_a_dry_run_of_a_large_import_counts_and_finds_what_the_import_does(
    store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    monkeypatch.setattr(kept, "HELD_BYTES", held)
    tried = run(store, made(tmp_path, "payments.csv", BAD), dry_run=True)
    with pytest.raises(InvalidInput) as caught:
        run(store, made(tmp_path, "payments.csv", BAD))
    assert [error["line"] for error in tried["errors"]] == [error.line for error in caught.value.errors]
    tried, done = (run(store, made(tmp_path, "payments.csv", GOOD), dry_run=dry) for dry in (True, False))
    names = ("accepted", "created", "updated", "unchanged", "rejected", "by_type")
    assert [tried[name] for name in names] == [done[name] for name in names]
    again = run(store, made(tmp_path, "payments.csv", GOOD.replace("10.50", "11.00")), dry_run=True)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 1, 5)


def test_a_preview_shows_some_of_each_kind_of_change_and_says_what_it_leaves_out(store: EmbeddedStore, tmp_path: Path) -> None:
    lines = [{"type": "party", "id": f"p{number}", "name": "x", "kind": "person"} for number in range(130)]
    run(store, made(tmp_path, "a.ndjson", "\n".join(map(json.dumps, lines[:120]))), mapping=None)
    changed = [line | {"name": "y"} for line in lines]
    result = run(store, made(tmp_path, "b.ndjson", "\n".join(map(json.dumps, changed))), mapping=None, dry_run=True)
    assert Counter(item["op"] for item in result["preview"]) == {"update": 100, "create": 10}
    assert result["preview_truncated"]["left_out"] == 20


@pytest.mark.parametrize("held", [1, 100_000])
def test_a_large_import_is_checked_as_a_whole_before_it_writes(
    store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: int, small_batches: bool
) -> None:
    monkeypatch.setattr(kept, "HELD_BYTES", held)
    with pytest.raises(InvalidInput) as caught:
        run(store, made(tmp_path, "payments.csv", BAD))
    assert [error.line for error in caught.value.errors] == [3, 4, 5]
    assert store.head() == 0
    result = run(store, made(tmp_path, "payments.csv", GOOD))
    assert (result["created"], store.head()) == (6, 1 if small_batches else 3)
    assert {revision.import_id for revision in store.revisions(0, 10)} == {result["import_id"]}
    assert run(store, made(tmp_path, "payments.csv", GOOD))["unchanged"] == 6


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("on_error", ["abort", "skip"])
def test_facts_may_come_long_before_their_parties_and_documents(store: EmbeddedStore, tmp_path: Path, on_error: str) -> None:
    lines = [
        {"type": "value_flow", "id": "v1", "source": "a", "target": "b", "kind": "money", "evidence": [{"document_id": "d"}]},
        *({"type": "party", "id": f"p{number}", "name": "x", "kind": "person"} for number in range(5)),
        {"type": "party", "id": "a", "name": "A", "kind": "person"},
        {"type": "party", "id": "b", "name": "B", "kind": "person"},
        {"type": "document", "id": "d"},
    ]
    result = run(store, made(tmp_path, "a.ndjson", "\n".join(map(json.dumps, lines))), mapping=None, on_error=on_error)
    assert (result["created"], result["rejected"]) == (9, 0)


@pytest.mark.usefixtures("small_batches")
def test_a_fact_whose_party_never_comes_is_an_error_of_its_line(store: EmbeddedStore, tmp_path: Path) -> None:
    lines = [{"type": "party", "id": f"p{number}", "name": "x", "kind": "person"} for number in range(5)]
    flow = {"type": "value_flow", "id": "v1", "source": "p0", "target": "banana", "kind": "money"}
    file = made(tmp_path, "a.ndjson", "\n".join(map(json.dumps, [flow, *lines])))
    with pytest.raises(InvalidInput) as caught:
        run(store, file, mapping=None)
    assert [(error.line, error.code, error.field) for error in caught.value.errors] == [(1, "dangling", "target")]
    result = run(store, file, mapping=None, on_error="skip")
    assert (result["created"], result["rejected"], result["errors"][0]["code"]) == (5, 1, "dangling")


@pytest.mark.usefixtures("small_batches")
def test_a_stage_that_may_not_follow_what_is_stored_aborts_a_large_import_before_it_writes(store: EmbeddedStore, tmp_path: Path) -> None:
    def role(stage: str, start: str, end: str | None) -> dict[str, Any]:
        return {"type": "role", "id": "r", "source": "p0", "target": "p1", "role": "customer", "stage": stage, "valid_from": start, "valid_to": end}

    parties = [{"type": "party", "id": f"p{number}", "name": "x", "kind": "person"} for number in range(5)]
    run(store, made(tmp_path, "a.ndjson", "\n".join(map(json.dumps, [*parties, role("active", "2024", "2024")]))), mapping=None)
    before = store.head()
    with pytest.raises(InvalidInput) as caught:
        run(store, made(tmp_path, "b.ndjson", "\n".join(map(json.dumps, [*parties, role("prospect", "2025", None)]))), mapping=None)
    assert [(error.line, error.code) for error in caught.value.errors] == [(6, "stage-not-allowed")]
    assert store.head() == before


def test_records_of_a_file_without_mapping_keep_line_and_code_of_what_is_wrong(store: EmbeddedStore, tmp_path: Path) -> None:
    good = '{"type":"party","id":"a","name":"A","kind":"person"}'
    content = f"{good}\n\nbanana\n" + '{"type":"party","id":"' + "x" * (2 << 20) + '"}\n' + good.replace('"a"', '"b"') + "\n"
    result = run(store, made(tmp_path, "a.ndjson.gz", content), mapping=None, on_error="skip")
    assert [(error["line"], error["code"]) for error in result["errors"]] == [(3, "bad-json"), (4, "too-large")]
    assert stored(store, "party") == ["a", "b"]


def test_a_survey_answer_between_two_steps_of_its_scale_is_an_error_of_its_line(store: EmbeddedStore, tmp_path: Path) -> None:
    """The whole answers of the same file are written."""
    lines = [f'{{"type":"party","id":"{party}","name":"{party}","kind":"person"}}' for party in "ab"]
    for line, value in enumerate((6, 6.5)):
        lines.append(
            f'{{"type":"touchpoint","id":"t{line}","source":"a","target":"b","kind":"survey_answer","measure":"nps","value":{value},"occurred_at":"2025"}}'
        )
    result = run(store, made(tmp_path, "a.ndjson", "\n".join(lines)), mapping=None, on_error="skip")
    assert [(error["line"], error["code"], error["field"]) for error in result["errors"]] == [(4, "out-of-range", "value")]
    assert stored(store, "touchpoint") == ["t0"]


def test_a_packed_file_that_is_cut_off_writes_nothing(store: EmbeddedStore, tmp_path: Path) -> None:
    whole = made(tmp_path, "payments.csv.gz", GOOD)
    whole.path.write_bytes(whole.path.read_bytes()[:-12])
    with pytest.raises(Malformed):
        run(store, whole)
    assert store.head() == 0


def test_an_import_without_files_or_with_two_of_one_name_is_refused(store: EmbeddedStore, tmp_path: Path) -> None:
    file = made(tmp_path, "payments.csv", GOOD)
    for plan in (ImportPlan([]), ImportPlan([file, file]), ImportPlan([file], on_error="banana")):
        with pytest.raises(InvalidInput):
            import_files(store, BUILT_IN, plan)


def test_only_so_many_errors_are_shown_and_the_rest_is_counted(store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "SHOWN_ERRORS", 2)
    result = run(store, made(tmp_path, "payments.csv", BAD), on_error="skip")
    assert (len(result["errors"]), result["truncated"]["left_out"], result["rejected"]) == (2, 1, 3)


def test_progress_goes_by_bytes_and_a_cancelled_import_ends(store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "PROGRESS_S", 0.0)
    file = made(tmp_path, "payments.csv", HEADER + "".join(f"n{number},2025-01,1,1,\n" for number in range(3000)))
    heard: list[tuple[int, int | None, str]] = []
    import_files(store, BUILT_IN, ImportPlan([file], read_mapping(MAPPING)), lambda done, total, stage: heard.append((done, total, stage)))
    size = file.path.stat().st_size
    assert [total for _, total, _ in heard] == [size] * len(heard)
    assert [done for done, _, _ in heard] == sorted(done for done, _, _ in heard)
    assert heard[-1] == (size, size, "done")

    def cancel(done: int, total: int | None, stage: str) -> None:
        raise JobCancelled("enough")

    before = store.head()
    with pytest.raises(JobCancelled):
        import_files(store, BUILT_IN, ImportPlan([made(tmp_path, "payments2.csv", HEADER + "z,2025,1,1,\n")], read_mapping(MAPPING)), cancel)
    assert store.head() == before


# --- in another process


PARTY_LINES = "".join(json.dumps({"type": "party", "id": f"p{number}", "name": "x", "kind": "person"}) + "\n" for number in range(10))


@pytest.mark.usefixtures("small_batches")
def test_an_import_that_ends_early_leaves_no_process(store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "PROGRESS_S", 0.0)

    def cancel(done: int, total: int | None, stage: str) -> None:
        raise JobCancelled("enough")

    monkeypatch.setattr(reading, "SAID_S", 0.0)
    with pytest.raises(JobCancelled):
        import_files(store, BUILT_IN, ImportPlan([made(tmp_path, "a.ndjson", PARTY_LINES)]), cancel)
    assert (store.head(), readers()) == (0, [])


def test_a_reader_that_dies_ends_the_import_and_nothing_is_written(store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "APART_BYTES", 0)
    monkeypatch.setattr(reading, "made_ready", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(RuntimeError, match="ended with -9"):
        run(store, made(tmp_path, "a.ndjson", PARTY_LINES), mapping=None)
    assert (store.head(), readers()) == (0, [])


def test_what_goes_wrong_in_the_reader_is_told_as_if_it_went_wrong_here(store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "APART_BYTES", 0)
    with pytest.raises(Malformed, match="Parquet"):
        run(store, made(tmp_path, "a.parquet", PARTY_LINES), mapping=None)
    assert readers() == []


def test_a_reader_that_nobody_listens_to_any_more_ends(tmp_path: Path) -> None:
    """As when the process that writes was killed: its end of the pipe is closed."""
    source = RecordLines([made(tmp_path, "a.ndjson", PARTY_LINES)])
    receiving, sending = multiprocessing.get_context("fork").Pipe(duplex=False)
    other = multiprocessing.get_context("fork").Process(
        target=reading.Reading(source, BUILT_IN, lambda _: None, 2)._send, args=(os.getpid(), receiving, sending)
    )
    other.start()
    sending.close()
    receiving.close()
    other.join(30)
    assert other.exitcode == 0


@pytest.mark.usefixtures("small_batches")
def test_too_much_for_one_transaction_is_checked_first_and_written_in_several(store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "TOGETHER_RECORDS", 5)
    assert run(store, made(tmp_path, "a.ndjson", PARTY_LINES), mapping=None)["created"] == 10
    assert [revision.counts["created"] for revision in store.revisions(0, 100)] == [2] * 5


@pytest.mark.usefixtures("small_batches")
def test_what_is_said_of_one_id_in_several_places_is_written_as_the_store_has_it_said_one_after_the_other(store: EmbeddedStore, tmp_path: Path) -> None:
    line = {"type": "party", "id": "p1", "name": "later", "kind": "person", "valid_from": "2025"}
    assert run(store, made(tmp_path, "a.ndjson", PARTY_LINES + json.dumps(line)), mapping=None)["accepted"] == 11
    rows = sorted(store.get("party", ["p1"], At()), key=lambda row: row.period)
    assert [(row.period.start, b"later" in (row.body or b"")) for row in rows] == [(1, False), (date(2025, 1, 1).toordinal(), True)]


# --- through the service


def arguments(file: FileOfSet, **more: Any) -> dict[str, Any]:
    return {"files": [{"path": str(file.path), "name": file.name}], **more}


def test_one_mapping_makes_the_workspace_as_it_is_best_made(service: Service) -> None:
    workspace = workspace_for(service, "w", read_mapping(MAPPING))
    assert (workspace.name, workspace.focal_party_id, workspace.base_currency, workspace.locale, workspace.default_as_of) == (
        "The firm",
        "firm",
        "EUR",
        "zh",
        "2025-12-31",
    )
    assert workspace_for(service, "w", None) == workspace
    assert workspace_for(service, "plain", None).name == "plain"


def test_a_job_takes_a_mapping_by_text_or_by_name_and_keeps_its_import(service: Service, tmp_path: Path) -> None:
    workspace_for(service, "w", None)
    file = made(tmp_path, "payments.csv", GOOD)
    assert run_job(service, "w", arguments(file, mapping=MAPPING, dry_run=True), no_progress)["created"] == 6
    assert save_mapping(service, "w", "payments", MAPPING)["version"] == 1
    result = run_job(service, "w", arguments(file, mapping="payments", who="somebody", import_id="i1"), no_progress)
    assert (result["created"], result["import_id"]) == (6, "i1")
    assert [body["import_id"] for body in service.catalog.things("w", "import")] == ["i1"]
    assert service.store("w").revisions(0, 1)[0].who == "somebody"
    with pytest.raises(NotFound):
        run_job(service, "w", arguments(file, mapping="banana"), no_progress)


def test_a_mapping_is_kept_under_its_own_name_only(service: Service) -> None:
    workspace_for(service, "w", None)
    with pytest.raises(InvalidInput):
        save_mapping(service, "w", "other", MAPPING)


def test_uploaded_files_are_removed_once_the_job_is_over(service: Service, tmp_path: Path) -> None:
    workspace_for(service, "w", None)
    for content, state in ((GOOD, "done"), (BAD, "failed")):
        upload = tmp_path / "upload"
        upload.mkdir()
        file = made(upload, "payments.csv", content)
        service.jobs.submit("import", "w", arguments(file, mapping=MAPPING, upload=str(upload)))
        job = service.jobs.claim()
        assert job is not None
        Worker(service, {"import": run_job}).do(job)
        assert (service.jobs.get(job.id).state, upload.exists()) == (state, False)


def test_a_file_of_records_brings_its_own_vocabulary(service: Service, tmp_path: Path) -> None:
    workspace_for(service, "w", None)
    terms = {"type": "vocabulary", "value_kinds": [{"id": "banana", "label": {"en": "Banana", "zh": "香蕉"}}]}
    parties = [{"type": "party", "id": name, "name": name, "kind": "person"} for name in "ab"]
    flow = {"type": "value_flow", "id": "v", "source": "a", "target": "b", "kind": "banana"}
    good = made(tmp_path, "a.ndjson", "\n".join(map(json.dumps, [terms, *parties, flow])))
    bad = made(tmp_path, "b.ndjson", "\n".join(map(json.dumps, [terms, *parties, flow | {"kind": "kiwi"}])))
    with pytest.raises(InvalidInput):
        run_job(service, "w", arguments(bad), no_progress)
    assert "banana" not in service.vocabulary("w").value_kinds
    assert run_job(service, "w", arguments(good, dry_run=True), no_progress)["created"] == 3
    assert run_job(service, "w", arguments(good), no_progress)["created"] == 3
    assert "banana" in service.vocabulary("w").value_kinds


def test_a_blank_currency_among_named_ones_and_a_last_sum_are_warned_of(tmp_path: Path) -> None:
    header = '{"type":"party","id":"a","name":"A","kind":"organization"}\n{"type":"party","id":"b","name":"B","kind":"organization"}\n'
    flow = '{"type":"value_flow","id":"v%d","source":"a","target":"b","kind":"money","amount":"%s"%s,"valid_from":"2024"}\n'
    lines = header + flow % (1, "100", "") + flow % (2, "50", ',"currency":"USD"') + flow % (3, "150", ',"currency":"USD"')
    store = EmbeddedStore(tmp_path / "w.sqlite")
    result = import_files(store, BUILT_IN, ImportPlan([made(tmp_path, "a.ndjson", lines)], dry_run=True))
    assert [(warning["code"], warning["line"]) for warning in result["warnings"]] == [("blank-currency", 3), ("sum-of-lines", 5)]
    assert "USD" in result["warnings"][0]["message"]
    quiet = header + flow % (1, "100", "") + flow % (2, "50", "") + flow % (3, "149", "")
    assert import_files(store, BUILT_IN, ImportPlan([made(tmp_path, "b.ndjson", quiet)], dry_run=True))["warnings"] == []
    store.close()
