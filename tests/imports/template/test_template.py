"""The Excel template: filled in by a person, it imports without a mapping, in both languages, on the command line and over HTTP."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from graph_models.records.vocabulary import BUILT_IN, Vocabulary, terms_of
from service.imports.formats.byte_source import FileOfSet
from service.imports.template.sheets import MARK, sheets
from service.imports.template.workbook import is_template, template, template_mapping
from tests.cli.conftest import runner
from tests.imports.comparing import FIRM, made_of

LINES: dict[str, list[dict[str, Any]]] = {
    "customers": [
        {
            "name": "东华机械有限公司",
            "short_name": "东华",
            "region": "华东",
            "size_class": "medium",
            "role": "customer",
            "stage": "active",
            "tier": "key",
            "since": "2020-03-01",
        },
        {"name": "Acme Trading Ltd", "role": "distributor", "stage": "at_risk", "purpose": "resale"},
    ],
    "orders": [
        {
            "order_id": "A1",
            "date": "2024-05-17",
            "name": "东华机械有限公司",
            "amount": 125000,
            "currency": "CNY",
            "product": "Reducer",
            "quantity": 12,
            "unit": "台",
        },
        {"date": "2024-06-01", "name": "ACME TRADING LTD", "amount": "99.5", "currency": "CNY"},
    ],
    "suppliers": [
        {"name": "Steel SA", "year": "2024", "amount": 5000, "currency": "CNY", "product": "Steel", "time_to_recover_days": 30, "inventory_days": 10}
    ],
    "contacts": [{"date": "2024-07-01", "name": "Daily", "role": "media", "contact": "article", "text": "new shop", "sentiment": -1}],
    "surveys": [{"date": "2024-11-20", "name": "东华机械有限公司", "measure": "nps", "value": 9}],
    "owners": [{"name": "Ann Low", "party_kind": "person", "share": 0.25, "amount": 1000, "currency": "CNY", "date": "2015"}],
    "people": [{"name": "Jo Park", "department": "Research", "joined": "2015-03-01", "left": "2021-08-31"}],
}


def filled(path: Path, locale: str) -> FileOfSet:
    """The template with these lines; closed lists by their labels, as the drop-downs give them."""
    book = openpyxl.load_workbook(io.BytesIO(template(BUILT_IN, locale)))
    for sheet in sheets(BUILT_IN, "firm"):
        page = book[sheet.name.in_locale(locale)]
        places = {page.cell(2, column).value: column for column in range(1, page.max_column + 1)}
        labels = {one.id: {entry.id: entry.label.in_locale(locale) for entry in one.choices} for one in sheet.fields}
        for row, line in enumerate(LINES[sheet.id], 4):
            for name, value in line.items():
                page.cell(row, places[name], labels[name].get(value, value))
    book[book.sheetnames[0]].cell(1, 2, "Firm Ltd")
    book.save(path)
    return FileOfSet(path, path.name)


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_a_filled_in_template_becomes_records_without_a_mapping(tmp_path: Path, locale: str) -> None:
    file = filled(tmp_path / "ours.xlsx", locale)
    assert is_template(file)
    written = template_mapping([file], BUILT_IN)
    assert written.constants[0][1].name == "Firm Ltd"  # type: ignore[union-attr]
    records = made_of(written.text, [file])
    donghua, acme = "东华机械有限公司", "Acme Trading Ltd"
    assert {record["name"] for record in records if record["type"] == "party"} == {FIRM, donghua, acme, "Steel SA", "Daily", "Ann Low", "Jo Park", "Research"}
    roles = {
        (record["source"], record["role"], record.get("stage"), record.get("tier"), record.get("purpose")) for record in records if record["type"] == "role"
    }
    assert roles == {
        (donghua, "customer", "active", "key", None),
        (acme, "distributor", "at_risk", None, "resale"),
        ("Steel SA", "supplier", None, None, None),
        ("Daily", "media", None, None, None),
        ("Ann Low", "investor", None, None, None),
        ("Jo Park", "employee", None, None, None),
        ("Jo Park", "alumni", None, None, None),
    }
    flows = {
        (record["source"], record["target"], record["kind"], record["amount"], record["valid_from"]) for record in records if record["type"] == "value_flow"
    }
    assert flows == {
        (donghua, FIRM, "money", 125000, "2024-05-17"),
        (acme, FIRM, "money", 99.5, "2024-06-01"),
        (FIRM, "Steel SA", "money", 5000, "2024"),
        ("Ann Low", FIRM, "capital", 1000, "2015"),
    }
    touchpoints = [(record["source"], record["kind"], record.get("value"), record.get("sentiment")) for record in records if record["type"] == "touchpoint"]
    assert touchpoints == [("Daily", "article", None, -1), (donghua, "survey_answer", 9, None)]
    (party,) = [record for record in records if record["type"] == "party" and record["name"] == donghua]
    assert (party["region"], party["size_class"]) == ("华东", "medium")


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_an_empty_template_says_nothing(tmp_path: Path, locale: str) -> None:
    (tmp_path / "t.xlsx").write_bytes(template(BUILT_IN, locale))
    file = FileOfSet(tmp_path / "t.xlsx", "t.xlsx")
    assert [record["name"] for record in made_of(template_mapping([file], BUILT_IN).text, [file])] == [FIRM]


def test_the_workbook_is_made_as_it_is_settled() -> None:
    for locale, names in (("zh", "填表说明 客户 订单 供应商 接触 调查 股东 人员"), ("en", "Read me|Customers|Orders|Suppliers|Contacts|Surveys|Owners|People")):
        book = openpyxl.load_workbook(io.BytesIO(template(BUILT_IN, locale)))
        wanted = names.split("|") if "|" in names else names.split()
        assert [name for name in book.sheetnames if book[name].sheet_state == "visible"] == wanted
        assert {item.name: item.value for item in book.custom_doc_props.props}["stakeholder-graph-template"] == 1
        page = book[wanted[1]]
        assert page.row_dimensions[2].hidden
        assert page.cell(2, 1).value == MARK
        stages = [entry.label.in_locale(locale) for entry in BUILT_IN.stages.values()]
        lists = [[cell.value for cell in column if cell.value] for column in book["lists"].iter_cols()]
        assert stages in lists
        assert len(page.data_validations.dataValidation) >= 8


def test_what_a_workspace_adds_to_the_vocabulary_may_be_chosen() -> None:
    vocabulary: Vocabulary = BUILT_IN.extended(terms_of({"type": "vocabulary", "roles": [{"id": "franchisee", "label": {"en": "Franchisee", "zh": "加盟商"}}]}))
    book = openpyxl.load_workbook(io.BytesIO(template(vocabulary, "zh")))
    assert "加盟商" in [cell.value for column in book["lists"].iter_cols() for cell in column]


def test_other_workbooks_are_no_templates(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    (tmp_path / "bad.xlsx").write_bytes(b"PK no zip")
    assert not is_template(FileOfSet(tmp_path / "other.xlsx", "other.xlsx"))
    assert not is_template(FileOfSet(tmp_path / "bad.xlsx", "bad.xlsx"))


def test_on_the_command_line_it_is_written_and_imported(tmp_path: Path) -> None:
    run = runner(tmp_path / "store")
    made = run("template", "-o", str(tmp_path / "t.xlsx"), "--locale", "zh")
    assert made.returncode == 0, made.stderr
    file = filled(tmp_path / "ours.xlsx", "zh")
    done = run("import", str(file.path), "--workspace", "firm", "--currency", "CNY")
    assert done.returncode == 0, done.stderr
    scored = run("analyze", "--workspace", "firm", "--as-of", "2024-12-31", "--metric", "influence", "--metric", "value_flow")
    assert scored.returncode == 0, scored.stderr
