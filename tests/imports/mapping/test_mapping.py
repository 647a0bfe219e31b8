"""A mapping says what is made of each column; whatever it leaves open, or gets wrong, is an error that names the place."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_models.errors import FieldError, InvalidInput, Malformed
from graph_models.records.vocabulary import BUILT_IN
from service.imports.cells.arithmetic import ExpressionError, compiled
from service.imports.cells.number_formats import Numbers
from service.imports.mapping.bound_mapping import BoundMapping
from service.imports.mapping.model import read_mapping
from tests.imports.files import made

PARTY = '{type: party, id: "{id}", name: "{name}", kind: organization}'


def rows_of(directory: Path, mapping: str, **files: str) -> list[tuple[int, Any]]:
    """What a mapping makes of some CSV files: dicts and faults, with the lines of the first file."""
    given_files = [made(directory, f"{name}.csv", content) for name, content in files.items()]
    bound = BoundMapping(read_mapping(mapping), given_files, BUILT_IN)
    found = list(bound.records(lambda _: None))
    assert found == list(bound.records(lambda _: None)), "a second reading gives the same"
    return [(place, item if isinstance(item, FieldError) else msgspec.to_builtins(item)) for place, item in found]


def one_file(records: str, options: str = "") -> str:
    """A mapping of one file ``a``."""
    return f"name: test\nfiles:\n  a:\n    pattern: a.csv\n{options}    records:\n{records}"


def faults_of(directory: Path, mapping: str, **files: str) -> list[FieldError]:
    with pytest.raises(InvalidInput) as caught:
        rows_of(directory, mapping, **files)
    return list(caught.value.errors)


def field(directory: Path, spec: str, content: str, options: str = "", name: str = "region") -> list[Any]:
    """The values that one field gets, or the codes of the faults."""
    record = f"      - {{type: party, id: '{{id}}', name: x, kind: organization, {name}: {spec}}}\n"
    found = rows_of(directory, one_file(record, options), a=content)
    return [item.code if isinstance(item, FieldError) else item.get(name) for _, item in found]


# --- what a mapping is


def test_one_line_gives_records_of_several_types(tmp_path: Path) -> None:
    records = f'      - {PARTY}\n      - {{type: role, id: "{{id}}/r", source: "{{id}}", target: firm, role: supplier}}\n'
    found = rows_of(tmp_path, one_file(records), a="id,name\nd1,Banana\n")
    assert [(line, item["type"], item["id"]) for line, item in found] == [(2, "party", "d1"), (2, "role", "d1/r")]


def test_constant_records_come_first_and_know_their_line_of_the_mapping(tmp_path: Path) -> None:
    mapping = one_file(f"      - {PARTY}\n") + "records:\n  - {type: party, id: firm, name: Firm, kind: organization}\n"
    assert [item["id"] for _, item in rows_of(tmp_path, mapping, a="id,name\nd1,Banana\n")] == ["firm", "d1"]
    with pytest.raises(InvalidInput) as caught:
        read_mapping(mapping.replace("name: Firm", "banana: 1"))
    assert [error[2:] for error in caught.value.errors] == [("records[0].banana", 8)]


def test_every_column_is_mapped_or_ignored(tmp_path: Path) -> None:
    content = "id,name,colour,weight\n1,Banana,yellow,3\n"
    (error,) = faults_of(tmp_path, one_file(f"      - {PARTY}\n"), a=content)
    assert (error.code, error.line) == ("unmapped-column", 3)
    assert "'colour', 'weight'" in error.message
    assert rows_of(tmp_path, one_file(f"      - {PARTY}\n", "    ignore: [colour, weight]\n"), a=content)


def test_a_column_that_is_mapped_or_absent_cannot_be_ignored(tmp_path: Path) -> None:
    codes = [error.code for error in faults_of(tmp_path, one_file(f"      - {PARTY}\n", "    ignore: [name]\n"), a="id,name\n1,x\n")]
    assert codes == ["mapped-and-ignored"]
    codes = [error.code for error in faults_of(tmp_path, one_file(f"      - {PARTY}\n", "    ignore: [banana]\n"), a="id,name\n1,x\n")]
    assert codes == ["unknown-column"]


def test_a_column_that_the_file_has_not_is_named_with_the_line_of_the_mapping(tmp_path: Path) -> None:
    (error,) = faults_of(tmp_path, one_file(f"      - {PARTY}\n"), a="id,nom\n1,x\n")[:1]
    assert (error.code, error.field, error.line) == ("unknown-column", "files.a.records[0].name", 6)


def test_files_are_told_apart_by_patterns_and_none_is_left_over(tmp_path: Path) -> None:
    mapping = one_file(f"      - {PARTY}\n")
    assert [error.code for error in faults_of(tmp_path, mapping, b="id,name\n1,x\n")] == ["unknown-file", "missing-file"]
    assert [error.code for error in faults_of(tmp_path, mapping + "  b: {pattern: '*.csv'}\n", a="id,name\n")] == [
        "ambiguous-file",
        "missing-file",
        "missing-file",
    ]
    assert rows_of(tmp_path, mapping + "unused: [b.csv]\n", a="id,name\n1,x\n", b="whatever\n")
    assert rows_of(tmp_path, mapping + "  b: {pattern: b.csv, if_absent: skip}\n", a="id,name\n1,x\n")


def test_files_of_one_shape_may_have_other_names_and_orders_of_columns(tmp_path: Path) -> None:
    mapping = one_file(f"      - {PARTY}\n", "    aliases: {name: [Beneficiary, payee]}\n    optional: [note]\n    ignore: [note]\n").replace(
        "a.csv", '"q*.csv"'
    )
    found = rows_of(tmp_path, mapping, q1="id,name\n1,Banana\n", q2="payee,note,id\nKiwi,x,2\n")
    assert [(item["id"], item["name"]) for _, item in found] == [("1", "Banana"), ("2", "Kiwi")]
    (error,) = faults_of(tmp_path, one_file(f"      - {PARTY}\n").replace("a.csv", '"q*.csv"'), q1="id,name,x\n", q2="id,name\n")[:1]
    assert error.code == "missing-column"


@pytest.mark.parametrize(
    ("text", "code", "path", "line"),
    [
        ("name: x\nfiles: {a: {pattern: a, banana: 1}}", "unknown-field", "files.a.banana", 2),
        ("name: x\nfiles:\n  ok: {pattern: a}\n  bad:\n    pattern: a\n    decimal: ';'\n", "invalid", "files.bad.decimal", 6),
        ("name: x\nname: y\nfiles: {}", "duplicate-name", "name", 2),
        ("name: x\n", "missing", "files", 1),
        ("name: x\nfiles: {}", "out-of-range", "files", 2),
        ("name: x y\nfiles: {a: {pattern: a}}", "invalid", "name", 1),
        ("name: x\nfiles: &a {a: {pattern: a}}", "yaml-anchor", None, 2),
        ("name: x\nfiles: {a: {pattern: a, look_up: {p: {file: q, by: id}}}}", "unknown-name", "files.a.look_up.p.file", 2),
        ("name: x\nfiles: {a: {pattern: a, look_up: {p: {file: a, by: id}}}}", "missing", "files.a", 2),
        ("name: x\nfiles: " + "[" * 3000, "too-deep", None, 2),
        ("x" * 300_000, "too-large", None, None),
        ("- 1", "wrong-type", None, 1),
        ("", "wrong-type", None, 1),
    ],
)
def test_a_wrong_mapping_names_field_and_line(text: str, code: str, path: str | None, line: int | None) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_mapping(text)
    assert (caught.value.errors[0].code, caught.value.errors[0].field, caught.value.errors[0].line) == (code, path, line)


@pytest.mark.parametrize("text", ["a: [", "a: b: c", "\x00"])
def test_what_is_no_yaml_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        read_mapping(text)


@pytest.mark.parametrize(
    ("record", "code", "path"),
    [
        ("{type: banana, id: x}", "unknown-type", "type"),
        ('{type: party, id: "{id}", name: "{name}", kind: person, banana: 1}', "unknown-field", "banana"),
        ('{type: party, id: "{id}", name: "{name}"}', "missing", "kind"),
        ('{type: party, id: "{id}", name: "{name", kind: person}', "bad-template", "name"),
        ('{type: party, id: "{id}", name: {column: name, banana: 1}, kind: person}', "unknown-field", "name.banana"),
        ('{type: party, id: "{id}", name: {column: name, template: x}, kind: person}', "invalid", "name"),
        ('{type: party, id: "{id}", name: {column: name, pattern: "("}, kind: person}', "bad-pattern", "name.pattern"),
        ('{type: party, id: "{id}", name: {column: name, precision: week}, kind: person}', "invalid", "name.precision"),
        ('{type: party, id: "{id}", name: {calculate: "name *"}, kind: person}', "bad-expression", "name.calculate"),
        ('{type: party, id: "{id}", name: {sum: name}, kind: person}', "not-grouped", "name.sum"),
        ('{type: party, id: "{id}", name: "{name}", kind: person, when: {column: name, is: 1}}', "invalid", "when"),
        ('{type: party, id: "{id}", name: "{name}", kind: person, duplicates: last}', "invalid", "duplicates"),
        ('{type: party, id: "{id}", name: "{name}", kind: person, attributes: x}', "wrong-type", "attributes"),
        ('{type: party, id: "{id}", name: "{name}", kind: person, industry: {code: x, banana: y}}', "unknown-field", "industry.banana"),
        ('{type: party, id: "{id}", name: "{name}", kind: person, market_tier: one}', "wrong-type", "market_tier"),
        ('{type: party, id: "{id}", name: true, kind: person}', "wrong-type", "name"),
        ('{type: party, id: "{id}", name: "{name}", kind: person, each: {column: name}}', "invalid", "each"),
        ('{type: party, group_by: [name], id: "{id}", name: "{name}", kind: person}', "not-grouped", "id"),
    ],
)
def test_a_wrong_record_of_a_mapping_names_its_place(tmp_path: Path, record: str, code: str, path: str) -> None:
    found = faults_of(tmp_path, one_file(f"      - {record}\n"), a="id,name\n1,x\n")
    assert (code, f"files.a.records[0].{path}", 6) in [(error.code, error.field, error.line) for error in found]


# --- values


def test_constants_columns_templates_and_defaults(tmp_path: Path) -> None:
    content = "id,b\n1, North \n2,\n"
    assert field(tmp_path, '"{b}"', content) == ["North", None]
    assert field(tmp_path, '"{b} of {id}{{x}}"', content) == ["North of 1{x}", None]
    assert field(tmp_path, "{column: b, default: none}", content) == ["North", "none"]
    assert field(tmp_path, '{column: b, default: "{id}"}', content) == ["North", "2"]
    assert field(tmp_path, "{constant: yes, when: {column: b, present: true}}", content) == ["yes", None]


def test_null_markers_are_empty_cells(tmp_path: Path) -> None:
    assert field(tmp_path, '"{b}"', "id,b\n1,NULL\n2,null\n", '    "null": ["NULL"]\n') == [None, "null"]


def test_value_maps_are_complete_or_say_otherwise(tmp_path: Path) -> None:
    content = "id,b\n1,N\n2,no\n3,?\n"
    assert field(tmp_path, "{column: b, values: {N: North, no: null}}", content) == ["North", None, "unknown-value"]
    assert field(tmp_path, '{column: b, values: {N: North}, otherwise: "other {b}"}', content) == ["North", "other no", "other ?"]


def test_dates_are_read_by_their_format_and_cut_to_a_precision(tmp_path: Path) -> None:
    content = "id,d\n1,03/04/2025\n2,2025-04-05 00:00:00.000\n3,banana\n4,\n"
    assert field(tmp_path, '{column: d, date: ["%d/%m/%Y", "%Y-%m-%d %H:%M:%S.%f"]}', content, name="valid_from") == [
        "2025-04-03",
        "2025-04-05",
        "bad-date",
        None,
    ]
    assert field(tmp_path, '{column: d, date: "%d/%m/%Y", precision: month}', content[:18], name="valid_from") == ["2025-04"]
    assert field(tmp_path, '"{d}"', "id,d\n1,2025\n2,2025-13\n", name="valid_from") == ["2025", "bad-date"]


def test_numbers_are_read_by_the_marks_of_the_file(tmp_path: Path) -> None:
    content = 'id,n\n1,"1.234.567,5"\n2,"1,5"\n3,1.5\n4,1.2345\n5,-7\n'
    options = "    decimal: ','\n    thousands: '.'\n"
    assert field(tmp_path, "{x: {column: n, as: number}}", content, options, "attributes") == [
        {"x": 1234567.5},
        {"x": 1.5},
        "bad-number",
        "bad-number",
        {"x": -7},
    ]


@pytest.mark.parametrize("text", ["1e999", "e5", "1e", "NaN", "Infinity", "", "1_000", "１２ａ", "0x10", "1,5", "--1", "1.2.3"])
def test_what_is_no_plain_number_is_not_read_as_one(text: str) -> None:
    assert Numbers().parser()(text) is None


def test_a_pattern_takes_a_part_of_a_cell(tmp_path: Path) -> None:
    assert field(tmp_path, "{column: b, pattern: '(\\d+) kg'}", "id,b\n1,about 12 kg\n2,light\n") == ["12", None]


def test_objects_and_lists_leave_out_what_is_empty(tmp_path: Path) -> None:
    content = "id,b,c\n1,x,y\n2,,y\n3,,\n"
    assert field(tmp_path, '{scheme: "{b}", code: "{c}"}', content, name="industry") == [{"scheme": "x", "code": "y"}, None, None]
    assert field(tmp_path, '{b: "{b}", c: "{c}"}', content, name="attributes") == [{"b": "x", "c": "y"}, {"c": "y"}, None]
    assert field(tmp_path, '[{text: "{b}", language: zh}, "{c}"]', content, name="names") == [
        [{"text": "x", "language": "zh"}, {"text": "y"}],
        [{"text": "y"}],
        None,
    ]


def test_one_cell_splits_into_records_and_into_lists(tmp_path: Path) -> None:
    records = (
        f"      - {PARTY}\n"
        '      - {type: role, each: {as: role, column: kinds, split: "|", values: {s: supplier, c: customer, p: null}},\n'
        '         id: "{id}/{role}", source: "{id}", target: f, role: "{role}"}\n'
        '      - {type: touchpoint, id: "{id}/t", source: "{id}", target: f, kind: call, occurred_at: "2025", topics: {column: kinds, split: "|"}}\n'
    )
    found = [item for _, item in rows_of(tmp_path, one_file(records), a="id,name,kinds\n1,x,s| c |p|s\n")]
    assert [item["id"] for item in found] == ["1", "1/supplier", "1/customer", "1/t"]
    assert found[-1]["topics"] == ["s", "c", "p"]
    codes = [item.code for _, item in rows_of(tmp_path, one_file(records), a="id,name,kinds\n1,x,banana\n") if isinstance(item, FieldError)]
    assert codes == ["unknown-value"]


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("{column: n, equals: 5}", ["1"]), ("{column: n, not: 5}", ["2", "3"]),
        ("{column: n, in: [5, 6]}", ["1", "2"]), ("{column: n, not_in: [5]}", ["2", "3"]),
        ("{column: n, present: false}", ["3"]), ("{column: n, matches: '^[56]$'}", ["1", "2"]), ("[{column: n, present: true}, {column: id, not: 1}]", ["2"]),
        ("{any: [{column: n, equals: 6}, {column: id, equals: 3}]}", ["2", "3"]),
    ],
)  # fmt: skip
def test_conditions_choose_records_and_lines(tmp_path: Path, condition: str, kept: list[str]) -> None:
    content = "id,name,n\n1,x,5\n2,x,6\n3,x,\n"
    record = PARTY.replace("organization", f"organization, when: {condition}")
    assert [item["id"] for _, item in rows_of(tmp_path, one_file(f"      - {record}\n"), a=content)] == kept
    assert [item["id"] for _, item in rows_of(tmp_path, one_file(f"      - {PARTY}\n", f"    when: {condition}\n"), a=content)] == kept


# --- look-ups and groups

SALES = """
name: sales
files:
  orders:
    pattern: orders.csv
    key: order
    derive: {month: {column: day, precision: month}}
    look_up: {buyer: {file: buyers, by: buyer_id}}
  buyers: {pattern: buyers.csv, key: id, ignore: []}
  lines:
    pattern: lines.csv
    look_up: {order: {file: orders, by: order}}
    derive: {net: {calculate: "price * n * (1 - [discount %] / 100)"}}
    records:
      - type: value_flow
        group_by: [order.buyer.name, order.month]
        id: "{order.buyer.name}/{order.month}"
        source: "{order.buyer.name}"
        target: firm
        kind: money
        amount: {sum: net}
        quantity: {count: true}
        valid_from: {min: order.day}
        valid_to: {max: order.day}
        product: {first: product}
        evidence: {document_id: d, locator: "{#lines}"}
"""
ORDERS = "order,day,buyer_id\no1,2025-01-09,b1\no2,2025-01-20,b1\no3,2025-02-01,b2\n"
BUYERS = "id,name\nb1,Banana\nb2,Kiwi\n"
LINES = "order,product,price,n,discount %\no1,p,0.10,3,0\no2,q,19.99,7,15\no3,p,1,1,0\n"


def test_look_ups_lead_over_several_files_and_groups_sum_exactly(tmp_path: Path) -> None:
    found = rows_of(tmp_path, SALES, orders=ORDERS, buyers=BUYERS, lines=LINES)
    first = found[0][1]
    assert [item["id"] for _, item in found] == ["Banana/2025-01", "Kiwi/2025-02"]
    assert Decimal(first["amount"]) == Decimal("0.3") + Decimal("19.99") * 7 * Decimal("0.85")
    assert (first["quantity"], first["valid_from"], first["valid_to"], first["product"]) == (2.0, "2025-01-09", "2025-01-20", "p")
    assert first["evidence"] == [{"document_id": "d", "locator": "lines 2, 3"}]


def test_a_line_without_its_order_is_an_error_with_column_and_value(tmp_path: Path) -> None:
    found = rows_of(tmp_path, SALES, orders=ORDERS, buyers=BUYERS, lines=LINES + "o9,p,1,1,0\n")
    (error,) = [item for _, item in found if isinstance(item, FieldError)]
    assert error.code == "no-match"
    assert "column 'order' is 'o9'" in error.message


def test_a_look_up_by_what_is_not_there_is_an_error_of_the_mapping(tmp_path: Path) -> None:
    mapping = SALES.replace("look_up: {buyer: {file: buyers, by: buyer_id}}", "look_up: {buyer: {file: buyers, by: banana.id}}")
    found = faults_of(tmp_path, mapping, orders=ORDERS, buyers=BUYERS, lines=LINES)
    assert ("unknown-column", "files.orders.look_up.buyer.by") in [(error.code, error.field) for error in found]


def test_a_key_without_a_line_may_be_empty(tmp_path: Path) -> None:
    mapping = one_file(
        '      - {type: party, id: "{id}", name: "{id}", kind: person, region: "{more.region}"}\n', "    look_up: {more: {file: b, by: id, missing: empty}}\n"
    )
    found = rows_of(tmp_path, mapping + "  b: {pattern: b.csv, key: id}\n", a="id\n1\n2\n", b="id,region\n1,North\n")
    assert [item.get("region") for _, item in found] == ["North", None]


def test_a_group_with_a_line_that_is_wrong_is_left_out_whole(tmp_path: Path) -> None:
    found = rows_of(tmp_path, SALES, orders=ORDERS, buyers=BUYERS, lines=LINES.replace("o2,q,19.99,7", "o2,q,,7"))
    assert [item.code if isinstance(item, FieldError) else item["id"] for _, item in found] == ["missing", "incomplete-group", "Kiwi/2025-02"]


def test_a_key_that_is_there_twice_cannot_be_looked_up(tmp_path: Path) -> None:
    (error,) = faults_of(tmp_path, SALES, orders=ORDERS + "o1,2025-03-01,b2\n", buyers=BUYERS, lines=LINES)
    assert (error.code, error.field) == ("duplicate-key", "order")


def test_a_group_reaches_over_all_files_of_its_shape(tmp_path: Path) -> None:
    mapping = one_file('      - {type: value_flow, group_by: [s], id: "{s}", source: "{s}", target: f, kind: money, amount: {sum: n}}\n').replace(
        "a.csv", '"q*.csv"'
    )
    ((_, flow),) = rows_of(tmp_path, mapping, q1="s,n\nx,1.10\n", q2="n,s\n2.20,x\n")
    assert flow["amount"] == "3.30"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("-2 - -3", "1"),
        ("10 / 4", "2.5"),
        ("round(2 / 3, 2)", "0.67"),
        ("round(0.125, 2)", "0.13"),
        ("a.b * [x y]", "6"),
    ],
)
def test_arithmetic_is_exact(text: str, value: str) -> None:
    columns = {"a.b": Decimal(2), "x y": Decimal(3)}
    assert compiled(text, lambda name: lambda _: columns[name])([]) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "1 +", "(1", "1 2", "2 ** 3", "__import__('os')", "a[0]", "round(1)", "round(1, x)", "(" * 60 + "1" + ")" * 60, "1" * 2000]
)
def test_what_is_no_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        compiled(text, lambda name: lambda _: Decimal(1))


def test_a_division_by_zero_is_an_error_of_its_line(tmp_path: Path) -> None:
    record = '{type: value_flow, id: "{id}", source: a, target: b, kind: money, amount: {calculate: "1 / n"}}'
    (first, second) = [item for _, item in rows_of(tmp_path, one_file(f"      - {record}\n"), a="id,n\n1,0\n2,4\n")]
    assert (first.code, first.field, second["amount"]) == ("bad-number", "amount", "0.25")


# --- what is said twice, and what is hidden


def test_the_same_state_from_many_lines_is_made_once_and_a_different_one_is_an_error(tmp_path: Path) -> None:
    found = rows_of(tmp_path, one_file(f"      - {PARTY}\n"), a="id,name\n1,x\n1,x\n1,y\n1,y\n")
    assert [(line, item.code if isinstance(item, FieldError) else item["name"]) for line, item in found] == [
        (2, "x"),
        (4, "contradiction"),
        (5, "contradiction"),
    ]


def test_the_first_state_may_win_or_states_may_be_merged(tmp_path: Path) -> None:
    record = '{type: party, id: "{id}", name: "{name}", kind: person, city: "{city}", names: ["{alias}"], duplicates: POLICY}'
    content = "id,name,city,alias\n1,x,,a\n1,x,Rio,b\n2,y,,a\n2,z,,a\n"
    first = rows_of(tmp_path, one_file(f"      - {record.replace('POLICY', 'first')}\n"), a=content)
    assert [item.get("city") for _, item in first] == [None, None]
    merged = [item for _, item in rows_of(tmp_path, one_file(f"      - {record.replace('POLICY', 'merge')}\n"), a=content)]
    assert merged[0].code == "contradiction"
    assert (merged[1]["city"], merged[1]["names"]) == ("Rio", [{"text": "a"}, {"text": "b"}])


def test_an_event_from_two_lines_is_an_error(tmp_path: Path) -> None:
    record = '{type: value_flow, id: "{id}", source: a, target: b, kind: money, amount: "{n}"}'
    found = [item for _, item in rows_of(tmp_path, one_file(f"      - {record}\n"), a="id,n\n1,5\n1,5\n")]
    assert [item.code if isinstance(item, FieldError) else item["id"] for item in found] == ["1", "duplicate"]


def test_a_placeholder_becomes_parties_of_their_own_and_no_hub(tmp_path: Path) -> None:
    options = "    redact:\n      - {column: name, values: [REDACTED DATA], apart_by: [number]}\n"
    mapping = one_file('      - {type: party, id: "payee:{name}", name: "{name}", kind: organization}\n', options)
    content = "name,number\nREDACTED DATA,7\nREDACTED DATA,7\nREDACTED DATA,8\nREDACTED DATA,\nREDACTED DATA,\nREDACTIVE EVENTS LTD,7\n"
    ids = [item["id"] for _, item in rows_of(tmp_path, mapping, a=content)]
    assert ids == [
        "payee:REDACTED DATA (7)", "payee:REDACTED DATA (8)", "payee:REDACTED DATA (a.csv line 5)", "payee:REDACTED DATA (a.csv line 6)",
        "payee:REDACTIVE EVENTS LTD",
    ]  # fmt: skip


def test_a_placeholder_is_kept_beside_the_party_that_it_became(tmp_path: Path) -> None:
    options = "    redact:\n      - {column: name, values: [REDACTED DATA], apart_by: [number], placeholder_as: hidden}\n"
    mapping = one_file(
        '      - {type: party, when: {column: hidden, present: true}, id: "hidden:{number}", name: "{name}", names: ["{hidden}"], kind: person}\n'
        '      - {type: party, when: {column: hidden, present: false}, id: "{number}", name: "{name}", kind: organization}\n', options,
    )  # fmt: skip
    found = [item for _, item in rows_of(tmp_path, mapping, a="name,number\nREDACTED DATA,7\nKiwi,7\n")]
    assert [(item["id"], item["name"], item.get("names")) for item in found] == [
        ("hidden:7", "REDACTED DATA (7)", [{"text": "REDACTED DATA"}]),
        ("7", "Kiwi", None),
    ]
    (error,) = faults_of(tmp_path, mapping.replace("placeholder_as: hidden", "placeholder_as: number"), a="name,number\nx,7\n")[:1]
    assert (error.code, error.field) == ("duplicate-column", "files.a.redact[0].placeholder_as")


def test_an_id_of_a_normal_form_takes_spellings_together_and_merging_keeps_them_all(tmp_path: Path) -> None:
    record = '{type: party, id: {column: name, normalize: company_name}, name: "{name}", kind: organization, duplicates: merge_names}'
    spelled = ("Smith & Sons Limited", "SMITH AND SONS LTD.", "Smith & Sons Limited", "Ｓｍｉｔｈ　＆ Sons Ltd", "Smith & Sons")
    content = "\n".join(["name", *spelled, "华为技术有限责任公司", "华为技术有限公司", "..."])
    found = [item for _, item in rows_of(tmp_path, one_file(f"      - {record}\n"), a=content)]
    assert [(item["id"], item["name"], [name["text"] for name in item.get("names", [])]) for item in found if not isinstance(item, FieldError)] == [
        ("SMITH & SONS LTD", "Smith & Sons Limited", ["SMITH AND SONS LTD.", "Ｓｍｉｔｈ　＆ Sons Ltd"]),
        ("SMITH & SONS", "Smith & Sons", []),
        ("华为技术有限公司", "华为技术有限责任公司", ["华为技术有限公司"]),
    ]
    (fault,) = [item for item in found if isinstance(item, FieldError)]
    assert (fault.code, fault.field) == ("missing", "id")
    (error,) = faults_of(tmp_path, one_file(f"      - {record.replace('company_name', 'banana')}\n"), a=content)[:1]
    assert error.message == "`normalize` is text or company_name"


def test_what_lines_say_together_comes_before_what_refers_to_it_and_faults_are_told_once(tmp_path: Path) -> None:
    flow = '{type: value_flow, id: "{id}", source: "{name}", target: firm, kind: money, amount: "{n}"}'
    party = '{type: party, id: "{name}", name: "{name}", kind: organization, duplicates: merge}'
    found = rows_of(tmp_path, one_file(f"      - {flow}\n      - {party}\n", "    ignore: []\n"), a="id,name,n\n1,x,5\n2,x\n3,y,6\n4,,1\n")
    assert [(place, item.code if isinstance(item, FieldError) else item["type"]) for place, item in found] == [
        (2, "party"), (4, "party"), (5, "missing"), (2, "value_flow"), (3, "too-few-fields"), (4, "value_flow"), (5, "missing"),
    ]  # fmt: skip


# --- faults of lines


@pytest.mark.parametrize(
    ("content", "code", "name", "words"),
    [
        ("id,k,n\n1,banana,5\n", "unknown-value", "kind", "column 'k' is 'banana'"),
        ("id,k,n\n1,money,five\n", "bad-number", "amount", "column 'n' is 'five'"),
        ("id,k,n\n,money,5\n", "missing", "id", "column 'id' is empty"),
        (f"id,k,n\n{'x' * 300},money,5\n", "out-of-range", "id", "column 'id' is 'xxx"),
        ("id,k,n\n1,money,0.0000000000001\n", "bad-amount", "amount", "column 'n' is '0.0000000000001'"),
        ("id,k,n\na\x07b,money,5\n", "control-character", "id", "column 'id' is"),
    ],
)
def test_a_fault_of_a_line_names_line_field_column_and_value(tmp_path: Path, content: str, code: str, name: str, words: str) -> None:
    record = '{type: value_flow, id: "{id}", source: a, target: b, kind: "{k}", amount: "{n}"}'
    ((line, fault),) = rows_of(tmp_path, one_file(f"      - {record}\n"), a=content)
    assert (line, fault.code, fault.field) == (2, code, name)
    assert words in fault.message


def test_values_that_the_vocabulary_lists_are_taken_by_their_labels_too(tmp_path: Path) -> None:
    specs = (
        '      - {type: role, id: "r{id}", source: a, target: b, role: "{role}", stage: {column: stage, values: {gone: 流失, here: Active}}, tier: "{tier}"}',
        '      - {type: value_flow, id: "v{id}", source: a, target: b, kind: 资金, amount: "{id}"}',
    )
    found = rows_of(tmp_path, one_file("\n".join(specs) + "\n"), a="id,role,stage,tier\n1,客户,gone,重点\n2,Supplier,here,gold\n")
    roles = [(record["role"], record["stage"], record["tier"]) for _, record in found if record["type"] == "role"]
    assert roles == [("customer", "lapsed", "key"), ("supplier", "active", "gold")]
    assert {record["kind"] for _, record in found if record["type"] == "value_flow"} == {"money"}


NAMES = ["name", "type", "id", "when", "column", "sum", "each", "as", "split", "group_by", "date", "precision", "values", "duplicates", "kind", "evidence"]
PARTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["party", "{id}", "name", "value_flow", "{", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=20,
)


def mapping_of(part: Any) -> str:
    file = {"pattern": "a.csv", "records": [part], "derive": {"d": part}, "when": part}
    return msgspec.yaml.encode({"name": "x", "files": {"a": file}, "records": [part]}).decode()


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=100) | PARTS.map(mapping_of))
def test_no_text_makes_a_mapping_fail_but_with_an_error_of_ours(tmp_path: Path, text: str) -> None:
    try:
        list(BoundMapping(read_mapping(text), [made(tmp_path, "a.csv", "id,name\n1,x\n")], BUILT_IN).records(lambda _: None))
    except (InvalidInput, Malformed):
        return
