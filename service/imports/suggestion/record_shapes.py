"""What a line of a table is, by the columns that the table has, and which records are made of it. What a file does not say is left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from service.imports.cells.name_normalization import company_name
from service.imports.cells.number_formats import readings
from service.imports.suggestion.column_meanings import Column, bare, file_kinds, known_values
from service.imports.suggestion.draft import Draft
from service.imports.suggestion.party_names import seem_people, seems_organization
from service.imports.suggestion.questions import choice, one_of
from service.imports.suggestion.table_samples import Sample

LISTS = frozenset({"list", "suppliers"})
"""The shapes that say which parties there are: other files of the set refer to them."""


def shape_of(sample: Sample) -> str:
    """What a line of a table is: one of ``SHAPES``."""
    has = {column.meaning for column in sample.columns}
    yearly = [column for column in sample.columns if column.meaning == "amount" and column.year]
    kinds = about(sample)
    tests: Sequence[tuple[str, bool]] = (
        ("services", {"provider", "receiver"} <= has),
        ("survey", bool(has & {"nps", "csat"}) and bool(has & {"customer", "company", "short", "end_customer"})),
        ("holders", "owner" in has and bool(has & {"share", "capital"})),
        ("alumni", "person" in has and "left" in has),
        ("employees", "person" in has and bool(has & {"joined", "department"})),
        ("through", "distributor" in has and bool(has & {"end_customer", "customer"}) and "amount" in has),
        ("payments", {"payer", "payee"} <= has),
        ("contacts", "object" in has and "date" in has and "amount" not in has),
        ("suppliers", "supplier" in has and not has & {"customer", "end_customer"} and (bool(yearly) or not {"date", "amount"} <= has)),
        ("orders", "amount" in has and not yearly and bool(has & {"date", "year"}) and bool(has & _NAMED) and "stage" not in has),
        ("list", bool(has & _NAMED)),
    )
    return next((name for name, fits in tests if fits), "suppliers" if "suppliers" in kinds and has & _NAMED else "nothing")


_NAMED = {
    "customer",
    "customer_key",
    "supplier_key",
    "company",
    "distributor",
    "supplier",
    "payer",
    "payee",
    "end_customer",
    "object",
    "person",
    "owner",
    "short",
    "id",
    "owned",
}


def about(sample: Sample) -> list[str]:
    """What the names and titles of a file say that it is about."""
    return file_kinds(sample.file.plain_name.rpartition(".")[0], str(sample.options.get("sheet", "")), *sample.titles)


def main_party(sample: Sample) -> Column | None:
    """The column that names the parties of a list."""
    by = {column.meaning: column for column in reversed(sample.columns) if column.meaning is not None}
    names = ("company", "customer", "supplier", "distributor", "end_customer", "payee", "payer", "object", "owner", "owned", "person", "short", "customer_key")
    return next((by[name] for name in (*names, "supplier_key", "id") if name in by), None)


# --- lists of parties


def list_of_parties(draft: Draft) -> None:
    """A line is a party, with what it is to the firm where the file says so."""
    party = main_party(draft.sample)
    if party is None:
        return
    fields = draft.about(party)
    if (short := draft.get("short")) is not None and short is not party:
        fields["names"] = [{"text": draft.value(short)}]
    draft.add_party(party, duplicates="merge_names", fields=fields)
    role = {"id": f"{draft.party(party)}/{{role}}", "source": draft.party(party), "target": draft.context.firm} | _roles(draft, party)
    if "role" not in role:
        return
    for field in ("stage", "tier"):
        if (column := draft.get(field)) is not None and (mapped := draft.mapped(column, field)) is not None:
            role[field] = mapped
    if (since := draft.get("since")) is not None:
        role["valid_from"] = draft.day(since)
    conditions = [when for when in (role.pop("when", None), only_first(draft, party)) if when]
    role = {"type": "role"} | ({"when": conditions} if conditions else {}) | role | {"duplicates": "first"}
    draft.records.append(role)
    _yearly(draft, party, paid_by_firm=False)


def _roles(draft: Draft, party: Column) -> dict[str, Any]:
    """The roles of a list: a column says them, or the column of the parties, or the file's name; else it is asked."""
    column = draft.get("role")
    if column is not None and any(known_values("role", draft.labels("role")).get(bare(text)) for text in _parts(draft, column)):
        return _roles_of(draft, column)
    said = {"customer": "customer", "end_customer": "customer", "distributor": "distributor", "supplier": "supplier"}.get(party.meaning or "")
    by_file = {"customers": "customer", "orders": "customer", "suppliers": "supplier", "distributors": "distributor", "partners": "partner"}
    said = said or next((by_file[kind] for kind in about(draft.sample) if kind in by_file), None)
    if said is None:
        said = draft.ask(
            "relation",
            party,
            "What are the parties of this list to the firm?",
            "这份名单里的各方与本公司是什么关系？",
            draft.choices("role"),
        )
    if said in (None, "none"):
        return {}
    return {"id": f"{draft.party(party)}/{said}", "role": said}


def _parts(draft: Draft, column: Column) -> list[str]:
    sign = draft.separator(column, "role")
    return list(dict.fromkeys(part.strip() for text in column.values for part in (text.split(sign) if sign else [text])))


def _roles_of(draft: Draft, column: Column) -> dict[str, Any]:
    values = draft.read_values(column, "role", _parts(draft, column))
    if len(set(values.values()) - {None}) == 1 and None not in values.values() and "" not in column.cells:
        draft.used.add(column.name)
    sign = draft.separator(column, "role") or "、"
    part = draft.own("role")
    ends = [text for text, value in values.items() if value == "customer"]
    purposes = {value: "resale" for value in values.values() if value in ("distributor", "wholesaler", "retailer", "agent")}
    if ends and all("终端" in text or "最终" in text or bare(text).startswith("end ") for text in ends):
        purposes["customer"] = "own_use"
    found: dict[str, Any] = {"each": draft.cell(column, **{"as": part, "split": sign, "values": values}), "role": f"{{{part}}}"}
    found["id"] = f"{draft.party(main_party(draft.sample) or column)}/{{{part}}}"
    return found | ({"purpose": {"column": part, "values": purposes, "otherwise": None}} if purposes else {})


def only_first(draft: Draft, party: Column) -> dict[str, Any] | None:
    """Of two lines for one party that are spelt in two ways, the first says what it is to the firm; the other is asked about."""
    first: dict[str, str] = {}
    left: list[str] = []
    for name in dict.fromkeys(party.values):
        if (before := first.setdefault(company_name(name), name)) == name:
            continue
        both = f"{name!r} and {before!r} are taken for one party. Which line counts?"
        choices = [choice("first", "the first", "前一行"), choice("both", "both", "两行都算")]
        if draft.ask(("twice", name), party, both, f"「{name}」和「{before}」当作同一家，以哪一行为准？", choices) != "both":
            left.append(name)
    return {"column": party.name, "not_in": left} if left else None


def list_of_suppliers(draft: Draft) -> None:
    """A line is a supplier, with what the firm bought in each year."""
    party = draft.get("supplier", "company", "payee", "short", "supplier_key")
    if party is None:
        return
    draft.add_party(party, fields=draft.about(party))
    role = {"type": "role", "id": f"{draft.party(party)}/supplier", "source": draft.party(party), "target": draft.context.firm, "role": "supplier"}
    if (stage := draft.get("stage")) is not None and (mapped := draft.mapped(stage, "stage")) is not None:
        role["stage"] = mapped  # type: ignore[assignment]
    if (since := draft.get("since")) is not None:
        role["valid_from"] = draft.day(since)  # type: ignore[assignment]
    draft.records.append(role | {"duplicates": "first"})
    _yearly(draft, party, paid_by_firm=True)


def _yearly(draft: Draft, party: Column, *, paid_by_firm: bool) -> None:
    """The sums of years in a list; not where the orders of the set say the same one by one."""
    if not paid_by_firm and draft.context.has_orders:
        return
    for amount in draft.amounts:
        year = amount.year or next((column.year for column in [amount] if column.year), None) or _year_of_file(draft.sample)
        if year is None:
            year = draft.ask(
                ("year", amount.name),
                amount,
                f"Of which year is {amount.name!r}?",
                f"「{amount.name}」是哪一年的？",
                free=True,
            )
        if year is None:
            continue
        nothing = sorted({text for text in amount.values if readings(text) == [0]})
        flow: dict[str, Any] = {"type": "value_flow"}
        if nothing or "" in amount.cells:
            flow["when"] = (
                [{"column": amount.name, "present": True}, {"column": amount.name, "not_in": nothing}] if nothing else {"column": amount.name, "present": True}
            )
        ends = (draft.context.firm, draft.party(party)) if paid_by_firm else (draft.party(party), draft.context.firm)
        flow |= {"id": f"{'buy' if paid_by_firm else 'sell'}:{draft.party(party)}/{year}", "source": ends[0], "target": ends[1], "kind": "money"}
        draft.records.append(flow | _money(draft, amount) | _product(draft) | {"valid_from": year})


def _year_of_file(sample: Sample) -> str | None:
    years = {word for text in (sample.file.plain_name, *sample.titles) for word in _years(text)}
    return years.pop() if len(years) == 1 else None


def _years(text: str) -> list[str]:
    digits = "".join(char if char.isdigit() else " " for char in text)
    return [word for word in digits.split() if len(word) == 4 and word[:2] in ("19", "20")]


# --- flows


def _money(draft: Draft, amount: Column) -> dict[str, Any]:
    currency = draft.currency(amount)
    return {"amount": draft.amount(amount)} | ({"currency": currency} if currency is not None else {})


def _product(draft: Draft) -> dict[str, Any]:
    return {"product": draft.value(draft.by["product"])} if "product" in draft.by else {}


def _when(draft: Draft) -> dict[str, Any]:
    column = draft.get("date", "year")
    return {} if column is None else {"valid_from": draft.day(column)}


def orders(draft: Draft) -> None:
    """A line is money between the firm and one party."""
    amount = draft.amounts[0]
    party = draft.get(
        "customer", "supplier", "payer", "payee", "distributor", "end_customer", "company", "customer_key", "supplier_key", "object", "person", "short", "owner"
    )
    if party is None:
        return
    side = {"customer": "in", "customer_key": "in", "end_customer": "in", "distributor": "in", "payer": "in"}.get(party.meaning or "")
    side = side or ("out" if party.meaning in ("supplier", "supplier_key", "payee") else None)
    by_file = {"orders": "in", "customers": "in", "purchases": "out", "suppliers": "out"}
    side = side or next((by_file[kind] for kind in about(draft.sample) if kind in by_file), None)
    if side is None:
        side = draft.ask("direction", amount, "Which way does the money go?", "钱是谁付给谁的？",
            [choice("in", "they pay the firm", "对方付给本公司"), choice("out", "the firm pays them", "本公司付给对方"), choice("none", "neither", "都不是")],
        )  # fmt: skip
    draft.add_party(party)
    if side not in ("in", "out"):
        return
    ends = {"source": draft.party(party), "target": draft.context.firm}
    ends = ends if side == "in" else {"source": ends["target"], "target": ends["source"]}
    flow = {"type": "value_flow", "id": draft.line_id("order", party, draft.get("product"), draft.get("date", "year"), amount), **ends, "kind": "money"}
    if (quantity := draft.get("quantity")) is not None:
        flow["quantity"] = draft.value(quantity)
        if unit := _counted_in(quantity.name):
            flow["unit"] = unit
    draft.records.append(flow | _money(draft, amount) | _product(draft) | _when(draft))


def _counted_in(header: str) -> str | None:
    """The unit in the brackets of a header of quantities."""
    inner = header.replace("（", "(").replace("）", ")").partition("(")[2].partition(")")[0].strip()
    return inner if 0 < len(inner) <= 8 and not inner.isdigit() else None


def through(draft: Draft) -> None:
    """A line is what a distributor sold to an end customer."""
    dealer, end = draft.by["distributor"], draft.get("end_customer", "customer")
    assert end is not None
    draft.add_party(end, fields=draft.about(end, primary=False))
    draft.add_party(dealer, fields=draft.about(dealer, primary=False))
    role = {
        "type": "role",
        "id": f"{draft.party(end)}/customer-of/{draft.party(dealer)}",
        "source": draft.party(end),
        "target": draft.party(dealer),
        "role": "customer",
    }
    draft.records.append(role | ({"purpose": "own_use"} if end.meaning == "end_customer" else {}) | {"duplicates": "first"})
    for amount in draft.amounts:
        identity = draft.line_id("through", dealer, end, draft.get("product"), draft.get("year", "date"), *([amount] if "year" not in draft.by else []))
        flow = {
            "type": "value_flow",
            "id": f"{identity}/{amount.year}" if amount.year else identity,
            "source": draft.party(end),
            "target": draft.party(dealer),
            "kind": "money",
        }
        draft.records.append(flow | _money(draft, amount) | _product(draft) | ({"valid_from": amount.year} if amount.year else _when(draft)))


def payments(draft: Draft) -> None:
    """A line is what one party pays another, or, without an amount, two that have to do with each other, which is asked."""
    payer, payee = draft.by["payer"], draft.by["payee"]
    for column in (payer, payee):
        draft.add_party(column)
    if draft.amounts:
        flow = {"type": "value_flow", "id": draft.line_id("payment"), "source": draft.party(payer), "target": draft.party(payee), "kind": "money"}
        draft.records.append(flow | _money(draft, draft.amounts[0]) | _product(draft) | _when(draft))
        return
    entries = draft.context.vocabulary.relationship_kinds.values()
    kind = draft.ask("between", payee, "What stands between the two?", "两者之间是什么关系？",
                     one_of(entries))  # fmt: skip
    if kind not in (None, "none"):
        relation = {
            "type": "relationship",
            "id": draft.line_id(str(kind), payer, payee),
            "source": draft.party(payer),
            "target": draft.party(payee),
            "kind": kind,
        }
        draft.records.append(relation | _when(draft) | {"duplicates": "first"})


def holders(draft: Draft) -> None:
    """A line is a shareholder: of the firm, or of the company that another column names."""
    owner, owned = draft.by["owner"], draft.get("owned", "company")
    draft.add_party(owner, _owner_kind(draft, owner), fields=_owner_sector(draft))
    target = draft.context.firm
    if owned is not None:
        draft.add_party(owned)
        target = draft.party(owned)
    when = _when(draft)
    who = draft.party(owner)
    whom = "" if owned is None else f"/{target}"
    ends = {"source": draft.party(owner), "target": target}
    if owned is None:
        draft.records.append({"type": "role", "id": f"{who}/investor{whom}", **ends, "role": "investor"} | when)
    if (share := draft.get("share")) is not None:
        draft.records.append({"type": "relationship", "id": f"{who}/owns{whom}", **ends, "kind": "owns", "share": _share(draft, share)} | when)
    if (capital := draft.get("capital")) is not None:
        draft.records.append({"type": "value_flow", "id": f"{who}/capital{whom}", **ends, "kind": "capital"} | _money(draft, capital) | when)


def _share(draft: Draft, column: Column) -> Any:
    """A share; numbers above 1 without a percent sign are percents."""
    numbers = [found[0] for text in column.values if "%" not in text and "％" not in text and len(found := readings(text)) == 1]
    if numbers and max(numbers) > 1 and len(numbers) == len(column.values) and not set("[]") & set(column.name):
        draft.used.add(column.name)
        return {"calculate": f"[{column.name}] / 100"}
    return draft.value(column)


def _owner_kind(draft: Draft, owner: Column) -> Any:
    column = draft.get("owner_kind", "role")
    if column is None:
        people = [name for name in owner.values if seem_people([name])]
        if not people or not any(seems_organization(name) for name in owner.values):
            return draft.kind(owner)
        return draft.cell(owner, values=dict.fromkeys(people, "person"), otherwise={"constant": "organization"})
    known = known_values("person")
    people = sorted({text for text in column.values if known.get(bare(text)) == "person"})
    return draft.cell(column, values=dict.fromkeys(people, "person"), otherwise={"constant": "organization"}) if people else "organization"


def _owner_sector(draft: Draft) -> dict[str, Any]:
    column = draft.get("owner_kind")
    sectors = {} if column is None else {text: value for text in column.values if (value := known_values("sector").get(bare(text))) is not None}
    return {"sector": draft.cell(column, values=sectors, otherwise=None)} if column is not None and sectors else {}


SHAPES: dict[str, Callable[[Draft], None]] = {
    "list": list_of_parties, "suppliers": list_of_suppliers, "orders": orders, "through": through, "payments": payments, "holders": holders,
}  # fmt: skip
"""What makes records of a table of each shape; those of people and of what was said of them stand in ``people_shapes.py``."""
