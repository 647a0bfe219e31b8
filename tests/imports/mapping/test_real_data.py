"""Three real data sets: what their mappings make equals what the files themselves say, counted here by other code; and ends in explained rankings."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from graph_models import Ecosystem, compute
from graph_models.records.dates import day_of
from graph_models.records.json_codec import decode_record
from graph_models.records.vocabulary import BUILT_IN
from graph_models.scores.explanation import explain
from service.imports.formats.byte_source import FileOfSet
from service.imports.mapping.model import Written, read_mapping
from service.imports.pipeline.import_job import ImportPlan, import_files
from service.stores.interface.store import At, Row
from service.stores.sqlite.store import EmbeddedStore

ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared" / "data"


class Loaded:
    """One data set in a store of its own, and a second import of it."""

    def __init__(self, name: str, directory: Path) -> None:
        self.mapping: Written = read_mapping((ROOT / "examples" / "mappings" / f"{name}.yaml").read_text("utf-8"))
        files = [FileOfSet(path, path.name) for path in sorted((DATA / name).iterdir())]
        self.store = EmbeddedStore(directory / f"{name}.sqlite3")
        self.first, self.again = (import_files(self.store, BUILT_IN, ImportPlan(files, self.mapping)) for _ in range(2))
        hints = self.mapping.model.workspace
        assert hints is not None
        assert hints.focal_party_id
        assert hints.base_currency
        assert hints.default_as_of
        self.as_of = day_of(hints.default_as_of)
        self.ecosystem = Ecosystem.from_columns(self.store.columns(At(day=self.as_of)), hints.focal_party_id, self.as_of, hints.base_currency, BUILT_IN)

    @lru_cache  # noqa: B019 - lives as long as the module's fixture
    def records(self, kind: str) -> list[Any]:
        rows: list[Row] = []
        after = None
        while True:
            page = self.store.find(kind, {}, At(), after, 1000)
            rows += page.rows
            after = page.following
            if after is None:
                return [decode_record(row.body) for row in rows if row.body is not None]

    def top(self, score: str, count: int = 10) -> list[str]:
        values = {party: value for party, value in compute(self.ecosystem, score).values.items() if isinstance(value, float)}
        return sorted(values, key=lambda party: (-values[party], party))[:count]


def loaded(name: str, directory: Path) -> Iterator[Loaded]:
    if not (DATA / name).is_dir():
        pytest.skip(f"the data set {name} is not beside the repository (shared/data)")
    data = Loaded(name, directory)
    yield data
    data.store.close()


@pytest.fixture(scope="module")
def northwind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    yield from loaded("northwind", tmp_path_factory.mktemp("northwind"))


@pytest.fixture(scope="module")
def sheffield(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    yield from loaded("sheffield_2016", tmp_path_factory.mktemp("sheffield"))


@pytest.fixture(scope="module")
def cncf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    yield from loaded("cncf_ecosystem", tmp_path_factory.mktemp("cncf"))


def lines(name: str, file: str) -> list[dict[str, str]]:
    """A file's own lines, read by the csv module alone. A surplus of fields is only at the end of the addresses: the first columns count."""
    with (DATA / name / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def evidence_of_explanation(found: dict[str, Any]) -> None:
    """The parts sum to the score, and what is shown as a reason is a fact with a path."""
    assert sum(part["points"] or 0 for part in found["parts"]) == pytest.approx(found["value"], abs=1e-9)
    assert 0 < found["coverage"] <= 1
    assert found["rank_range"][0] <= found["rank"] <= found["rank_range"][1]
    shown = [item for part in found["parts"] for item in part["evidence"]]
    assert shown
    assert all(item["path"] and item["facts"] for item in shown)


@pytest.mark.parametrize("name", ["northwind", "sheffield", "cncf"])
def test_nothing_is_rejected_and_the_same_files_again_change_nothing(name: str, request: pytest.FixtureRequest) -> None:
    data: Loaded = request.getfixturevalue(name)
    assert (data.first["rejected"], data.first["errors"]) == (0, [])
    assert data.first["created"] == data.first["accepted"]
    assert (data.again["unchanged"], data.again["revision"]) == (data.first["accepted"], data.first["revision"])


# --- Northwind


def test_northwind_has_every_party_of_its_files(northwind: Loaded) -> None:
    kinds = Counter(party.id.split(":")[0] for party in northwind.records("party"))
    files = {"customer": "customers.csv", "supplier": "suppliers.csv", "product": "products.csv", "shipper": "shippers.csv", "employee": "employees.csv"}
    assert kinds == {prefix: len(lines("northwind", file)) for prefix, file in files.items()} | {"northwind": 1}
    roles = Counter(role.role for role in northwind.records("role"))
    assert roles == {"customer": 91, "supplier": 29, "service_provider": 3, "employee": 9}


def test_northwind_money_is_the_unrounded_order_lines_by_customer_product_and_month(northwind: Loaded) -> None:
    orders = {line["orderID"]: line for line in lines("northwind", "orders.csv")}
    expected: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for line in lines("northwind", "order-details.csv"):
        order = orders[line["orderID"]]
        net = Decimal(line["unitPrice"]) * Decimal(line["quantity"]) * (1 - Decimal(line["discount"]))
        expected[(f"customer:{order['customerID']}", f"product:{line['productID']}", order["orderDate"][:7])] += net
    money = [flow for flow in northwind.records("value_flow") if flow.kind == "money"]
    assert {(flow.source, flow.product, flow.valid_from[:7]): flow.amount for flow in money} == expected
    assert sum(flow.amount for flow in money) == sum(expected.values()) == Decimal("1265793.0395")
    assert {(flow.target, flow.currency) for flow in money} == {("northwind", "USD")}


def test_northwind_suppliers_deliver_quantities_and_no_cost(northwind: Loaded) -> None:
    supplier = {line["productID"]: line["supplierID"] for line in lines("northwind", "products.csv")}
    expected: dict[str, int] = defaultdict(int)
    for line in lines("northwind", "order-details.csv"):
        expected[f"supplier:{supplier[line['productID']]}"] += int(line["quantity"])
    found: dict[str, float] = defaultdict(float)
    for flow in northwind.records("value_flow"):
        if flow.source.startswith("supplier:"):
            assert (flow.kind, flow.amount, flow.status) == ("goods", None, "inferred")
            found[flow.source] += flow.quantity
    assert found == expected


def test_northwind_orders_shipments_and_reporting_lines_are_those_of_the_files(northwind: Loaded) -> None:
    orders = lines("northwind", "orders.csv")
    assert {(point.id, point.source, point.occurred_at) for point in northwind.records("touchpoint")} == {
        (f"order:{line['orderID']}", f"customer:{line['customerID']}", line["orderDate"][:10]) for line in orders
    }
    shipments = Counter(f"shipper:{line['shipVia']}" for line in orders if line["shippedDate"] != "NULL")
    found: Counter[str] = Counter()
    for flow in northwind.records("value_flow"):
        if flow.kind == "service":
            found[flow.source] += int(flow.quantity)
    assert found == shipments
    assert {(tie.source, tie.target) for tie in northwind.records("relationship")} == {
        (f"employee:{line['employeeID']}", f"employee:{line['reportsTo']}") for line in lines("northwind", "employees.csv") if line["reportsTo"] != "NULL"
    }


def test_northwind_names_with_a_comma_are_whole(northwind: Loaded) -> None:
    names = {party.id: party.name for party in northwind.records("party")}
    assert (names["supplier:7"], names["supplier:8"], names["supplier:24"]) == ("Pavlova, Ltd.", "Specialty Biscuits, Ltd.", "G'day, Mate")
    assert names["supplier:27"] == "Escargots Nouveaux"


def test_northwind_ends_in_explained_rankings(northwind: Loaded) -> None:
    by_value, by_influence = northwind.top("value_flow"), northwind.top("influence")
    assert by_value[:3] == ["customer:SAVEA", "customer:QUICK", "customer:ERNSH"]
    assert {"employee:2", "customer:SAVEA", "customer:QUICK", "customer:ERNSH"} <= set(by_influence)
    evidence_of_explanation(explain(northwind.ecosystem, "customer:SAVEA", "influence"))
    evidence_of_explanation(explain(northwind.ecosystem, "customer:SAVEA", "value_flow"))


# --- Sheffield


def test_sheffield_flows_are_those_of_the_file(sheffield: Loaded) -> None:
    expected = {
        line["id"]: (line["source"], line["target"], line["value_kind"], Decimal(line["amount_gbp"]) if line["amount_gbp"] else None, line["month"],
                     "inferred" if line["derived"] == "yes" else "asserted")
        for line in lines("sheffield_2016", "flows.csv")
    }  # fmt: skip
    flows = sheffield.records("value_flow")
    assert {flow.id: (flow.source, flow.target, flow.kind, flow.amount, flow.valid_from, flow.status) for flow in flows} == expected
    assert sum(flow.amount or 0 for flow in flows) == Decimal("562121608.58")
    assert {flow.currency for flow in flows if flow.amount is not None} == {"GBP"}


def test_sheffield_parties_units_and_roles_are_those_of_the_file(sheffield: Loaded) -> None:
    source = lines("sheffield_2016", "parties.csv")
    assert {(party.id, party.name) for party in sheffield.records("party")} == {(line["id"], line["name"]) for line in source}
    units = {line["id"] for line in source if line["kind"] == "own_unit"}
    assert {party.id for party in sheffield.records("party") if party.kind == "unit"} == units
    assert {(tie.source, tie.kind, tie.target) for tie in sheffield.records("relationship")} == {(unit, "part_of", "ORG") for unit in units}
    suppliers = sum(line["kind"] in ("supplier", "distributor") for line in source)
    roles = Counter(role.role for role in sheffield.records("role"))
    assert (roles["supplier"], roles["department"], sum(roles.values())) == (suppliers, len(units), len(source) - 1)


def test_sheffield_ends_in_explained_rankings(sheffield: Loaded) -> None:
    paid: dict[str, Decimal] = defaultdict(Decimal)
    units = {line["id"] for line in lines("sheffield_2016", "parties.csv") if line["kind"] == "own_unit"}
    for line in lines("sheffield_2016", "flows.csv"):
        if line["value_kind"] == "money" and line["target"] not in units:
            paid[line["target"]] += Decimal(line["amount_gbp"])
    by_payment = sorted(paid, key=lambda party: -paid[party])[:10]
    assert sheffield.top("value_flow") == by_payment
    for score in ("influence", "value_flow"):
        evidence_of_explanation(explain(sheffield.ecosystem, sheffield.top(score)[0], score))


# --- CNCF


def test_cncf_flows_are_those_of_the_file_and_have_no_amounts(cncf: Loaded) -> None:
    expected = {line["id"]: (line["source"], line["target"], line["value_kind"], line["from_date"] or None) for line in lines("cncf_ecosystem", "flows.csv")}
    flows = cncf.records("value_flow")
    assert {flow.id: (flow.source, flow.target, flow.kind, flow.valid_from) for flow in flows} == expected
    assert not [flow for flow in flows if flow.amount is not None]
    ends = {line["id"]: line["to_date"] for line in lines("cncf_ecosystem", "flows.csv")}
    assert all(flow.valid_to == (ends[flow.id] or "2026-07-15" if flow.valid_from else None) for flow in flows)


def test_cncf_maintainers_are_counted(cncf: Loaded) -> None:
    expected = sum(int(line["label"].split()[0]) for line in lines("cncf_ecosystem", "flows.csv") if "maintainer(s)" in line["label"])
    assert sum(flow.quantity or 0 for flow in cncf.records("value_flow")) == expected


def test_cncf_projects_and_products_are_offerings_and_several_kinds_are_several_roles(cncf: Loaded) -> None:
    source = lines("cncf_ecosystem", "parties.csv")
    offerings = {line["id"] for line in source if line["kinds"] in ("project", "product")}
    assert {party.id for party in cncf.records("party") if party.kind == "offering"} == offerings
    assert len(cncf.records("party")) == len(source)
    kinds = {(line["id"], kind) for line in source for kind in line["kinds"].split("|") if line["id"] != "FOCAL" and kind not in ("project", "product")}
    called = {"contributor_employer": "developer", "investor_member": "investor"}
    assert {(role.source, role.role) for role in cncf.records("role")} == {(party, called.get(kind, kind)) for party, kind in kinds}
    members = {line["id"] for line in lines("cncf_ecosystem", "flows.csv") if line["value_kind"] == "money"}
    assert {tie.id.removesuffix("/member_of") for tie in cncf.records("relationship")} == members


def test_cncf_ends_in_an_explained_influence_and_says_why_there_is_no_value_chain(cncf: Loaded) -> None:
    evidence_of_explanation(explain(cncf.ecosystem, cncf.top("influence")[0], "influence"))
    value_flow = compute(cncf.ecosystem, "value_flow")
    assert set(value_flow.reasons.values()) == {"no-value-chain", "focal-party"}
