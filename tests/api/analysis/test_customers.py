"""Customers and chains over HTTP: the worked example, pages, filters, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Workspace, assert_problem, party

LAMP = (("firm", "dist", 200), ("firm", "hotel", 50), ("dist", "shop", 150), ("dist", "hotel", 40), ("dist", "trader", 20), ("shop", "homes", 180))


def sold(supplier: str, customer: str, amount: int, product: str) -> dict[str, Any]:
    fields = {"type": "value_flow", "id": f"{supplier}-{customer}-{product}", "source": customer, "target": supplier, "kind": "money"}
    return fields | {"amount": amount, "product": product, "valid_from": "2025-05-01", "valid_to": "2025-05-31"}


@pytest.fixture
def lumen(firm: Workspace) -> Workspace:
    names = ("dist", "hotel", "shop", "trader", "homes", "plant", "clinic")
    contact = {"type": "touchpoint", "source": "clinic", "target": "firm", "product": "lamp", "occurred_at": "2025-06-01"}
    firm.write(
        *(party(name) for name in names),
        *(sold(*row, product="lamp") for row in LAMP),
        sold("firm", "dist", 10, "panel"),
        sold("firm", "plant", 90, "panel"),
        {"type": "role", "id": "r1", "source": "trader", "target": "firm", "role": "customer", "purpose": "resale"},
        {"type": "role", "id": "r2", "source": "plant", "target": "firm", "role": "customer", "purpose": "transformation"},
        {"type": "role", "id": "r3", "source": "dist", "target": "firm", "role": "distributor"},
        *({**contact, "id": f"u{number}", "kind": kind} for number, kind in enumerate(("usage", "usage", "after_sales"))),
    )
    firm.job(firm.ask("POST", "/analyses", {"metrics": ["customer_kind"]}))
    return firm


def test_the_customers_of_a_product(lumen: Workspace) -> None:
    analysis = lumen.get("/analyses")["items"][0]["analysis_id"]
    found = lumen.get(f"/analyses/{analysis}/customers?product=lamp")
    assert {item["party_id"]: (item["kind"], round(item["share_of_output"], 6)) for item in found["items"]} == {
        "homes": ("end", 0.571429), "hotel": ("end", 0.352381), "clinic": ("end", 0.0), "dist": ("channel", 0.0), "shop": ("channel", 0.0),
        "trader": ("channel", 0.0),
    }  # fmt: skip
    assert found["unattributed"]["through"] == [{"party_id": "trader", "share": pytest.approx(0.07619, abs=1e-6)}]
    assert found["rules"] == {"kinds": 0}
    assert lumen.get(f"/analyses/{analysis}/scores/customer_kind")["rules"] == {"kinds": 0}
    why = lumen.get(f"/analyses/{analysis}/parties/trader/explain?score=customer_kind")
    assert (why["value"], why["rule"]["resale"]) == ("channel", 0.95)


def test_pages_and_filters(lumen: Workspace) -> None:
    analysis = lumen.get("/analyses")["items"][0]["analysis_id"]
    whole = lumen.get(f"/analyses/{analysis}/customers")
    first = lumen.get(f"/analyses/{analysis}/customers?limit=4")
    rest = lumen.get(f"/analyses/{analysis}/customers?limit=100&cursor={first['next_cursor']}")
    assert (first["items"] + rest["items"], first["total"], rest["next_cursor"]) == (whole["items"], whole["total"], None)
    for query, wanted in (
        ("kind=processor", {"plant"}),
        ("hidden=true", {"clinic"}),
        ("role=%E7%BB%8F%E9%94%80%E5%95%86", {"dist"}),
        ("party=hotel", {"hotel"}),
    ):
        assert {item["party_id"] for item in lumen.get(f"/analyses/{analysis}/customers?{query}")["items"]} == wanted, query
    for query, field in (("kind=banana", "kind"), ("role=banana", "role"), ("party=banana", "party"), ("hidden=perhaps", "hidden"), ("colour=red", "colour")):
        assert_problem(lumen.ask("GET", f"/analyses/{analysis}/customers?{query}"), 422, "invalid", field=field)


def test_the_chains(lumen: Workspace) -> None:
    analysis = lumen.get("/analyses")["items"][0]["analysis_id"]
    found = lumen.get(f"/analyses/{analysis}/chains?to=hotel&product=lamp")
    assert [(item["parties"], round(item["share"], 6)) for item in found["items"]] == [(["firm", "hotel"], 0.2), (["firm", "dist", "hotel"], 0.152381)]
    assert found["total_share"] == pytest.approx(found["shown_share"])
    assert {item["product"] for item in lumen.get(f"/analyses/{analysis}/chains")["items"]} == {"lamp", "panel"}
    assert_problem(lumen.ask("GET", f"/analyses/{analysis}/chains?to=banana"), 422, "invalid", field="to")
    assert_problem(lumen.ask("GET", f"/analyses/{analysis}/chains?through=banana"), 422, "invalid", field="through")
