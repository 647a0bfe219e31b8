"""A file changes what it owns: another file of the same party erases nothing, and the list of one day rewrites nothing before it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models.errors import InvalidInput
from graph_models.records.dates import Period, day_of, day_text
from graph_models.records.party import Party
from graph_models.records.timeline import Slice, restate
from graph_models.records.vocabulary import BUILT_IN
from service.facts.overlays import Overlay, pieces
from service.imports.mapping.model import read_mapping
from service.imports.pipeline.import_job import ImportPlan, import_files
from service.stores.interface.store import At
from service.stores.sqlite.store import EmbeddedStore
from tests.imports.files import made

REGION = 'a: {pattern: regions*.csv, %s records: [{type: party, id: "{name}", name: "{name}", kind: organization, region: "{region}", duplicates: merge}]}\n'
CITY = 'b: {pattern: cities*.csv, %s records: [{type: party, id: "{supplier}", name: "{supplier}", kind: organization, city: "{city}", duplicates: merge}]}\n'
ROLES = """name: m
records: [{type: party, id: firm, name: Firm, kind: organization}]
files:
  a:
    pattern: list.csv
    list_as_of: "%s"
    records:
      - {type: party, id: "{name}", name: "{name}", kind: organization}
      - {type: role, id: "{name}/customer", source: "{name}", target: firm, role: customer, valid_from: "{since}", stage: "{stage}"}
"""


class Place:
    """A store to import into."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.store = directory, EmbeddedStore(directory / "w.sqlite")

    def takes(self, mapping: str, dry_run: bool = False, **files: str) -> dict[str, Any]:
        given = [made(self.directory, f"{name}.csv", content) for name, content in files.items()]
        return import_files(self.store, BUILT_IN, ImportPlan(given, read_mapping(mapping), dry_run=dry_run))

    def body(self, type_name: str, record_id: str, day: str | None = None) -> str | None:
        rows = [row for row in self.store.get(type_name, [record_id], At(None if day is None else day_of(day))) if row.body is not None]
        return rows[0].body.decode() if rows and rows[0].body else None


@pytest.fixture
def place(tmp_path: Path) -> Any:
    found = Place(tmp_path)
    yield found
    found.store.close()


def mapping_of(*files: str) -> str:
    return "name: m\nfiles:\n" + "".join(f"  {file}" for file in files)


def test_files_of_one_set_say_a_party_together(place: Place) -> None:
    both = mapping_of(REGION % "", CITY % "")
    place.takes(both, regions="name,region\nKiwi,north\nFig,south\n", cities="supplier,city\nKiwi,Rome\nPlum,Oslo\n")
    assert '"region":"north","city":"Rome"' in (place.body("party", "Kiwi") or "")
    again = place.takes(both, regions="name,region\nKiwi,north\nFig,south\n", cities="supplier,city\nKiwi,Rome\nPlum,Oslo\n")
    assert (again["unchanged"], again["updated"]) == (3, 0)


def test_a_file_without_a_column_erases_nothing(place: Place) -> None:
    place.takes(mapping_of(REGION % ""), regions="name,region\nKiwi,north\n")
    tried = place.takes(mapping_of(CITY % ""), cities="supplier,city\nKiwi,Rome\n", dry_run=True)
    assert tried["preview"] == [{"op": "update", "type": "party", "id": "Kiwi", "fields": {"city": "Rome"}, "before": {"city": None}}]
    place.takes(mapping_of(CITY % ""), cities="supplier,city\nKiwi,Rome\n")
    assert '"region":"north","city":"Rome"' in (place.body("party", "Kiwi") or "")
    place.takes(mapping_of(REGION % ""), regions="name,region\nKiwi,\n")  # it has the column, and says that there is none
    assert '"kind":"organization","city":"Rome"' in (place.body("party", "Kiwi") or "")


def test_a_field_that_a_file_does_not_own_is_left_as_it_is(place: Place) -> None:
    place.takes(mapping_of(REGION % ""), regions="name,region\nKiwi,north\n")
    owned = mapping_of(
        'c: {pattern: other.csv, owns: [city], records: [{type: party, id: "{n}", name: "Other {n}", kind: unit, region: "{r}", city: "{c}"}]}\n'
    )
    place.takes(owned, other="n,r,c\nKiwi,south,Rome\nFig,east,Oslo\n")
    kiwi, fig = place.body("party", "Kiwi") or "", place.body("party", "Fig") or ""
    assert '"name":"Kiwi","kind":"organization","region":"north","city":"Rome"' in kiwi
    assert '"name":"Other Fig","kind":"unit","region":"east","city":"Oslo"' in fig  # a new party has what the file says


@pytest.mark.parametrize("order", [("regions", "others"), ("others", "regions")])
def test_between_files_of_a_set_the_owner_is_right(place: Place, order: tuple[str, str]) -> None:
    record = '{type: party, id: "{n}", name: "{full}", kind: organization, region: "{r}", city: "{c}", duplicates: merge}'
    other = f"b: {{pattern: others.csv, owns: [city], records: [{record}]}}\n"
    files = {"regions": "name,region\nKiwi,north\n", "others": "n,full,r,c\nKiwi,Kiwi Ltd,south,Rome\n"}
    done = place.takes(mapping_of(other, REGION % "owns: [name, kind, region],"), **{name: files[name] for name in order})
    assert done["rejected"] == 0
    assert '"name":"Kiwi","kind":"organization","region":"north","city":"Rome"' in (place.body("party", "Kiwi") or "")


def test_two_owners_that_disagree_are_a_fault(place: Place) -> None:
    one, two = REGION % "", (REGION % "").replace("a: {pattern: regions", "b: {pattern: others")
    with pytest.raises(InvalidInput) as refused:
        place.takes(mapping_of(one, two), regions="name,region\nKiwi,north\n", others="name,region\nKiwi,south\n")
    assert [fault.code for fault in refused.value.errors] == ["contradiction"]


def test_attributes_of_two_files_stand_beside_each_other(place: Place) -> None:
    row = 'a: {pattern: x.csv, records: [{type: party, id: "{n}", name: "{n}", kind: organization, attributes: {%s: "{v}"}}]}\n'
    place.takes(mapping_of(row % "size"), x="n,v\nKiwi,9\n")
    place.takes(mapping_of(row % "days"), x="n,v\nKiwi,30\n")
    assert '"attributes":{"size":"9","days":"30"}' in (place.body("party", "Kiwi") or "")


def test_a_list_of_one_day_rewrites_nothing_before_it(place: Place) -> None:
    place.takes(ROLES % "2024-12-31", list="name,since,stage\nKiwi,2018-09-01,at_risk\n")
    place.takes(ROLES % "2025-12-31", list="name,since,stage\nKiwi,2018-09-01,lapsed\n")
    stages = [place.body("role", "Kiwi/customer", day) or "" for day in ("2018-09-01", "2025-12-30", "2025-12-31", "2030-01-01")]
    assert ["at_risk" in stages[0], "at_risk" in stages[1], "lapsed" in stages[2], "lapsed" in stages[3]] == [True] * 4
    assert place.body("role", "Kiwi/customer", "2018-08-31") is None
    again = place.takes(ROLES % "2025-12-31", list="name,since,stage\nKiwi,2018-09-01,lapsed\n")
    assert (again["updated"], again["created"]) == (0, 0)
    older = place.takes(ROLES % "2024-12-31", list="name,since,stage\nKiwi,2018-09-01,active\n")  # corrected, after the newer one
    assert older["updated"] == 1
    assert '"stage":"active"' in (place.body("role", "Kiwi/customer", "2025-06-01") or "")
    assert '"stage":"lapsed"' in (place.body("role", "Kiwi/customer", "2025-12-31") or "")


@pytest.mark.parametrize(("line", "code", "field"), [
    ("owns: [banana]", "unknown-field", "files.a.owns[0]"), ('list_as_of: "2024"', "bad-date", "files.a.list_as_of"),
])  # fmt: skip
def test_what_a_file_cannot_own_is_an_error_with_its_line(line: str, code: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_mapping(f"name: m\nfiles:\n  a:\n    pattern: x\n    {line}\n    records: [{{type: party, id: x, name: x, kind: person}}]\n")
    (fault,) = refused.value.errors
    assert (fault.code, fault.field, fault.line) == (code, field, 5)


_DAYS = st.integers(day_of("2020-01-01"), day_of("2020-01-12"))


@settings(max_examples=150, deadline=None)
@given(st.lists(_DAYS, unique=True, max_size=5), st.tuples(_DAYS, _DAYS).filter(lambda days: days[0] < days[1]), st.none() | _DAYS, st.data())
def test_each_day_says_what_the_file_owns_and_what_was_stored(cuts: list[int], own: tuple[int, int], list_day: int | None, data: st.DataObject) -> None:
    """The reference: for each day by itself, the field of the file and the other field as it was."""
    bounds = sorted(cuts)
    stored = [
        Slice(Period(*days), Party(id="x", name="X", kind="person", region=f"r{days[0]}", city=f"c{days[0]}"))
        for days in pairwise(bounds) if data.draw(st.booleans())
    ]  # fmt: skip
    record = Party(id="x", name="X", kind="person", city="new", valid_from=day_text(own[0]), valid_to=day_text(own[1] - 1))
    overlay = Overlay(left=("region",), as_of=None if list_day is None else day_text(list_day))
    after: list[Slice] = list(stored)
    for piece in pieces(record, overlay, stored):
        change = restate(after, piece)
        after = [part for place, part in enumerate(after) if place not in change.superseded] + list(change.inserted)
    later = [part.period.start for part in stored if list_day is not None and part.period.start > list_day]
    for day in range(day_of("2020-01-01"), day_of("2020-01-13")):
        before = next((part.record for part in stored if day in part.period), None)
        now = next((part.record for part in after if day in part.period), None)
        is_listed = own[0] <= day < own[1] and (before is None or list_day is None or not own[0] < list_day < own[1] or list_day <= day < min([own[1], *later]))
        if not is_listed:
            assert _said(now) == _said(before)
        else:
            assert _said(now) == (None if before is None else before.region, "new")  # type: ignore[union-attr]


def _said(record: Any) -> tuple[str | None, str | None] | None:
    return None if record is None else (record.region, record.city)
