"""An import taken back: everything reads as before, on both stores, whatever it changed; what later writes built on is listed, kept or taken along."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_models.errors import BuiltOn, Conflict, InvalidInput, NotFound
from graph_models.records.json_codec import record_of
from service.core.settings import Settings
from service.exports.registry import exported, format_named
from service.facts.batch_writing import write_batch
from service.imports.pipeline import rollback
from service.imports.pipeline.import_job import run_job as import_job
from service.jobs.job import no_progress
from service.stores.interface.store import At
from service.workspaces.context import Service

Records = list[dict[str, Any]]


class Firm:
    """A workspace that files are imported into."""

    def __init__(self, service: Service, directory: Path) -> None:
        self.service, self.directory, self.files = service, directory, 0

    @property
    def store(self) -> Any:
        return self.service.store("w")

    def take(self, records: Records, **more: Any) -> dict[str, Any]:
        self.files += 1
        path = self.directory / f"{self.files}.ndjson"
        path.write_text("\n".join(map(json.dumps, records)), "utf-8")
        return import_job(self.service, "w", {"files": [{"path": str(path), "name": path.name}], **more}, no_progress)

    def write(self, *records: dict[str, Any]) -> None:
        write_batch(self.store, self.service.vocabulary("w"), [(line, record_of(record)) for line, record in enumerate(records, 1)])

    def back(self, import_id: str, **more: Any) -> dict[str, Any]:
        return rollback.run_job(self.service, "w", {"import_id": import_id, **more}, no_progress)

    def exported(self) -> str:
        return b"".join(exported(self.store, self.service.vocabulary("w"), format_named("ndjson"))).decode()

    def ids(self) -> set[str]:
        return {json.loads(line)["id"] for line in self.exported().splitlines()}


@pytest.fixture
def firm(store_settings: Settings, tmp_path: Path) -> Iterator[Firm]:
    service = Service(store_settings)
    service.create_workspace({"id": "w", "name": "w"})
    yield Firm(service, tmp_path)
    service.close()


def party(party_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "party", "id": party_id, "name": party_id.upper(), "kind": "organization"} | more


def flow(flow_id: str, source: str = "a", target: str = "b", **more: Any) -> dict[str, Any]:
    return {"type": "value_flow", "id": flow_id, "source": source, "target": target, "kind": "money", "amount": "5", "currency": "CNY"} | more


def role(role_id: str, stage: str, valid_from: str, **more: Any) -> dict[str, Any]:
    return {"type": "role", "id": role_id, "source": "a", "target": "b", "role": "customer", "stage": stage, "valid_from": valid_from} | more


def test_what_an_import_made_is_gone_and_what_it_changed_reads_as_before(firm: Firm) -> None:
    firm.write(party("a", city="Rome"), party("b"), flow("v"), role("r", "active", "2020"))
    before, revision = firm.exported(), firm.store.head()
    done = firm.take([
        party("a", city="Paris"), party("c"), flow("v", amount="7"), flow("w", target="c"), role("r", "at_risk", "2024"),
        party("b", name="Once", valid_from="2021", valid_to="2022"),
    ])  # fmt: skip
    changed = firm.exported()
    result = firm.back(done["import_id"])
    assert (result["records"], result["later"]) == (6, [])
    assert firm.exported() == before
    assert result["revision"] == firm.store.head()
    known = firm.store.get("party", ["c"], At(revision=result["revision"] - 1))
    assert [row.id for row in known] == ["c"]  # it is not forgotten that it was believed
    assert changed != before
    history = firm.store.history("party", "a", At())
    assert [row.revision for row in history if row.revision > revision] == [result["revision"], done["revision"]]


def test_an_import_is_taken_back_once(firm: Firm) -> None:
    done = firm.take([party("a")])
    firm.back(done["import_id"])
    with pytest.raises(Conflict, match="already"):
        firm.back(done["import_id"])
    with pytest.raises(NotFound):
        firm.back("banana")
    assert firm.take([party("a")])["created"] == 1


def test_a_dry_run_says_what_would_be_and_does_nothing(firm: Firm) -> None:
    firm.write(party("a", city="Rome"))
    done = firm.take([party("a", city="Paris"), party("b")])
    after = firm.exported()
    found = firm.back(done["import_id"], dry_run=True)
    assert {(item["op"], item["id"]) for item in found["preview"]} == {("restore", "a"), ("delete", "b")}
    assert [item["before"][0]["city"] for item in found["preview"] if item["op"] == "restore"] == ["Rome"]
    assert firm.exported() == after


def built_on(firm: Firm) -> str:
    """After the import somebody corrected what it made, and recorded a fact of a party that it made."""
    firm.write(party("a"), party("b"))
    done = firm.take([party("c"), party("d"), flow("v", target="c"), flow("w", target="d"), flow("x")])
    firm.write(flow("v", target="c", amount="9"), flow("later", source="d"))
    firm.write(flow("x", amount="5"))  # says nothing new
    return str(done["import_id"])


def test_what_later_writes_built_on_is_listed_and_nothing_is_done(firm: Firm) -> None:
    import_id = built_on(firm)
    before = firm.exported()
    with pytest.raises(BuiltOn) as caught:
        firm.back(import_id)
    assert [(item["type"], item["id"], item["why"], item["needs"]) for item in caught.value.facts["later"]] == [
        ("value_flow", "later", "needs", "party d"), ("value_flow", "v", "changed", None),
    ]  # fmt: skip
    assert firm.exported() == before


def test_what_later_writes_touched_or_need_may_stay(firm: Firm) -> None:
    result = firm.back(built_on(firm), later="keep")
    assert firm.ids() == {"a", "b", "c", "d", "v", "later"}
    assert '"amount":"9"' in firm.exported()
    assert {item["id"] for item in result["later"]} == {"v", "later"}


def test_what_later_writes_touched_or_need_may_be_taken_along(firm: Firm) -> None:
    firm.back(built_on(firm), later="take_along")
    assert firm.ids() == {"a", "b"}


def test_a_later_import_is_left_as_it_is(firm: Firm) -> None:
    firm.write(party("a"), party("b"))
    first = firm.take([flow("v"), party("c")])
    before = firm.ids()
    firm.take([flow("w"), party("e")])
    firm.back(first["import_id"])
    assert firm.ids() == (before | {"w", "e"}) - {"v", "c"}


def test_a_later_deletion_is_no_reason_to_bring_it_back_unless_it_is_taken_along(firm: Firm) -> None:
    from graph_models.records.dates import ALL_TIME
    from service.facts.record_editing import delete
    from service.stores.interface.store import Writing

    firm.write(party("a", city="Rome"))
    done = firm.take([party("a", city="Paris")])
    delete(firm.store, "party", "a", ALL_TIME, Writing())
    with pytest.raises(BuiltOn):
        firm.back(done["import_id"])
    firm.back(done["import_id"], later="keep")
    assert firm.ids() == set()


def test_one_that_was_cut_off_goes_on_where_it_was(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    firm.write(party("a"), party("b"))
    before = firm.exported()
    done = firm.take([flow(f"v{n}") for n in range(20)] + [party(f"p{n}") for n in range(20)])
    monkeypatch.setattr(rollback, "MAX_BATCH_RECORDS", 7)

    class Cut(Exception):
        pass

    def cut(done: int, total: int | None, stage: str) -> None:
        if done > 14:
            raise Cut

    with pytest.raises(Cut):
        rollback.run_job(firm.service, "w", {"import_id": done["import_id"]}, cut)
    assert firm.service.catalog.thing("w", "import", done["import_id"])["state"] == "rolling_back"
    assert firm.exported() != before
    assert firm.back(done["import_id"])["records"] == 19
    assert firm.exported() == before


@pytest.mark.parametrize("body", [{"later": "banana"}, {"dry_run": 1}, {"x": 1}])
def test_what_is_asked_wrongly_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        rollback.check(body)


_YEARS = st.sampled_from([None, "2020", "2022", "2024"])
_STATES = st.builds(
    lambda party_id, city, begin: party(party_id, city=city) | ({"valid_from": begin} if begin else {}),
    st.sampled_from("abc"),
    st.sampled_from(["Rome", "Paris"]),
    _YEARS,
)
_ENDS = st.sampled_from([("a", "b"), ("b", "c")])
_EVENTS = st.builds(lambda flow_id, amount, ends: flow(flow_id, *ends, amount=amount), st.sampled_from("vwx"), st.sampled_from("56"), _ENDS)


def _of_one_batch(records: Records) -> Records:
    """Each id once: a batch that contradicts itself is refused."""
    return list({record["id"]: record for record in records}.values())


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(earlier=st.lists(_STATES | _EVENTS, max_size=8), imported=st.lists(_STATES | _EVENTS, min_size=1, max_size=8))
def test_whatever_was_imported_everything_reads_as_before(tmp_path_factory: pytest.TempPathFactory, earlier: Records, imported: Records) -> None:
    directory = tmp_path_factory.mktemp("w")
    service = Service(Settings(store=f"sqlite:///{directory}"))  # type: ignore[arg-type]
    service.create_workspace({"id": "w", "name": "w"})
    firm = Firm(service, directory)
    firm.write(*map(party, "abc"))
    for record in earlier:
        firm.write(record)
    before = firm.exported()
    done = firm.take(_of_one_batch(imported))
    if done["created"] + done["updated"]:
        firm.back(done["import_id"])
    assert firm.exported() == before
    service.close()
