"""Part of the contract of every store: how lists are narrowed, and what a search finds."""

from __future__ import annotations

import pytest

from graph_models.records.dates import day_of
from service.stores.interface.store import At, Store
from tests.stores.plans import state
from tests.stores.sample_records import EVERY_DAY, found, party, role


@pytest.fixture
def catalogue(store: Store) -> Store:
    state(
        store,
        party("1", "Huadong Appliances", names=[{"text": "华东家电有限公司", "language": "zh"}, {"text": "HDA"}], identifiers={"vat": "CN-9131"},
        country="CN",
              region="华东", city="上海", market_tier=1, size_class="large", sector="private", scope="national", industry={"scheme": "gbt4754",
              "code": "F5137"}),
        party("2", "Müller & Söhne", country="DE", industry={"scheme": "nace", "code": "F5137"}, consumer_kind="family", business_model="b2b",
        purchase_channel="online"),
        {"type": "party", "id": "urn:lei/5493", "name": "家", "kind": "group"},
        role("r1", "1", "2", role="supplier", stage="active", tier="key"),
        role("r2", "1", "2", role="customer", stage="lapsed", purpose="resale", product="fridge"),
        role("r3", "2", "1", role="customer", stage="active", valid_to="2024"),
    )  # fmt: skip
    return store


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["1", "2", "urn:lei/5493"]), ({"kind": "group"}, ["urn:lei/5493"]), ({"country": "CN"}, ["1"]), ({"region": "华东"}, ["1"]),
        ({"city": "上海"}, ["1"]),
        ({"market_tier": "1"}, ["1"]), ({"market_tier": "01"}, []), ({"market_tier": "x"}, []), ({"size_class": "large"}, ["1"]),
        ({"sector": "private"}, ["1"]),
        ({"scope": "national"}, ["1"]), ({"consumer_kind": "family"}, ["2"]), ({"business_model": "b2b"}, ["2"]), ({"purchase_channel": "online"}, ["2"]),
        ({"industry": "F5137"}, ["1", "2"]), ({"industry": "nace:F5137"}, ["2"]), ({"industry": "isic:F5137"}, []),
        ({"role": "supplier"}, ["1"]), ({"role": "customer"}, ["1"]), ({"role": "supplier", "stage": "active"}, ["1"]),
        ({"role": "supplier", "stage": "lapsed"}, []),
        ({"stage": "lapsed", "purpose": "resale"}, ["1"]), ({"tier": "key", "purpose": "resale"}, []), ({"role": "supplier", "country": "DE"}, []),
        ({"role": "customer", "q": "华东", "market_tier": "1"}, ["1"]),
    ],
    ids=str,
)  # fmt: skip
def test_parties_are_narrowed_by_what_they_are_and_by_one_role(catalogue: Store, filters: dict[str, str], expected: list[str]) -> None:
    assert found(catalogue, **filters) == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["r1", "r2"]), ({"source": "1"}, ["r1", "r2"]), ({"target": "1"}, []), ({"party": "1"}, ["r1", "r2"]), ({"kind": "supplier"}, ["r1"]),
        ({"role": "supplier"}, ["r1"]), ({"role": "supplier", "kind": "customer"}, []), ({"stage": "lapsed"}, ["r2"]), ({"tier": "key"}, ["r1"]),
        ({"purpose": "resale"}, ["r2"]), ({"product": "fridge"}, ["r2"]), ({"party": "2", "source": "1", "target": "2", "product": "fridge"}, ["r2"]),
    ],
    ids=str,
)  # fmt: skip
def test_facts_are_narrowed_by_whom_and_what_they_name(catalogue: Store, filters: dict[str, str], expected: list[str]) -> None:
    assert found(catalogue, "role", **filters) == expected


def test_a_role_of_the_day_counts_not_one_of_another_day(catalogue: Store) -> None:
    assert found(catalogue, at=At(day_of("2024-12-31")), role="customer") == ["1", "2"]
    assert found(catalogue, at=EVERY_DAY, role="customer") == ["1", "2"]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("huadong", ["1"]), ("HUA", ["1"]), ("appliances huadong", ["1"]), ("huadong müller", []), ("muller", ["2"]), ("MÜLLER", ["2"]), ("sohne", ["2"]),
        ("华东", ["1"]), ("家电", ["1"]), ("东家", ["1"]), ("华东家电", ["1"]), ("家", ["1", "urn:lei/5493"]), ("电华", []), ("华电", []),
        ("hda", ["1"]), ("9131", ["1"]),
        ("cn 91", ["1"]), ("lei", ["urn:lei/5493"]), ("5493", ["urn:lei/5493"]), ("华东 huadong", ["1"]), ("ppliances", []), ("", []), ("&", []),
        ("\"'*", []),
        ("ＨＵＡＤＯＮＧ", ["1"]), ("OR", []), ("NOT huadong", []), ("text:huadong", []),
    ],
    ids=str,
)  # fmt: skip
def test_search_finds_latin_and_chinese_names_aliases_identifiers_and_ids(catalogue: Store, q: str, expected: list[str]) -> None:
    assert found(catalogue, q=q) == expected


def test_search_finds_words_of_every_script_and_length(store: Store) -> None:
    names = {
        "dev": "हिन्दी",
        "cyr": "Газпром нефть",
        "ext": "𠀀𠀁𱍐",
        "kana": "カタカナ ひらがな",
        "hangul": "삼성전자",
        "digits": "①②③ ４５",
        "long": "x" * 400,
        "turk": "İstanbul",
        "arab": "أرامكو",
    }
    state(store, *(party(name, text) for name, text in names.items()))
    for name, text in names.items():
        assert found(store, q=text) == [name]
