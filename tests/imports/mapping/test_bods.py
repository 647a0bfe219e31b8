"""Statements of beneficial ownership (BODS 0.4) through their mapping: the fixtures as their notes expect them, and what they do not show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph_models import Ecosystem, compute
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.errors import InvalidInput
from graph_models.metrics.stakeholders.ownership import ownership_view
from graph_models.records.dates import day_of
from graph_models.records.json_codec import decode_record
from graph_models.records.vocabulary import BUILT_IN
from service.imports.formats.byte_source import FileOfSet
from service.imports.mapping.model import read_mapping
from service.imports.pipeline.import_job import ImportPlan, import_files
from service.stores.interface.store import At
from service.stores.sqlite.store import EmbeddedStore
from tests.imports.files import made
from tests.imports.mapping.test_real_data import DATA, ROOT

FIXTURES = DATA / "bods_v04_fixtures" / "bods_fixtures" / "data"
MAPPING = read_mapping((ROOT / "examples" / "mappings" / "bods_v04.yaml").read_text("utf-8"))
ACME, JANE, ALPHA, BETA, OPAQUE = "rec-acme-holdings-ltd", "rec-jane-smith-1975", "rec-alpha-corp", "rec-beta-corp", "rec-opaque-holdings-sa"
Statement = dict[str, Any]


def imported(store: EmbeddedStore, *files: FileOfSet) -> dict[str, Any]:
    return import_files(store, BUILT_IN, ImportPlan(list(files), MAPPING))


def ecosystem(store: EmbeddedStore, day: str = "2026-04-17", focal: str = ACME) -> Ecosystem:
    return Ecosystem.from_columns(store.columns(At(day=day_of(day))), focal, day_of(day), "GBP", BUILT_IN)


def records(store: EmbeddedStore, kind: str) -> dict[str, Any]:
    return {row.id: decode_record(row.body) for row in store.find(kind, {}, At(day=day_of("2026-04-17")), None, 100).rows if row.body is not None}


@pytest.fixture(scope="module")
def fixtures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """All files of the fixtures in one import, and the same again."""
    if not FIXTURES.is_dir():
        pytest.skip("the data set bods_v04_fixtures is not beside the repository (shared/data)")
    files = [FileOfSet(path, path.name) for path in sorted(FIXTURES.glob("*/*"))]
    store = EmbeddedStore(tmp_path_factory.mktemp("bods") / "bods.sqlite3")
    first, again = imported(store, *files), imported(store, *files)
    assert (first["rejected"], first["by_type"]) == (0, {"assessment": 1, "document": 1, "party": 5, "relationship": 3})
    assert (again["unchanged"], again["revision"]) == (10, first["revision"])
    yield store
    store.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore(tmp_path / "bods.sqlite3")
    yield store
    store.close()


# --- the fixtures


def test_direct_ownership_is_one_step_of_75_percent(fixtures: EmbeddedStore) -> None:
    """01-direct-ownership.expected.md: "MUST return rec-jane-smith-1975 with a single hop and a 75% aggregate interest"."""
    view = ownership_view(ecosystem(fixtures), DEFAULTS, party=ACME)
    assert view["holders"] == [{"party_id": JANE, "direct": 0.75, "integrated": 0.75, "controls": True, "chain": [JANE, ACME], "facts": ["rec-rel-jane-acme"],
                                "also_stated": []}]  # fmt: skip
    assert compute(ecosystem(fixtures), "control").values[JANE] == 1


def test_direct_ownership_keeps_both_interests_and_where_they_come_from(fixtures: EmbeddedStore) -> None:
    """01-direct-ownership.expected.md: both interest types, the flag and the provenance are preserved."""
    held = records(fixtures, "relationship")["rec-rel-jane-acme"]
    assert (held.source, held.target, held.share, held.valid_from) == (JANE, ACME, 0.75, "2010-01-01")
    assert held.attributes["interests"] == ["shareholding", "votingRights"]
    assert [held.attributes[name] for name in ("percent", "voting_percent", "beneficial", "voting_beneficial")] == [75, 75, True, True]
    assert [(item.locator, item.quote) for item in held.evidence] == [
        ("01-direct-ownership.json f01-r1-3b88-4cbb-bb4f-72e9c7c4d201", "Synthetic fixture for conformance testing")
    ]
    jane, acme = (records(fixtures, "party")[party] for party in (JANE, ACME))
    assert (jane.name, jane.kind, jane.attributes["nationalities"], jane.attributes["born"]) == ("Jane Smith", "person", ["GB"], "1975-06-20")
    assert (acme.name, acme.kind, acme.country, acme.identifiers) == ("Acme Holdings Ltd", "organization", "GB", {"GB-COH": "10000001"})


def test_circular_ownership_ends_and_is_flagged(fixtures: EmbeddedStore) -> None:
    """10-circular-ownership.expected.md: terminate, flag the cycle, never its own owner, never 200 %, keep both edges."""
    made_of = ecosystem(fixtures)
    for party, other in ((ALPHA, BETA), (BETA, ALPHA)):
        view = ownership_view(made_of, DEFAULTS, party=party)
        (holder,) = view["holders"]
        assert [len(holder.pop("facts")), holder.pop("also_stated")] == [1, []]
        assert holder == {"party_id": other, "direct": 1.0, "integrated": None, "controls": True, "chain": [other, party], "reason": "closed-cycle"}
        assert [item["party_id"] for item in view["holdings"]] == [other]
        assert compute(made_of, "control", of=party).values == {ACME: 0, JANE: 0, OPAQUE: 0, party: 0, other: 1}
    warnings = compute(made_of, "integrated_ownership", of=ALPHA).warnings
    assert [(warning.code, warning.parties) for warning in warnings] == [("ownership-cycle", (ALPHA, BETA))]
    assert {"rec-rel-alpha-owns-beta", "rec-rel-beta-owns-alpha"} <= records(fixtures, "relationship").keys()


def test_a_declared_unknown_owner_is_no_party_and_its_reason_is_kept(fixtures: EmbeddedStore) -> None:
    """11-anonymous-person.expected.md: preserve the reason verbatim, synthesise no person, drop nothing."""
    said = records(fixtures, "assessment")["rec-rel-opaque-no-ubo"]
    assert (said.source, said.target, said.scheme, said.reason) == (None, OPAQUE, "declared_owner", "subjectUnableToConfirmOrIdentifyBeneficialOwner")
    assert said.attributes["description"].startswith("The subject entity has reported")
    assert ownership_view(ecosystem(fixtures), DEFAULTS, party=OPAQUE)["holders"] == []
    assert [party for party, record in records(fixtures, "party").items() if record.kind == "person"] == [JANE]


# --- statements that the fixtures do not hold


def statement(record_id: str, record_type: str, details: Statement, **more: Any) -> Statement:
    return {
        "statementId": f"st-{record_id}",
        "declarationSubject": "x",
        "statementDate": "2026-01-01",
        "publicationDetails": {"publicationDate": "2026-01-01", "bodsVersion": "0.4", "license": "x", "publisher": {"name": "x", "uri": "x"}},
        "source": {"type": ["officialRegister", "verified"], "description": "Register"},
        "recordId": record_id,
        "recordStatus": "new",
        "recordType": record_type,
        "recordDetails": {"isComponent": False, **details},
        **more,
    }


def entity(record_id: str) -> Statement:
    jurisdiction = {"jurisdiction": {"code": "GB", "name": "United Kingdom"}}
    return statement(record_id, "entity", {"name": record_id.upper(), "entityType": {"type": "registeredEntity"}, **jurisdiction})


def owned(holder: Any, subject: str, *interests: Statement, record: str = "r", **more: Any) -> Statement:
    return statement(record, "relationship", {"subject": subject, "interestedParty": holder, "interests": list(interests)}, **more)


def shares(share: Statement, direct: str = "direct", **more: Any) -> Statement:
    return {"type": "shareholding", "directOrIndirect": direct, "share": share, **more}


def file(directory: Path, *statements: Statement, name: str = "statements.json") -> FileOfSet:
    return made(directory, name, json.dumps([*statements], indent=1))


def complete(*statements: Statement) -> list[Statement]:
    """With the statement of a person, Ann, of two nationalities."""
    details = {
        "personType": "knownPerson",
        "names": [{"type": "legal", "fullName": "Ann", "givenName": "Ann", "familyName": "A"}],
        "nationalities": [{"code": "GB", "name": "United Kingdom"}, {"code": "FR"}],
    }
    return [statement("ann", "person", details), *statements]


def test_an_interval_is_kept_and_counts_nowhere(store: EmbeddedStore, tmp_path: Path) -> None:
    band = shares({"minimum": 25, "maximum": 50, "exclusiveMinimum": 25})
    imported(store, file(tmp_path, *complete(entity("firm"), owned("ann", "firm", band))))
    held = records(store, "relationship")["r"]
    assert (held.share, [held.attributes[name] for name in ("at_least", "at_most", "more_than")]) == (None, [25, 50, 25])
    result = compute(ecosystem(store, focal="firm"), "integrated_ownership")
    assert result.values == {"ann": 0.0, "firm": 0.0}
    assert [(warning.code, warning.facts) for warning in result.warnings] == [("no-share", ("r",))]


def test_an_indirect_interest_is_not_counted_beside_its_components(store: EmbeddedStore, tmp_path: Path) -> None:
    """ann holds 60 % of holding, holding 50 % of firm: 30 %, which the primary statement says too."""
    imported(
        store,
        file(
            tmp_path,
            *complete(
                entity("firm"),
                entity("holding"),
                owned("ann", "holding", shares({"exact": 60}), record="r1"),
                owned("holding", "firm", shares({"exact": 50}), record="r2"),
                owned("ann", "firm", shares({"exact": 30}, "indirect"), record="r3"),
            ),
        ),
    )
    assert compute(ecosystem(store, focal="firm"), "integrated_ownership").values == pytest.approx({"ann": 0.3, "holding": 0.5, "firm": 0.0})
    assert records(store, "relationship")["r3"].attributes["percent"] == 30


def test_later_statements_of_a_record_leave_what_was_before(store: EmbeddedStore, tmp_path: Path) -> None:
    first = owned("ann", "firm", shares({"exact": 80}, startDate="2020-02-01"))
    imported(store, file(tmp_path, *complete(entity("firm"), first)))
    less = owned("ann", "firm", shares({"exact": 40}, startDate="2020-02-01"), recordStatus="updated", statementDate="2022-05-01")
    imported(store, file(tmp_path, *complete(less), name="updated.json"))
    gone = owned("ann", "firm", shares({"exact": 40}, startDate="2020-02-01"), recordStatus="closed", statementDate="2024-03-01")
    imported(store, file(tmp_path, *complete(gone), name="closed.json"))
    held = {
        day: compute(ecosystem(store, day, "firm"), "integrated_ownership").values["ann"] for day in ("2020-01-31", "2021-01-01", "2023-01-01", "2024-03-01")
    }
    assert held == {"2020-01-31": 0.0, "2021-01-01": 0.8, "2023-01-01": 0.4, "2024-03-01": 0.0}


def test_two_statements_of_one_record_in_one_import_are_refused(store: EmbeddedStore, tmp_path: Path) -> None:
    twice = [owned("ann", "firm", shares({"exact": 80})), owned("ann", "firm", shares({"exact": 40}), recordStatus="updated", statementDate="2026-02-01")]
    with pytest.raises(InvalidInput) as raised:
        imported(store, file(tmp_path, *complete(entity("firm"), *twice)))
    assert {error.code for error in raised.value.errors} == {"overlap"}


def test_two_interests_of_one_type_are_refused(store: EmbeddedStore, tmp_path: Path) -> None:
    both = owned("ann", "firm", shares({"exact": 10}), shares({"exact": 5}, "indirect"))
    with pytest.raises(InvalidInput) as raised:
        imported(store, file(tmp_path, *complete(entity("firm"), both)))
    assert "two items of the list 'recordDetails.interests' have the 'type' 'shareholding'" in raised.value.errors[0].message


def test_an_interest_that_the_mapping_does_not_list_is_kept_by_its_name_and_gives_no_share(store: EmbeddedStore, tmp_path: Path) -> None:
    board = owned("ann", "firm", {"type": "appointmentOfBoard", "details": "two seats"})
    imported(store, file(tmp_path, *complete(entity("firm"), board)))
    (held,) = records(store, "relationship").values()
    assert (held.share, held.attributes["interests"]) == (None, ["appointmentOfBoard"])


def test_an_anonymous_person_with_a_record_is_a_party(store: EmbeddedStore, tmp_path: Path) -> None:
    hidden = statement("p9", "person", {"personType": "anonymousPerson", "names": []})
    imported(store, file(tmp_path, *complete(entity("firm"), hidden, owned("p9", "firm", shares({"exact": 60})))))
    assert records(store, "party")["p9"].name == "anonymousPerson p9"
    assert compute(ecosystem(store, focal="firm"), "control").values["p9"] == 1


# --- what the standard's own examples have, and the fixtures have not


def test_statements_with_more_than_the_mapping_uses_are_read(tmp_path: Path, store: EmbeddedStore) -> None:
    """Times in dates, identifiers of other registers, addresses, annotations, and an interest without a type, as the examples of BODS 0.4 have them."""
    about = {"publicationDetails": {"bodsVersion": "0.4", "publisher": {"name": "P", "url": "https://p"}}, "declaration": "d"}
    notes = {"annotations": [{"motivation": "linking"}, {"motivation": "x"}]}
    common = {"statementDate": "2024-02-03T10:00:00Z", "recordStatus": "new", **about, **notes}
    addresses = [{"type": "registered", "address": "1 High St"}, {"type": "business", "address": "2 Low St"}]
    firm = {"statementId": "s1", "recordId": "e1", "recordType": "entity", **common, "recordDetails": {
        "isComponent": False, "entityType": {"type": "registeredEntity"}, "name": "Firm", "addresses": addresses,
        "identifiers": [{"id": "7", "scheme": "UA-EDR"}],
    }}  # fmt: skip
    holder = {"statementId": "s2", "recordId": "p1", "recordType": "person", **common, "recordDetails": {
        "personType": "knownPerson", "names": [{"type": "individual", "fullName": "Ann"}], "politicalExposure": {"details": [{"a": 1}, {"a": 2}]},
    }}  # fmt: skip
    held = {"statementId": "s3", "recordId": "r1", "recordType": "relationship", **common, "recordDetails": {
        "subject": "e1", "interestedParty": "p1", "interests": [{"directOrIndirect": "indirect", "beneficialOwnershipOrControl": True}],
    }}  # fmt: skip
    result = imported(store, made(tmp_path, "a.json", json.dumps([firm, holder, held])))
    assert (result["rejected"], result["by_type"]) == (0, {"document": 1, "party": 2, "relationship": 1})
    assert records(store, "relationship")["r1"].share is None
