"""Files that belong together are understood together: what is suggested says nothing that is not so, and asks what it cannot tell."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from graph_models.errors import InvalidInput
from service.imports.formats.byte_source import FileOfSet
from service.imports.mapping.model import read_mapping
from service.imports.suggestion.suggestion import Asked, Suggestion, suggest
from service.imports.suggestion.table_samples import Hints
from tests.imports.comparing import FIRM, made_of, not_made
from tests.imports.files import made

ANALYST = Path(__file__).parents[4] / "shared" / "checks" / "analyst"


def workbook(*sheets: tuple[str, list[list[Any]], list[str]]) -> bytes:
    book = openpyxl.Workbook()
    for number, (name, rows, merged) in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        assert sheet is not None
        sheet.title = name
        for row in rows:
            sheet.append(row)
        for cells in merged:
            sheet.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def answered(found: Suggestion, **more: str) -> dict[str, str]:
    """An answer to each question: the given one where its id begins so, else the first choice."""
    given = {question["id"]: next((answer for begin, answer in more.items() if question["id"].split(":")[0] == begin), None) for question in found.questions}
    first = {question["id"]: question["choices"][0]["value"] for question in found.questions if question["choices"]}
    return {name: answer or first[name] for name, answer in given.items() if answer or name in first}


# --- the analyst's nine files


def analyst() -> list[FileOfSet]:
    if not ANALYST.is_dir():
        pytest.skip("the analyst's files are not beside the repository (shared/checks/analyst)")
    return [FileOfSet(path, path.name) for path in sorted(ANALYST.iterdir()) if path.suffix in (".csv", ".xlsx")]


def by_hand(files: list[FileOfSet]) -> list[dict[str, Any]]:
    return made_of((ANALYST / "hengrui_all.yaml").read_text("utf-8"), files)


def sold(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What customers pay the firm."""
    return [record for record in records if record["type"] == "value_flow" and record["target"] == FIRM and record["kind"] == "money"]


def test_of_nine_messy_files_every_record_is_also_made_by_hand() -> None:
    files = analyst()
    suggested, hand = made_of(suggest(files).mapping, files), by_hand(files)
    assert not_made(suggested, hand) == []
    parties = [{record["name"] for record in records if record["type"] == "party"} for records in (suggested, hand)]
    assert (len(parties[0]), parties[0] <= parties[1]) == (53, True)
    flows = [
        [record for record in records if record["type"] == "value_flow" and record["target"] == FIRM and record["kind"] == "money"]
        for records in (suggested, hand)
    ]
    assert len(flows[0]) == len(flows[1]) > 60
    in_2024 = sum(flow["amount"] * {"CNY": 1, "EUR": 7.7, "USD": 7.1}[flow["currency"]] for flow in flows[0] if flow["valid_from"] >= "2024")
    assert round(in_2024 / 10_000) == 7_315


def test_with_its_questions_answered_and_few_lines_edited_the_nine_files_are_as_by_hand() -> None:
    files = analyst()
    first = suggest(files)
    answers = answered(first, firm="苏州恒锐传动设备股份有限公司", service_year="2024", contact="meeting", works_at="yes", relation_of="organization")
    second = suggest(files, Asked(answers=answers))
    assert second.questions == []
    edits = {"      kind: meeting\n": "      kind: {column: 类别, values: {媒体: article, 意见领袖: post, 社区: complaint}, otherwise: meeting}\n"}
    text = second.mapping
    for old, new in edits.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    suggested, hand = made_of(text, files), by_hand(files)
    counted = [
        {name: sum(record["type"] == name for record in records) for name in ("party", "role", "value_flow", "touchpoint", "relationship")}
        for records in (suggested, hand)
    ]
    assert counted[0] == counted[1]
    assert not_made(suggested, hand) == []


# --- another firm's files: English, other headers, another order

CLIENTS = [
    ["Harbour Coffee Roasters - accounts as of 2025-06-30"], [],
    ["Account name", "Alias", "Territory", "Size", "Grade", "Status", "Type", "Customer since", "Notes"],
    ["Blue Door Cafés Ltd", "Blue Door", "North", "Small", "Key account", "Active", "End customer", "2019-04-01", "pays late"],
    ["Fenwick & Sons Limited", "Fenwicks", "South", "Medium", "Standard", "At risk", "Reseller", "2015-02-11", None],
    ["Müller Feinkost GmbH", "Müller", "Export", "Large", "Key account", "Churned", "End customer", "2012-10-30", None],
    ["Grand total", None, None, None, None, None, None, None, None],
]  # fmt: skip
INVOICES = (
    "Invoice no;Invoice date;Client;Item;Qty (kg);Net sales (GBP);Sales rep\n"
    "A1;2024-03-01;Blue Door;Espresso;10;1200.50;Ann\nA2;2024-04-01;FENWICK AND SONS LTD;Filter;5;700;Bob\n"
    "A3;2025-01-15;Mueller Feinkost GmbH;Espresso;9;980;Ann\nA4;2025-02-15;Kiosk 7;Filter;1;99;Bob\nTotal;;;;25;2979.50;\n"
)
VENDORS = (
    "Vendor,Supplies,2024 spend (GBP),2023 spend (GBP),Days of stock,Recovery days\n"
    "Andes Beans SA,Green coffee,5000,0,20,45\n"
    "Cartonia,Boxes,300,250,10,5\n"
    "Sum,,5300,250,,\n"
)
OWNERS = [["Shareholder", "Shareholder type", "Stake", "Invested (GBP)", "Date"], ["Ann Low", "Individual", "60%", 6000, "2010-01-05"],
          ["Northern Growth Fund", "Fund", "40%", 9000, "2018-07-01"], ["Total", None, "100%", 15000, None]]  # fmt: skip
SURVEY = (
    "Client,Date,Likelihood to recommend (0-10),Overall satisfaction (1-5),Comments\n"
    "Blue Door,2024-11-01,9,5,great\n"
    "Fenwicks,2024-11-02,3,,slow\n"
    "Average,,6,5,\n"
)
LEAVERS = (
    "Full name,Former department,Hire date,Leaving date,Current employer,Relation to us\n"
    "Jo Park,Roasting,2012-01-02,2020-05-31,Fenwick & Sons Limited,customer\n"
    "Li Wu,Sales,2015-03-01,2022-08-31,,none\n"
)
PRESS = (
    "Date,Counterparty,Category,Subject,Channel,Tone\n"
    "2024-05-01,Daily Bean,Media,new shop,online,positive\n"
    "2024-06-01,Food Standards Office,Regulator,inspection,on site,neutral\n"
    "2024-07-01,Jane Sip,Influencer,review,online,negative\n"
)


@pytest.fixture
def roasters(tmp_path: Path) -> list[FileOfSet]:
    return [
        made(tmp_path, "owners.xlsx", workbook(("Cap table", OWNERS, []))), made(tmp_path, "press log.csv", PRESS), made(tmp_path, "invoices.csv", INVOICES),
        made(tmp_path, "leavers.csv", LEAVERS), made(tmp_path, "vendors.csv", VENDORS), made(tmp_path, "nps.csv", SURVEY),
        made(tmp_path, "accounts.xlsx", workbook(("Accounts", CLIENTS, ["A1:I1"]), ("How to fill in", [["Ask Ann"]], []))),
    ]  # fmt: skip


def roles(records: list[dict[str, Any]]) -> set[tuple[str, str, str, str | None]]:
    return {(record["source"], record["role"], record["target"], record.get("stage")) for record in records if record["type"] == "role"}


def flows(records: list[dict[str, Any]]) -> list[tuple[str, str, float, str, str]]:
    return sorted(
        (record["source"], record["target"], record["amount"], record["currency"], record["valid_from"]) for record in records if record["type"] == "value_flow"
    )


def test_an_english_set_is_understood_together(roasters: list[FileOfSet]) -> None:
    records = made_of(suggest(roasters).mapping, roasters)
    blue, fenwick, mueller = "Blue Door Cafés Ltd", "Fenwick & Sons Limited", "Müller Feinkost GmbH"
    assert {record["name"] for record in records if record["type"] == "party"} == {
        FIRM, blue, fenwick, mueller, "Kiosk 7", "Andes Beans SA", "Cartonia", "Ann Low", "Northern Growth Fund", "Daily Bean", "Food Standards Office",
        "Jane Sip", "Jo Park", "Li Wu",
    }  # fmt: skip
    assert roles(records) == {
        (blue, "customer", FIRM, "active"), (fenwick, "distributor", FIRM, "at_risk"), (mueller, "customer", FIRM, "lapsed"),
        ("Andes Beans SA", "supplier", FIRM, None), ("Cartonia", "supplier", FIRM, None), ("Ann Low", "investor", FIRM, None),
        ("Northern Growth Fund", "investor", FIRM, None),
        ("Daily Bean", "media", FIRM, None), ("Food Standards Office", "regulator", FIRM, None), ("Jane Sip", "kol", FIRM, None),
        ("Jo Park", "employee", FIRM, None), ("Jo Park", "alumni", FIRM, None), ("Li Wu", "employee", FIRM, None), ("Li Wu", "alumni", FIRM, None),
    }  # fmt: skip
    assert flows(records) == [
        ("(the firm)", "Andes Beans SA", 5000, "GBP", "2024"), ("(the firm)", "Cartonia", 250, "GBP", "2023"), ("(the firm)", "Cartonia", 300, "GBP", "2024"),
        ("Ann Low", FIRM, 6000, "GBP", "2010-01-05"), (blue, FIRM, 1200.5, "GBP", "2024-03-01"), (fenwick, FIRM, 700, "GBP", "2024-04-01"),
        ("Kiosk 7", FIRM, 99, "GBP", "2025-02-15"), (mueller, FIRM, 980, "GBP", "2025-01-15"), ("Northern Growth Fund", FIRM, 9000, "GBP", "2018-07-01"),
    ]  # fmt: skip
    assert [(record["source"], record["share"]) for record in records if record["type"] == "relationship"] == [("Ann Low", 0.6), ("Northern Growth Fund", 0.4)]
    answers = sorted((record["source"], record["measure"], record["value"]) for record in records if record["type"] == "touchpoint")
    assert answers == [(blue, "csat", 5), (blue, "nps", 9), (fenwick, "nps", 3)]
    people = {record["name"] for record in records if record["type"] == "party" and record.get("kind") == "person"}
    assert people == {"Ann Low", "Jane Sip", "Jo Park", "Li Wu"}


def test_what_the_files_do_not_tell_is_asked_in_both_languages(roasters: list[FileOfSet]) -> None:
    found = suggest(roasters)
    assert {question["id"].split(":")[0] for question in found.questions} == {"firm", "same", "contact", "works_at", "relation_of"}
    for question in found.questions:
        assert question["text"]["en"] != question["text"]["zh"]
        assert all(choice["text"]["en"] and choice["text"]["zh"] for choice in question["choices"])
    second = suggest(roasters, Asked(answers=answered(found, firm="Harbour", contact="Article", works_at="yes", relation_of="none")))
    records = made_of(second.mapping, roasters)
    assert second.questions == []
    assert [record["sentiment"] for record in records if record.get("kind") == "article"] == [1, 0, -1]
    assert [(record["source"], record["target"]) for record in records if record.get("kind") == "part_of"] == [("Jo Park", "Fenwick & Sons Limited")]
    with pytest.raises(InvalidInput) as refused:
        suggest(roasters, Asked(answers={"contact:press log.csv": "banana"}))
    assert (refused.value.errors[0].code, refused.value.errors[0].field) == ("not-a-choice", "answers.contact:press log.csv")


def test_comments_say_what_the_mapping_does_and_in_the_language_that_is_asked_for(roasters: list[FileOfSet]) -> None:
    for locale, used, unused in (("en", "read as", "not used"), ("zh", "读作", "未使用")):
        found = suggest(roasters, Asked(locale=locale))
        ignored = {file.pattern: file.ignore for file in read_mapping(found.mapping).model.files.values()}
        said, name = [], ""
        for line in found.mapping.splitlines():
            name = line[2:].split(": ")[0] if line.startswith("# ") and ": " in line and line[2] not in " ?" else name
            if line.startswith("#   ") and (used in line or unused in line):
                said.append((unused in line, line[4:].split(": ")[0] in ignored[name]))
        assert len(said) > 30
        assert all(is_unused == is_ignored for is_unused, is_ignored in said)
        assert read_mapping(found.mapping).model.workspace.locale == locale  # type: ignore[union-attr]


# --- a Chinese set of another industry

MEMBERS = (
    "单位名称,别名,大区,企业规模,客户分级,客户状态,合作起始日\n"
    "广州云帆软件有限公司,云帆,华南,小型,大客户,合作中,2020/3/1\n"
    "成都蜀信科技股份有限公司,蜀信,西南,中型,一般客户,流失,2018年5月6日\n"
    "小计,,,,,,\n"
)
PAID = (
    "流水号,付款日期,收款方,金额（元）,币别\n"
    "P1,2024-01-05,腾云机房服务有限公司,30000,人民币\n"
    "P2,2024-02-05,上海律正律师事务所,￥8000,\n"
    "P3,2024-03-05,腾云机房服务有限公司,30000,RMB\n"
)
SOLD = (
    "合同编号,成交日期,购买方,产品名称,合同金额（万元）\n"
    "S1,2024-05-01,云帆,授权,12\n"
    "S2,2024-06-01,成都蜀信科技股份有限公司（成都）,服务,8.5\n"
    "S3,2024-07-01,云帆,服务,20.5\n"
    "总计,,,,41\n"
)


def test_a_chinese_set_of_another_industry_is_understood_together(tmp_path: Path) -> None:
    files = [
        made(tmp_path, "销售合同.csv", SOLD, "gb18030"),
        made(tmp_path, "往来客户.csv", MEMBERS),
        made(tmp_path, "付款流水.csv", PAID.replace("￥", "")),
    ]
    records = made_of(suggest(files).mapping, files)
    yunfan, shuxin = "广州云帆软件有限公司", "成都蜀信科技股份有限公司"
    assert roles(records) == {(yunfan, "customer", FIRM, "active"), (shuxin, "customer", FIRM, "lapsed")}
    assert {record["name"] for record in records if record["type"] == "party"} == {FIRM, yunfan, shuxin, "腾云机房服务有限公司", "上海律正律师事务所"}
    assert flows(records) == sorted([
        (FIRM, "上海律正律师事务所", 8000, "CNY", "2024-02-05"), (FIRM, "腾云机房服务有限公司", 30000, "CNY", "2024-01-05"),
        (FIRM, "腾云机房服务有限公司", 30000, "CNY", "2024-03-05"), (yunfan, FIRM, 120000, "CNY", "2024-05-01"), (yunfan, FIRM, 205000, "CNY", "2024-07-01"),
        (shuxin, FIRM, 85000, "CNY", "2024-06-01"),
    ])  # fmt: skip  # the last is the sum of the two before it, and of a customer that is there before


# --- single points


def test_a_line_that_is_the_sum_of_those_before_is_asked_about(tmp_path: Path) -> None:
    file = made(tmp_path, "orders.csv", "customer,amount,date,currency\nA,10,2024-01-01,EUR\nB,20,2024-01-02,EUR\nAll of them,30,2024-01-02,EUR\n")
    found = suggest([file])
    (question,) = [question for question in found.questions if question["id"].startswith("sum:")]
    assert {record["name"] for record in made_of(found.mapping, [file]) if record["type"] == "party"} == {FIRM, "A", "B"}
    kept = suggest([file], Asked(answers={question["id"]: "keep"}))
    assert len(flows(made_of(kept.mapping, [file]))) == 3


def test_money_of_which_nobody_says_which_way_it_goes_is_left_out(tmp_path: Path) -> None:
    file = made(tmp_path, "table.csv", "company,amount,date,currency\nA,10,2024-01-01,EUR\nB,21,2024-01-02,EUR\n")
    assert flows(made_of(suggest([file]).mapping, [file])) == []
    asked = suggest([file], Asked(answers={"direction:table.csv": "本公司付给对方"}))
    assert flows(made_of(asked.mapping, [file])) == [(FIRM, "A", 10, "EUR", "2024-01-01"), (FIRM, "B", 21, "EUR", "2024-01-02")]


def test_amounts_as_people_write_them_are_read_where_all_cells_agree(tmp_path: Path) -> None:
    file = made(tmp_path, "orders.csv", 'customer,amount,date,currency\nA,"￥1,200.00",2024-01-01,CNY\nB,(300.00),2024-01-02,CNY\nC,￥50.00,2024-01-03,CNY\n')
    found = suggest([file])
    assert "number: accounting" in found.mapping
    assert [flow[2] for flow in flows(made_of(found.mapping, [file]))] == [1200, -300, 50]


def test_what_is_said_of_single_files_counts(tmp_path: Path) -> None:
    book = workbook(("one", [["customer", "status"], ["A", "active"]], []), ("two", [["Title"], ["x"], ["customer", "status"], ["B", "lost"]], []))
    file = made(tmp_path, "clients.xlsx", book)
    both = made_of(suggest([file]).mapping, [file])
    assert {record["name"] for record in both if record["type"] == "party"} == {FIRM, "A", "B"}
    one = suggest([file], Asked(hints={"clients.xlsx": Hints(sheet="two", header_row=3)}))
    assert {record["name"] for record in made_of(one.mapping, [file]) if record["type"] == "party"} == {FIRM, "B"}
    with pytest.raises(InvalidInput):
        suggest([file], Asked(hints={"other.xlsx": Hints(sheet="two")}))
