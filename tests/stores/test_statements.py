"""Statements are files with a header, and nothing else becomes one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from graph_models.records.vocabulary import BUILT_IN
from service.stores.neo4j.rows import relationship_type, role_label
from service.stores.neo4j.statements import PURPOSES, ROOT, BadStatement, parsed, saved_queries, statement, statements

FORM = "// Title\n// Returns one.\n{header}// mode: read\n{body};\n"
SOURCE = Path(__file__).parents[2] / "service"


def source(header: str = "", body: str = "RETURN 1") -> str:
    return FORM.format(header=header, body=body)


def test_a_statement_has_its_title_its_parameters_and_its_mode() -> None:
    found = parsed("store/x", source("// :param party_id => 'acme'\n// :param days => [date('2025-01-01'), null]\n", "RETURN $party_id, $days"))
    assert (found.title, found.returns, found.mode) == ("Title", "Returns one.", "read")
    assert [parameter._asdict() for parameter in found.parameters] == [
        {"name": "party_id", "type": "text", "default": "acme"},
        {"name": "days", "type": "list", "default": ["2025-01-01", None]},
    ]
    assert found.text == "RETURN $party_id, $days"


@pytest.mark.parametrize(
    ("literal", "type_name", "value"),
    [("'it\\'s'", "text", "it's"), ("3", "integer", 3), ("0.5", "number", 0.5), ("true", "boolean", True), ("date('2025-12-31')", "date", "2025-12-31"),
     ("['a', 'b']", "list", ["a", "b"]), ("null", "any", None)],
)  # fmt: skip
def test_the_example_of_a_parameter_says_its_type(literal: str, type_name: str, value: object) -> None:
    (parameter,) = parsed("store/x", source(f"// :param x => {literal}\n", "RETURN $x")).parameters
    assert (parameter.type, parameter.default) == (type_name, value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("RETURN 1;", "no header"),
        (source().replace("// mode: read\n", ""), "says no mode"),
        (source().replace("read", "banana"), "says no mode"),
        (source().replace("// Returns one.\n", ""), "what it returns"),
        (source().replace(";", ""), "semicolon"),
        (source("// :param x => 1\n"), "declares parameters that it does not use: x"),
        (source(body="RETURN $y"), "uses parameters that it does not declare: y"),
        (source("// :param x => banana\n", "RETURN $x"), "is no value"),
        (source("// :params x => 1\n", "RETURN $x"), "unknown form"),
    ],
)
def test_a_file_of_another_form_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(BadStatement, match=complaint):
        parsed("store/x", text)


def test_parameters_in_strings_and_comments_are_none() -> None:
    assert parsed("store/x", source(body="RETURN '$a', \"$b\", `$c` /* $d */ // $e\n")).parameters == ()


@pytest.mark.parametrize("name", ["store/banana", "banana/rows", "store/../store/head", ""])
def test_a_wrong_name_fails(name: str) -> None:
    with pytest.raises(BadStatement, match="there is no statement"):
        statement(name)


def test_values_must_be_those_that_a_statement_declares() -> None:
    with pytest.raises(BadStatement, match=r"store/revision_at takes \['time'\], not \['banana'\]"):
        statement("store/revision_at").bound({"banana": 1})


def test_every_file_keeps_the_form() -> None:
    files = {str(path.relative_to(ROOT).with_suffix("")) for path in ROOT.rglob("*.cypher")}
    assert files == {found.name for purpose in PURPOSES for found in statements(purpose)}


def test_every_statement_of_the_store_is_named_in_the_code() -> None:
    code = "\n".join(path.read_text("utf-8") for path in sorted((SOURCE / "stores" / "neo4j").glob("*.py")))
    named = set(re.findall(r'statement\("(store/\w+)"\)', code))
    patterns = [
        re.compile(re.escape(pattern).replace(r"\{kind\.name\}", r"\w+").replace(r"\{name\}", r"\w+"))
        for pattern in re.findall(r'statement\(f"(store/[^"]+)"\)', code)
    ]
    unused = [found.name for found in statements("store") if found.name not in named and not any(pattern.fullmatch(found.name) for pattern in patterns)]
    assert not unused


def test_every_saved_question_has_both_titles_and_only_reads() -> None:
    for question in statements("exploration"):
        assert question.title_zh, question.name
        assert question.mode == "read", question.name
        assert re.search(r"\bORDER BY\b", question.text), question.name


def test_saved_questions_are_listed_as_the_api_says() -> None:
    listed = saved_queries("haiyue", "2025-12-31")
    assert len(listed) >= 10
    assert all(set(query) == {"name", "title", "parameters"} and set(query["title"]) == {"en", "zh"} for query in listed)
    assert len({query["name"] for query in listed}) == len(listed)


def test_labels_and_types_are_those_of_the_vocabulary() -> None:
    assert {role.neo4j_label for role in BUILT_IN.roles.values()} == {role_label(name) for name in BUILT_IN.roles}
    assert {kind.neo4j_type for kind in BUILT_IN.relationship_kinds.values()} == {relationship_type(name) for name in BUILT_IN.relationship_kinds}
