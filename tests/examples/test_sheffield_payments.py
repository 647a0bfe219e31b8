"""Twenty-five quarters of a council's payments in five layouts: one mapping, equal to what somebody else made of nine of them, ranked year by year."""

from __future__ import annotations

import csv
import io
import tarfile
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from graph_models.records.party import Party
from graph_models.records.relationship import Relationship
from graph_models.records.role import Role
from graph_models.records.value_flow import ValueFlow
from graph_models.records.vocabulary import BUILT_IN
from service.analysis import rankings
from service.core.settings import Settings
from service.imports.formats.byte_source import FileOfSet
from service.imports.mapping.bound_mapping import BoundMapping
from service.imports.mapping.model import read_mapping
from service.processes.job_handlers import import_job
from service.workspaces.context import Service

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "sheffield_payments"
MAPPING = ROOT / "examples" / "mappings" / "sheffield_payments.yaml"
PLACEHOLDERS = {"REDACTED DATA", "REDACTED PERSONAL DATA"}
COUNCIL = "body:SHEFFIELD CITY COUNCIL"
TWICE_ENCODED = "Ã\x90"


def unpacked(archive: str, folder: str, directory: Path) -> dict[str, Path]:
    if not DATA.is_dir():
        pytest.skip("the data set sheffield_payments is not beside the repository (shared/data)")
    found = {}
    with tarfile.open(DATA / archive, "r:xz") as packed:
        for member in packed.getmembers():
            path = Path(member.name)
            content = packed.extractfile(member)
            if path.parent.name == folder and content is not None:
                found[path.name] = directory / path.name
                found[path.name].write_bytes(content.read())
    return found


@pytest.fixture(scope="module")
def quarters(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The nine quarters as the council published them."""
    return unpacked("mapping_sample_raw_to_expected.tar.xz", "clean", tmp_path_factory.mktemp("clean"))


@pytest.fixture(scope="module")
def made(quarters: dict[str, Path]) -> dict[type, list[Any]]:
    """What the mapping makes of them, by type of record."""
    files = [FileOfSet(path, name) for name, path in sorted(quarters.items())]
    records: dict[type, list[Any]] = defaultdict(list)
    for _, record in BoundMapping(read_mapping(MAPPING.read_text("utf-8")), files, BUILT_IN).records(lambda _: None):
        records[type(record)].append(record)
    return records


@pytest.fixture(scope="module")
def payments(made: dict[type, list[Any]]) -> dict[str, list[ValueFlow]]:
    """The payments of each quarter, in the order of its lines."""
    found: dict[str, list[ValueFlow]] = defaultdict(list)
    for flow in made[ValueFlow]:
        if flow.kind == "money":
            found[flow.id.split("/")[1]].append(flow)
    return found


def lines(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


def name_in(line: dict[str, str]) -> str:
    return line.get("Supplier Name") or line["Supplier"]


def test_nine_quarters_equal_what_somebody_else_made_of_them(
    quarters: dict[str, Path], payments: dict[str, list[ValueFlow]], made: dict[type, list[Any]], tmp_path: Path
) -> None:
    expected = unpacked("mapping_sample_raw_to_expected.tar.xz", "processed", tmp_path)
    called = {party.id: {party.name, *(name.text for name in party.names or ())} for party in made[Party]}
    twice = 0
    assert len(expected) == 9
    for quarter, path in expected.items():
        wanted, flows = lines(path), payments[quarter]
        assert len(wanted) == len(flows)
        for line, own, flow in zip(wanted, lines(quarters[quarter]), flows, strict=True):
            payee = line["Beneficiary Name"]
            if TWICE_ENCODED in payee:
                twice += 1
                payee = name_in(own)
            assert (flow.valid_from, flow.amount) == (line["Payment Date"], Decimal(line["Amount"]))
            assert payee in called[flow.target]
    assert twice == 3


def test_a_hidden_payee_is_one_party_a_supplier_number_and_else_one_a_line(quarters: dict[str, Path], payments: dict[str, list[ValueFlow]]) -> None:
    number_of: dict[str, set[str]] = defaultdict(set)
    named, hidden, alone = set(), set(), 0
    for quarter, path in quarters.items():
        for line, flow in zip(lines(path), payments[quarter], strict=True):
            number = next((line[column] for column in ("Address Book No.", "Address Book No", "Supplier No") if column in line), "")
            if name_in(line) not in PLACEHOLDERS:
                named.add(flow.target)
            elif number:
                hidden.add(flow.target)
                number_of[flow.target].add(number)
            else:
                alone += 1
                assert flow.target == f"hidden:{flow.id.removeprefix('payment/')}"
    assert not named & hidden
    assert all(len(numbers) == 1 for numbers in number_of.values())
    assert len(set().union(*number_of.values())) == len(hidden) > 5_000
    assert alone > 5_000


def test_a_firm_whose_name_begins_like_a_placeholder_is_nobody_hidden(made: dict[type, list[Any]]) -> None:
    names = {party.name for party in made[Party] if "REDACTIVE" in party.name}
    assert names
    assert not [party for party in made[Party] if "REDACTIVE" in party.name and (party.attributes or {}).get("hidden")]


def test_every_payment_has_its_service_and_that_is_inferred(made: dict[type, list[Any]]) -> None:
    money = {flow.id.partition("/")[2]: flow for flow in made[ValueFlow] if flow.kind == "money"}
    services = {flow.id.partition("/")[2]: flow for flow in made[ValueFlow] if flow.kind == "service"}
    assert money.keys() == services.keys()
    assert len(money) + len(services) == len(made[ValueFlow])
    for line, service in services.items():
        paid = money[line]
        assert (service.source, service.target, service.amount, service.valid_from) == (paid.target, paid.source, paid.amount, paid.valid_from)
        assert (service.status, paid.status) == ("inferred", None)


def test_spellings_of_one_firm_are_one_party_with_all_its_names(made: dict[type, list[Any]]) -> None:
    spelled = {party.id: [party.name, *(name.text for name in party.names or ())] for party in made[Party] if party.id.startswith("payee:")}
    several = {party: names for party, names in spelled.items() if len(names) > 1}
    assert len(several) > 100
    assert {"PYRAMID SCHOOLS (SHEFFIELD) LTD", "PYRAMID SCHOOLS SHEFFIELD LTD"} <= set(spelled["payee:PYRAMID SCHOOLS SHEFFIELD LTD"])


def test_units_and_suppliers_belong_to_the_body_that_pays_from_their_first_payment_on(made: dict[type, list[Any]]) -> None:
    bodies = {"body:SHEFFIELD CITY COUNCIL", "body:SCR COMBINED AUTHORITY"}
    assert {fact.target for kind in (Role, Relationship) for fact in made[kind]} == bodies
    first: dict[str, str] = {}
    for flow in made[ValueFlow]:
        first[flow.source] = min(flow.valid_from, first.get(flow.source, flow.valid_from))
    assert all(relationship.valid_from <= first[relationship.source] for relationship in made[Relationship])


def test_an_amount_that_is_hidden_is_no_amount_and_no_zero(tmp_path: Path) -> None:
    path = unpacked("sheffield_clean_all.tar.xz", "clean", tmp_path)["2014-04.csv"]
    mapping = read_mapping(MAPPING.read_text("utf-8"))
    made = [record for _, record in BoundMapping(mapping, [FileOfSet(path, path.name)], BUILT_IN).records(lambda _: None) if isinstance(record, ValueFlow)]
    hidden = sum(line["Invoiced Value"] == "REDACTED PERSONAL DATA" for line in lines(path))
    assert hidden == 2528
    assert Counter(flow.amount is None for flow in made if flow.kind == "money") == {False: len(lines(path)) - hidden, True: hidden}


def test_one_command_loads_quarters_of_two_layouts_and_ranks_suppliers_year_by_year(quarters: dict[str, Path], tmp_path: Path) -> None:
    service = Service(Settings(store=f"sqlite:///{tmp_path}"))  # type: ignore[arg-type]
    mapping = read_mapping(MAPPING.read_text("utf-8"))
    hints = msgspec.to_builtins(mapping.model.workspace)
    service.create_workspace({"id": "sheffield", **hints})
    chosen = [quarters[name] for name in ("2012-07.csv", "2014-01.csv", "2015-07.csv")]
    heard: list[tuple[int, int | None, str]] = []
    arguments = {"files": [{"path": str(path), "name": path.name} for path in chosen], "mapping": mapping.text}
    result = import_job(service, "sheffield", arguments, lambda *said: heard.append(said))
    assert (result["rejected"], result["by_type"]["value_flow"]) == (0, 2 * sum(len(lines(path)) for path in chosen))
    found = rankings.ranking(service, "sheffield", result["ranking_id"])
    assert [(period["from"], period["to"]) for period in found["periods"]] == [
        ("2012-01-01", "2012-12-31"), ("2013-01-01", "2013-12-31"), ("2014-01-01", "2014-12-31"), ("2015-01-01", "2015-09-30"),
    ]  # fmt: skip
    assert {stage.split()[0] for _, _, stage in heard} >= {"reading", "ranking"}
    paid = paid_by_year(chosen)
    for year, place in (("2012", 0), ("2014", 2), ("2015", 3)):
        order = sorted(
            (item for item in found["items"] if "value_flow" in item["by_period"][place]), key=lambda item: item["by_period"][place]["value_flow"]["rank"]
        )
        assert order[0]["name"] == paid[year].most_common(1)[0][0]
    assert not [item for item in found["items"] if "value_flow" in item["by_period"][1]]  # no file of that year
    capita = next(item for item in found["items"] if item["name"] == "CAPITA BUSINESS SERVICES LTD")["by_period"]
    before, now = (period["value_flow"] for period in capita[2:])
    assert now["change"] == {"value": pytest.approx(now["value"] - before["value"]), "rank": before["rank"] - now["rank"]}
    assert capita[2]["value_flow"]["change"] is None
    service.close()


def paid_by_year(paths: list[Path]) -> dict[str, Counter[str]]:
    """What the council paid to each payee, counted from the files themselves."""
    paid: dict[str, Counter[str]] = defaultdict(Counter)
    for path in paths:
        for line in lines(path):
            if (
                line["Body Name" if "Body Name" in line else "GL Date"] != "SCR COMBINED AUTHORITY"
                and (line.get("Invoiced Value") or line["Value"])[0].isdigit()
            ):
                name = name_in(line)
                payee = f"{name} ({line.get('Address Book No.')})" if name in PLACEHOLDERS else name
                paid[line["GL Date"][:4]][payee] += float(line.get("Invoiced Value") or line["Value"])  # type: ignore[assignment]
    return paid
