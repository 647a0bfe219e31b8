"""A suggested mapping is a valid one that a dry run takes, with a reason for every column, and asks what a file cannot tell."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_models.errors import StakeholderGraphError
from graph_models.records.vocabulary import BUILT_IN
from service.imports.formats.byte_source import FileOfSet
from service.imports.mapping.model import read_mapping
from service.imports.pipeline.import_job import ImportPlan, import_files
from service.imports.suggestion.suggestion import Suggestion, suggest
from service.stores.sqlite.store import EmbeddedStore
from tests.imports.files import made

DATA = Path(__file__).parents[4] / "shared" / "data"
PAYMENTS = "付款日期,供应商名称,付款金额（万元）,币种,品名,备注\n2025年3月1日,华东钢铁,12.5,CNY,钢材,\n2025/4/2,REDACTED,3,CNY,压缩机,\n合计,,15.5,,,\n"
CONTACTS = "客户名称;城市;统一社会信用代码;客户状态;客户类型;电话\n华东家电;上海;91310000MA1FL0AB12;合作中;经销商;021\n东方超市;北京;91110000MA1FL0AB34;已流失;终端客户;010\n新店;广州;91440000MA1FL0AB56;观察;门店;020\n"  # noqa: E501


_CELLS = st.text(max_size=8) | st.sampled_from(["name", "金额", "日期", "供应商", "5", "2025-01-01", "合计"])


def tried(tmp_path: Path, file: FileOfSet, found: Suggestion) -> dict[str, Any]:
    store = EmbeddedStore(tmp_path / "w.sqlite")
    result = import_files(store, BUILT_IN, ImportPlan([file], read_mapping(found.mapping), dry_run=True))
    store.close()
    return result


def read_as(found: Suggestion) -> dict[str, str | None]:
    return {column["column"]: column["means"] for table in found.tables for column in table["columns"]}


def asked(found: Suggestion) -> str:
    return "\n".join(question["text"]["en"] for question in found.questions)


def test_a_chinese_list_of_payments(tmp_path: Path) -> None:
    file = made(tmp_path, "付款.csv", PAYMENTS, "gb18030")
    found = suggest([file])
    assert read_as(found) == {"付款日期": "date", "供应商名称": "supplier", "付款金额（万元）": "amount", "币种": "currency", "品名": "product", "备注": None}
    result = tried(tmp_path, file, found)
    assert (result["rejected"], result["by_type"]) == (0, {"party": 3, "value_flow": 2})
    flow = next(item["fields"] for item in result["preview"] if item["type"] == "value_flow")
    assert (flow["amount"], flow["valid_from"], flow["target"], flow["product"]) == ("125000.0", "2025-03-01", "华东钢铁", "钢材")
    assert result["left_out"][0]["lines"] == [4]
    assert result["redacted"][0]["placeholder"] == "REDACTED"
    assert all(column["why"] for table in found.tables for column in table["columns"])


def test_a_chinese_list_of_customers(tmp_path: Path) -> None:
    file = made(tmp_path, "客户.csv", CONTACTS)
    found = suggest([file])
    result = tried(tmp_path, file, found)
    assert (result["rejected"], result["by_type"]) == (0, {"party": 4, "role": 3})
    fields = {item["id"]: item["fields"] for item in result["preview"]}
    assert fields["华东家电"]["identifiers"] == {"uscc": "91310000MA1FL0AB12"}
    roles = {item["fields"]["source"]: (item["fields"]["role"], item["fields"].get("stage")) for item in result["preview"] if item["type"] == "role"}
    assert roles == {"华东家电": ("distributor", "active"), "东方超市": ("customer", "lapsed"), "新店": ("retailer", None)}
    assert "'观察'" in asked(found)


def test_a_workbook_with_a_title_and_an_english_list_of_owners(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Ownership 2025"], ["Shareholder", "Company", "Share"], ["Fund One", "Acme", 0.25], ["Fund Two", "Acme", "75%"]):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    file = made(tmp_path, "owners.xlsx", out.getvalue())
    result = tried(tmp_path, file, suggest([file]))
    shares = {item["fields"]["source"]: item["fields"]["share"] for item in result["preview"] if item["type"] == "relationship"}
    assert (result["rejected"], shares) == (0, {"FUND ONE": 0.25, "FUND TWO": 0.75})


def test_what_may_be_two_things_is_asked_with_both(tmp_path: Path) -> None:
    found = suggest([made(tmp_path, "a.csv", 'payee,amount,date\nAcme,"1,234",03/04/2025\nBanana,"2,345",05/06/2025\n')])
    assert "'1,234' is 1234 or 1.234" in asked(found)
    assert "'03/04/2025': 2025-04-03 or 2025-03-04" in asked(found)
    assert "# ? number:a.csv:amount: How are numbers written?" in found.mapping


@pytest.mark.parametrize("path", ["northwind/customers.csv", "northwind/suppliers.csv", "northwind/orders.csv"])
def test_real_files_have_a_suggestion_that_a_dry_run_takes(tmp_path: Path, path: str) -> None:
    if not (DATA / path).is_file():
        pytest.skip("the data sets are not beside the repository (shared/data)")
    file = FileOfSet(DATA / path, Path(path).name)
    found = suggest([file])
    result = tried(tmp_path, file, found)
    assert {error["code"] for error in result["errors"]} <= {"too-many-fields"}  # some lines of these files have one: a person has to say where it goes
    assert result["by_type"]["party"] > 1
    assert bool(result["errors"]) == any("fields and the header" in line["why"] for table in found.tables for line in table["left_out"])


def test_headers_that_yaml_or_templates_would_read_are_quoted(tmp_path: Path) -> None:
    out = io.StringIO()
    odd = ["name: x", "{amount}", "#yes", "- city", "date\n2"]
    csv.writer(out).writerows([odd, ["Acme", "5", "1", "Rome", "2025-01-01"], ["Kiwi", "6", "2", "Oslo", "2025-01-02"]])
    file = made(tmp_path, "a b: [c].csv", out.getvalue())
    found = suggest([file])
    assert tried(tmp_path, file, found)["rejected"] == 0


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.lists(_CELLS, min_size=3, max_size=3), min_size=2, max_size=6))
def test_any_table_has_a_valid_suggestion_or_is_refused(tmp_path: Path, rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    content = out.getvalue().encode("utf-8", "replace")
    with suppress(StakeholderGraphError):
        read_mapping(suggest([made(tmp_path, "a.csv", content)]).mapping)
