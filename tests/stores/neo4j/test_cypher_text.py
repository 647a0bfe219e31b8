"""What of an analyst's query is refused by its text alone, without a server: at the limits, and where a text only looks like what it is not."""

from __future__ import annotations

import pytest

from graph_models.errors import CypherNotReadOnly, InvalidInput
from service.stores.neo4j.read_only_gate import MAX_DEPTH, MAX_TEXT, NAMESPACES, OPERATORS, look, operators


def refusal(text: str) -> str:
    with pytest.raises(CypherNotReadOnly) as raised:
        look(text)
    return str(raised.value)


def code_of(text: str) -> tuple[str, str | None]:
    with pytest.raises(InvalidInput) as raised:
        look(text)
    (error,) = raised.value.errors
    return error.code, error.field


def test_the_limits_themselves_are_allowed_and_one_more_is_not() -> None:
    assert (MAX_TEXT, MAX_DEPTH) == (100_000, 100)
    look("RETURN 1".ljust(MAX_TEXT))
    assert code_of("RETURN 1".ljust(MAX_TEXT + 1)) == ("too-long", "cypher")
    for begin, end in ("()", "[]", "{}"):
        look(f"RETURN {begin * MAX_DEPTH}{end * MAX_DEPTH}")
        assert code_of(f"RETURN {begin * (MAX_DEPTH + 1)}{end * (MAX_DEPTH + 1)}") == ("too-deep", "cypher")


def test_brackets_side_by_side_or_in_strings_and_comments_do_not_nest() -> None:
    look("RETURN " + "()[]{}" * MAX_DEPTH)
    look("RETURN '" + "(" * 200 + "' /* " + "[" * 200 + " */ // " + "{" * 200)


@pytest.mark.parametrize("text", ["", "  \n", "/* nothing */", "// nothing", "'only a string'"])
def test_a_text_without_a_query_is_missing(text: str) -> None:
    assert code_of(text) == ("missing", "cypher")


def test_half_a_character_is_refused() -> None:
    for half in (0xD800, 0xDBFF, 0xDFFF):
        assert code_of(f"RETURN '{chr(half)}'") == ("not-unicode", "cypher")


def test_characters_beside_those_halves_are_read() -> None:
    look("RETURN '\ud7ff\ue000🐉'")


@pytest.mark.parametrize("word", ["EXPLAIN", "PROFILE", "CYPHER", "USE"])
def test_a_query_does_not_begin_with_an_order_to_the_server(word: str) -> None:
    for text in (f"{word} RETURN 1", f"{word.lower()} RETURN 1", f"/* first */ {word}\nRETURN 1"):
        assert refusal(text) == f"A query cannot begin with {word}"
    look(f"RETURN 1 AS {word}")
    look(f"MATCH ({word.lower()}x) RETURN 1")


def test_one_statement_may_end_with_one_semicolon() -> None:
    look("RETURN 1;")
    look("RETURN ';' AS `a;b` // ;")
    for text in ("RETURN 1;;", "RETURN 1; RETURN 2", "; RETURN 1"):
        assert refusal(text) == "Only one statement runs at a time"


def test_escapes_belong_into_strings() -> None:
    look("RETURN '\\u0041'")
    assert refusal("RETURN \\u0041") == refusal("RETURN \\uu0041") == "Escaped characters belong into strings"


@pytest.mark.parametrize("called", ["date.truncate", "DateTime.FromEpoch", "duration . between", "point.distance", "vector.similarity.cosine"])
def test_functions_of_cypher_itself_may_have_a_dot(called: str) -> None:
    look(f"RETURN {called}(1)")


@pytest.mark.parametrize(
    ("called", "named"),
    [("apoc.version", "apoc"), ("apoc . text /* x */ . join", "apoc.text"), ("`apoc`.`version`", "apoc"), ("Vector.other", "vector"), ("db.labels", "db"),
     ("`my plugin`.f", "my_plugin"), ("date.x.y", "date.x")],
)  # fmt: skip
def test_functions_of_a_plugin_are_named_and_refused(called: str, named: str) -> None:
    assert refusal(f"RETURN {called}(1)") == f"Only Cypher's own functions run here, not {named}.*"


def test_a_property_is_no_function() -> None:
    look("MATCH (p) RETURN p.name, p.a.b, (p.x)")
    look("RETURN 'apoc.load.json(1)'")


def test_the_operators_of_a_plan_are_those_of_all_its_parts_without_the_database() -> None:
    leaf = {"operatorType": "AllNodesScan@neo4j"}
    plan = {"operatorType": "ProduceResults@neo4j", "children": [{"operatorType": "Filter", "children": [leaf]}, leaf]}
    assert list(operators(plan)) == ["ProduceResults", "Filter", "AllNodesScan", "AllNodesScan"]
    assert set(operators(plan)) <= OPERATORS


def test_no_operator_that_writes_calls_or_loads_is_allowed() -> None:
    writing = {"Create", "Merge", "SetProperty", "SetLabels", "DetachDelete", "Delete", "LoadCSV", "ProcedureCall", "Foreach", "TransactionForeach"}
    assert not writing & OPERATORS
    assert len(OPERATORS) == len({name.lower() for name in OPERATORS}) > 100
    assert all(name == name.lower() for name in NAMESPACES)
