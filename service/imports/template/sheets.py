"""The sheets of the Excel template as data: their names, their columns, and what a line of each becomes. Closed lists come from the vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from graph_models.records.record_types import BY_NAME
from graph_models.records.touchpoint import SCALES
from graph_models.records.vocabulary import Dimension, Entry, Text, Vocabulary

MARK = "mark"
EXAMPLE = Text(en="Example", zh="示例")
FIRM_SHEET = Text(en="Read me", zh="填表说明")


class Field(NamedTuple):
    """One column: its id (row 2), its words (row 1), an example, and the values to choose from, if it has some."""

    id: str
    words: Text
    example: Text
    choices: Sequence[Entry] = ()
    needed: bool = False


class Sheet(NamedTuple):
    """One sheet: its name, what it is for, its columns, and the records that a line becomes."""

    id: str
    name: Text
    purpose: Text
    fields: list[Field]
    records: list[dict[str, Any]]


def field(name: str, en: str, zh: str, example_en: str = "", example_zh: str | None = None, choices: Sequence[Entry] = (), *, needed: bool = False) -> Field:
    """A column."""
    return Field(name, Text(en=en, zh=zh), Text(en=example_en, zh=example_en if example_zh is None else example_zh), choices, needed)


def sheets(vocabulary: Vocabulary, firm: str) -> list[Sheet]:
    """All sheets; ``firm``: the id of the focal party."""
    return [
        _customers(vocabulary, firm),
        _orders(firm),
        _suppliers(vocabulary, firm),
        _contacts(vocabulary, firm),
        _surveys(firm),
        _owners(vocabulary, firm),
        _people(firm),
    ]


def value_of(column: Field) -> Any:
    """A column as a value of a mapping: its label in either language, or the id, gives the value."""
    if not column.choices:
        return f"{{{column.id}}}"
    return {"column": column.id, "values": {text: entry.id for entry in column.choices for text in (entry.id, entry.label.en, entry.label.zh)}}


def _dimensions(vocabulary: Vocabulary, of: str, record: str, *left: str) -> list[Field]:
    """A column for each dimension of a type of record, in the order of the vocabulary: later ones appear by themselves."""
    fields = BY_NAME[record].record.__struct_fields__
    found: list[Dimension] = [one for name, one in vocabulary.dimensions.items() if one.of == of and name in fields and name not in left]
    return [
        Field(one.id, one.label, Text(en=one.values[0].label.en if one.values else "", zh=one.values[0].label.zh if one.values else ""), one.values)
        for one in found
    ]


def _party(name: str, fields: Sequence[Field], kind: Any = "organization", duplicates: str = "first") -> dict[str, Any]:
    wanted = set(BY_NAME["party"].record.__struct_fields__) - {"name", "kind"}
    said = {one.id: value_of(one) for one in fields if one.id in wanted and one.id != "industry"}
    industry = {"industry": {"scheme": "own", "code": "{industry}"}} if any(one.id == "industry" for one in fields) else {}
    names = {"names": [{"text": "{short_name}"}]} if any(one.id == "short_name" for one in fields) else {}
    return {"type": "party", "id": "{party}", "name": f"{{{name}}}", "kind": kind, "duplicates": duplicates} | said | industry | names


def _places() -> list[Field]:
    return [
        field("region", "Region", "地区", "East", "华东"),
        field("city", "City", "城市", "Shanghai", "上海"),
        field("country", "Country (ISO code)", "国家（ISO 代码）", "CN"),
        field("industry", "Industry", "行业", "Machinery", "机械制造"),
    ]


def _customers(vocabulary: Vocabulary, firm: str) -> Sheet:
    roles = [entry for entry in vocabulary.roles.values() if entry.side == "external"]
    stages = list(vocabulary.stages.values())
    fields = [
        field("name", "Name", "客户名称", "Donghua Machinery Co., Ltd.", "东华机械有限公司", needed=True),
        field("short_name", "Short name", "简称", "Donghua", "东华"),
        *_places(),
        *_dimensions(vocabulary, "party", "party"),
        field("role", "What it is to us", "与我方关系", "Customer", "客户", roles),
        field("stage", "Stage", "阶段", "Active", "活跃", stages),
        field("stage_reason", "Reason of the stage", "阶段原因", ""),
        *_dimensions(vocabulary, "role", "role"),
        field("since", "Since", "首次合作日期", "2020-03-01"),
    ]
    by_id = {one.id: one for one in fields}
    role = {"type": "role", "id": "{party}/{kind_of_role}", "source": "{party}", "target": firm, "role": "{kind_of_role}", "stage": value_of(by_id["stage"])}
    role |= {"stage_reason": "{stage_reason}", "valid_from": {"column": "since", "date": "auto"}, "duplicates": "first"}
    role |= {one.id: value_of(one) for one in _dimensions(vocabulary, "role", "role")}
    purpose = Text(en="Who buys from us or sells for us: one line a party.", zh="买我们的货或替我们卖货的各方，一家一行。")
    return Sheet("customers", Text(en="Customers", zh="客户"), purpose, fields, [_party("name", fields, duplicates="merge_names"), role])


_MONEY = (
    field("amount", "Amount (in units of the currency)", "金额（元）", "125000", needed=True),
    field("currency", "Currency (ISO code)", "币种（ISO 代码）", "CNY"),
)


def _orders(firm: str) -> Sheet:
    fields = [
        field("order_id", "Order number", "订单编号", "A-1001"),
        field("date", "Date", "日期", "2024-05-17", needed=True),
        field("name", "Customer", "客户名称", "Donghua Machinery Co., Ltd.", "东华机械有限公司", needed=True),
        *_MONEY,
        field("product", "Product", "产品", "Reducer", "减速机"),
        field("quantity", "Quantity", "数量", "12"),
        field("unit", "Unit", "单位", "pcs", "台"),
        field("channel", "Channel", "渠道", ""),
    ]
    flow = {
        "type": "value_flow",
        "id": {"template": "order:{order_id}", "default": "order:{#file}/{#line}"},
        "source": "{party}",
        "target": firm,
        "kind": "money",
    }
    flow |= {name: f"{{{name}}}" for name in ("amount", "currency", "product", "quantity", "unit", "channel")} | {
        "valid_from": {"column": "date", "date": "auto"}
    }
    purpose = Text(en="What customers ordered or paid: one line an order.", zh="客户的订单或付款，一笔一行。")
    return Sheet("orders", Text(en="Orders", zh="订单"), purpose, fields, [_party("name", ()), flow])


def _suppliers(vocabulary: Vocabulary, firm: str) -> Sheet:
    fields = [
        field("name", "Name", "供应商名称", "Nanhai Steel Ltd.", "南海钢铁有限公司", needed=True),
        *_places(),
        *_dimensions(vocabulary, "party", "party"),
        field("stage", "Stage", "阶段", "Active", "活跃", list(vocabulary.stages.values())),
        field("since", "Since", "合作开始日期", "2018-01-01"),
        field("product", "Supplies", "供应品类", "Steel", "钢材"),
        field("year", "Year of the purchases", "采购年度", "2024"),
        field("amount", "Purchases (in units of the currency)", "采购额（元）", "860000"),
        _MONEY[1],
        field("time_to_recover_days", "Days until it delivers again", "恢复供货天数", "30"),
        field("inventory_days", "Days of stock", "备货天数", "15"),
    ]
    days = {name: {"column": name, "as": "number"} for name in ("time_to_recover_days", "inventory_days")}
    by_id = {one.id: one for one in fields}
    role = {"type": "role", "id": "{party}/supplier", "source": "{party}", "target": firm, "role": "supplier", "stage": value_of(by_id["stage"])}
    role |= {"valid_from": {"column": "since", "date": "auto"}, "duplicates": "first"}
    flow = {
        "type": "value_flow",
        "when": {"column": "amount", "present": True},
        "id": "buy:{party}/{year}/{product_or_all}",
        "source": firm,
        "target": "{party}",
        "kind": "money",
    }
    flow |= {name: f"{{{name}}}" for name in ("amount", "currency", "product")} | {"valid_from": {"column": "year", "date": "auto"}}
    purpose = Text(en="From whom we buy: one line a supplier, or one a supplier and year.", zh="我们的供应商，一家一行；多个年度可以一年一行。")
    party = _party("name", fields, duplicates="merge_names") | {"attributes": days}
    return Sheet("suppliers", Text(en="Suppliers", zh="供应商"), purpose, fields, [party, role, flow])


def _contacts(vocabulary: Vocabulary, firm: str) -> Sheet:
    kinds = list(vocabulary.touchpoint_kinds.values())
    fields = [
        field("date", "Date", "日期", "2024-06-12", needed=True),
        field("name", "With whom", "对象", "Machinery Daily", "机械日报", needed=True),
        field("party_kind", "Person or organization", "对象类型", "Organization", "组织", list(vocabulary.party_kinds.values())),
        field("role", "What it is to us", "与我方关系", "Media", "媒体", list(vocabulary.roles.values())),
        field("contact", "Kind of contact", "接触方式", "Article", "文章", kinds, needed=True),
        *_dimensions(vocabulary, "touchpoint", "touchpoint"),
        field("text", "Subject", "事项", "New product", "新品发布"),
        field("sentiment", "Attitude (-1 to 1)", "态度（-1 到 1）", "1"),
    ]
    by_id = {one.id: one for one in fields}
    contact = {"type": "touchpoint", "id": "contact:{#file}/{#line}", "source": "{party}", "target": firm, "kind": value_of(by_id["contact"])}
    contact |= {one.id: value_of(one) for one in _dimensions(vocabulary, "touchpoint", "touchpoint")} | {"text": "{text}", "sentiment": "{sentiment}"}
    contact |= {"occurred_at": {"column": "date", "date": "auto"}}
    role = {
        "type": "role",
        "when": {"column": "role", "present": True},
        "id": "{party}/{kind_of_role}",
        "source": "{party}",
        "target": firm,
        "role": "{kind_of_role}",
    }
    kind = value_of(by_id["party_kind"]) | {"default": "organization"}
    purpose = Text(en="Meetings, calls, articles, complaints: one line a contact.", zh="会面、电话、报道、投诉等，一次一行。")
    return Sheet("contacts", Text(en="Contacts", zh="接触"), purpose, fields, [_party("name", (), kind), role | {"duplicates": "first"}, contact])


def _surveys(firm: str) -> Sheet:
    measures = [
        Entry(id=name, label=Text(en=name.upper(), zh=zh)) for name, zh in zip(SCALES, ("推荐意愿（0-10）", "满意度（1-5）", "省力度（1-7）"), strict=True)
    ]
    fields = [
        field("date", "Date", "日期", "2024-11-20", needed=True),
        field("name", "Who answered", "回答方", "Donghua Machinery Co., Ltd.", "东华机械有限公司", needed=True),
        field("measure", "Question", "问题", "NPS", "推荐意愿（0-10）", measures, needed=True),
        field("value", "Answer", "分值", "9", needed=True),
        field("text", "Comment", "意见", ""),
    ]
    answer = {"type": "touchpoint", "id": "{measure_id}:{party}/{day}", "source": "{party}", "target": firm, "kind": "survey_answer", "measure": "{measure_id}"}
    answer |= {"value": "{value}", "text": "{text}", "occurred_at": "{day}"}
    purpose = Text(en="Answers to surveys: one line an answer.", zh="调查的回答，一个分值一行。")
    return Sheet("surveys", Text(en="Surveys", zh="调查"), purpose, fields, [_party("name", ()), answer])


def _owners(vocabulary: Vocabulary, firm: str) -> Sheet:
    kinds = [entry for name, entry in vocabulary.party_kinds.items() if name in ("person", "organization")]
    fields = [
        field("name", "Shareholder", "股东名称", "Ann Low", "陈立", needed=True),
        field("party_kind", "Person or organization", "股东类型", "Person", "个人", kinds),
        field("share", "Share (0.25 or 25%)", "持股比例（0.25 或 25%）", "25%"),
        field("amount", "Capital (in units of the currency)", "出资额（元）", "2500000"),
        _MONEY[1],
        field("date", "Date", "出资日期", "2015-05-12"),
    ]
    ends = {"source": "{party}", "target": firm}
    when = {"valid_from": {"column": "date", "date": "auto"}}
    records = [
        _party("name", (), value_of(fields[1]) | {"default": "organization"}),
        {"type": "role", "id": "{party}/investor", **ends, "role": "investor", **when, "duplicates": "first"},
        {"type": "relationship", "when": {"column": "share", "present": True}, "id": "{party}/owns", **ends, "kind": "owns", "share": "{share}", **when},
        {
            "type": "value_flow",
            "when": {"column": "amount", "present": True},
            "id": "capital:{party}/{#line}",
            **ends,
            "kind": "capital",
            "amount": "{amount}",
            "currency": "{currency}",
            **when,
        },
    ]
    return Sheet("owners", Text(en="Owners", zh="股东"), Text(en="Who owns us: one line a shareholder.", zh="我们的股东，一家一行。"), fields, records)


def _people(firm: str) -> Sheet:
    fields = [
        field("name", "Name", "姓名", "Jo Park", "周明", needed=True),
        field("department", "Department", "部门", "Research", "研发部"),
        field("joined", "Joined", "入职日期", "2015-03-01", needed=True),
        field("left", "Left", "离职日期", "2021-08-31"),
        field("employer", "Now at", "现单位", ""),
    ]
    ends = {"source": "{party}", "target": firm}
    dates = {"valid_from": {"column": "joined", "date": "auto"}, "valid_to": {"column": "left", "date": "auto"}}
    left, works, unit = ({"column": name, "present": True} for name in ("left", "employer", "department"))
    records = [
        _party("name", (), "person"),
        {"type": "role", "id": "{party}/employee", **ends, "role": "employee", **dates},
        {"type": "role", "when": left, "id": "{party}/alumni", **ends, "role": "alumni", "valid_from": dates["valid_to"]},
        {"type": "party", "when": unit, "id": "dept:{department}", "name": "{department}", "kind": "unit", "duplicates": "first"},
        {"type": "relationship", "when": unit, "id": "{party}/in/{department}", "source": "{party}", "target": "dept:{department}", "kind": "part_of", **dates},
        {"type": "party", "when": works, "id": "{employer_id}", "name": "{employer}", "kind": "organization", "duplicates": "first"},
        {"type": "relationship", "when": works, "id": "{party}/works-at", "source": "{party}", "target": "{employer_id}", "kind": "part_of"},
    ]
    return Sheet("people", Text(en="People", zh="人员"), Text(en="Employees and those who have left.", zh="员工与离职员工（校友）。"), fields, records)


def derived_of(sheet: Sheet) -> dict[str, Any]:
    """What the records of a sheet read beside its columns."""
    by_id = {one.id: one for one in sheet.fields}
    found: dict[str, Any] = {"party": {"column": "name", "normalize": "company_name"}}
    if "role" in by_id:
        role = value_of(by_id["role"])
        found["kind_of_role"] = role | {"default": "customer"} if sheet.id == "customers" else role
    if "measure" in by_id:
        found |= {"measure_id": value_of(by_id["measure"]), "day": {"column": "date", "date": "auto"}}
    if "employer" in by_id:
        found["employer_id"] = {"column": "employer", "normalize": "company_name"}
    if sheet.id == "suppliers":
        found["product_or_all"] = {"column": "product", "default": "all"}
    return found
