"""The gate: what does more than read the graph is refused and changes nothing; honest questions run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from graph_models.errors import CypherNotReadOnly, InvalidInput, QueryFailed, StakeholderGraphError
from service.core.settings import read_settings
from service.stores.interface.store import NOW, At
from service.stores.neo4j.read_only_gate import MAX_DEPTH, MAX_TEXT, look
from service.stores.neo4j.store import Neo4jStore
from tests.stores.plans import state

pytestmark = pytest.mark.neo4j

RECORDS: tuple[dict[str, Any], ...] = (
    {"type": "party", "id": "firm", "name": "Firm", "kind": "organization"},
    {"type": "party", "id": "d1", "name": "华东家电", "kind": "organization", "country": "CN"},
    {"type": "party", "id": "c1", "name": "Household", "kind": "group"},
    {"type": "document", "id": "s1", "title": "Annual report"},
    {"type": "role", "id": "r1", "source": "d1", "target": "firm", "role": "distributor", "valid_from": "2023-04"},
    {"type": "relationship", "id": "t1", "source": "d1", "target": "firm", "kind": "partners_with", "valid_from": "2021"},
    {"type": "value_flow", "id": "v1", "source": "firm", "target": "d1", "kind": "goods", "amount": "12.5", "currency": "CNY", "valid_from": "2025-03-01"},
    {"type": "value_flow", "id": "v2", "source": "d1", "target": "c1", "kind": "goods", "amount": "9", "currency": "CNY", "valid_from": "2025"},
    {"type": "touchpoint", "id": "p1", "source": "d1", "target": "firm", "kind": "complaint", "occurred_at": "2025-05-20"},
    {"type": "assessment", "id": "a1", "source": "firm", "target": "d1", "scheme": "salience", "values": {"power": 0.7}, "valid_from": "2025"},
)

WRITES = (
    "CREATE (n)", "CREATE (n:Party {id: 'x'}) RETURN n", "MERGE (n:Party {id: 'x'}) RETURN n", "MATCH (n) SET n.x = 1", "MATCH (n) SET n:X RETURN n",
    "MATCH (n) REMOVE n.id", "MATCH (n) REMOVE n:Party", "MATCH (n) DELETE n", "MATCH (n) DETACH DELETE n", "MATCH (a:Party), (b:Party) CREATE (a)-[:X]->(b)",
    "MATCH ()-[r]->() DELETE r", "MATCH (n) FOREACH (x IN [1] | SET n.x = x)", "CREATE (n) WITH n MATCH (m) RETURN m",
    "MATCH (n) CALL (n) { SET n.x = 1 } RETURN n",
    "MATCH (n) CALL (n) { CREATE (:X) } IN TRANSACTIONS RETURN n", "MATCH (n) CALL (n) { RETURN 1 AS x } IN TRANSACTIONS RETURN x",
    "CALL { CREATE (n) RETURN n } RETURN n", "MATCH (n) /* read only */ SET n.x = 1 // RETURN n", "match (n) set n.x = 1", "MATCH (n) SeT n.x=1 RETURN n",
    "\\u0043REATE (n)", "MATCH (n) \\u0053ET n.x = 1", "UNWIND [1] AS x MERGE (n:X {y: x}) ON CREATE SET n.z = 1", "MATCH (n) SET n += {x: 1}",
    "MATCH (n) SET n = {}", "MATCH (n) SET n:$('X')", "MATCH (n) SET n[$key] = 1", "OPTIONAL MATCH (n) WITH n LIMIT 1 DETACH DELETE n",
    "RETURN 1 AS x UNION CREATE (n) RETURN 1 AS x", "INSERT (n:X)", "MATCH (n) NODETACH DELETE n",
)  # fmt: skip
SCHEMA = (
    "CREATE INDEX FOR (n:X) ON (n.y)", "CREATE CONSTRAINT FOR (n:X) REQUIRE n.y IS UNIQUE", "DROP INDEX party_words", "DROP CONSTRAINT party_id",
    "CREATE FULLTEXT INDEX x FOR (n:X) ON EACH [n.y]", "CREATE DATABASE x", "DROP DATABASE neo4j", "STOP DATABASE neo4j",
    "CREATE USER x SET PASSWORD 'long enough'",
    "DROP USER neo4j", "ALTER USER neo4j SET PASSWORD 'long enough'", "ALTER CURRENT USER SET PASSWORD FROM 'a' TO 'long enough'", "GRANT ROLE admin TO neo4j",
    "RENAME USER neo4j TO x", "CREATE ALIAS x FOR DATABASE neo4j",
)  # fmt: skip
OTHERWISE = (
    "LOAD CSV FROM 'http://127.0.0.1:1/x' AS line RETURN line", "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line",
    "LOAD CSV WITH HEADERS FROM 'https://example.org/x' AS line RETURN line.a", "UNWIND ['file:///etc/passwd'] AS url LOAD CSV FROM url AS line RETURN line",
    "L\\u004FAD CSV FROM 'file:///etc/passwd' AS line RETURN line", "MATCH (n) CALL (n) { LOAD CSV FROM 'file:///x' AS l RETURN l } RETURN l",
    "CALL db.labels()", "CALL db.labels() YIELD label RETURN label", "CALL dbms.listConfig()", "CALL dbms.components() YIELD name RETURN name",
    "CALL db.index.fulltext.queryNodes('party_words', 'a') YIELD node RETURN node", "CALL apoc.load.json('http://127.0.0.1:1')", "CALL no.such.procedure()",
    "CALL `db`.`labels`()", "MATCH (n) CALL db.ping() YIELD success RETURN n", "CALL db.createLabel('X')", "CALL db.awaitIndexes(1)",
    "SHOW SETTINGS", "SHOW INDEXES", "SHOW PROCEDURES", "SHOW FUNCTIONS", "SHOW TRANSACTIONS", "SHOW DATABASES", "SHOW USERS", "SHOW CONSTRAINTS",
    "SHOW SETTINGS YIELD name, value RETURN name", "TERMINATE TRANSACTION 'neo4j-transaction-1'", "TERMINATE TRANSACTIONS 'a', 'b'",
    "RETURN 1; RETURN 2", "RETURN 1; CREATE (n)", "MATCH (n) RETURN n; MATCH (n) DETACH DELETE n;", "RETURN 1;;CREATE (n)",
    "EXPLAIN RETURN 1", "PROFILE CREATE (n)", "PROFILE MATCH (n) RETURN n", "/* x */ PROFILE RETURN 1", "// x\nPROFILE RETURN 1", "CYPHER 5 RETURN 1",
    "CYPHER runtime=slotted CREATE (n)", "\\u0050ROFILE LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l", "EXPLAIN PROFILE CREATE (n)",
    "USE system SHOW USERS", "USE system MATCH (n) RETURN n", "RETURN apoc.version()",
    "RETURN genai.vector.encode('x', 'OpenAI', {})", "RETURN `apoc`.`version`()",
    "RETURN apoc . version ( )", "RETURN apoc/**/.version()",
)  # fmt: skip
HONEST = (
    ("RETURN 1 AS one", [[1]]),
    ("RETURN 1 AS one;", [[1]]),
    ("// a question\nMATCH (p:Party) RETURN count(p) AS parties", [[3]]),
    ("MATCH (p:Party {id: 'd1'}) RETURN p", [["d1"]]),
    ("MATCH (p:Distributor) RETURN p.id", [["d1"]]),
    ("MATCH (a:Party)-[g:GIVES {kind: 'goods'}]->(b:Party) RETURN a.id, g, b.id ORDER BY g.id", [["firm", "v1", "d1"], ["d1", "v2", "c1"]]),
    ("MATCH (a)-[r:HAS_ROLE]->(b) WHERE r.valid_from <= date('2025-01-01') < r.valid_to RETURN r.role", [["distributor"]]),
    ("MATCH path = (a:Party {id: 'firm'})-[:GIVES*1..3]->(b) RETURN b.id ORDER BY length(path)", [["d1"], ["c1"]]),
    ("MATCH (a:Party {id: 'firm'}), (b:Party {id: 'c1'}) MATCH path = shortestPath((a)-[*]-(b)) RETURN length(path)", [[2]]),
    ("MATCH (a:Party {id: 'firm'}) ((x)-[:GIVES]->(y)){1,3} (b:Party {id: 'c1'}) RETURN size(x)", [[2]]),
    ("MATCH path = SHORTEST 1 (a:Party {id: 'firm'})-[:GIVES]->+(b:Party {id: 'c1'}) RETURN length(path)", [[2]]),
    ("MATCH (p:Party) WHERE EXISTS { (p)-[:MADE]->(:Touchpoint {kind: 'complaint'}) } RETURN p.id", [["d1"]]),
    ("MATCH (p:Party) RETURN p.id, COUNT { (p)-[:GIVES]->() } AS given ORDER BY p.id", [["c1", 0], ["d1", 1], ["firm", 1]]),
    ("MATCH (p:Party) RETURN p.id, [(p)-[:GIVES]->(q) | q.id] AS to ORDER BY p.id", [["c1", []], ["d1", ["c1"]], ["firm", ["d1"]]]),
    ("MATCH (p:Party) OPTIONAL MATCH (p)-[g:GIVES]->() WITH p, sum(g.amount) AS given ORDER BY given DESC, p.id LIMIT 1 RETURN p.id, given", [["firm", 12.5]]),
    ("UNWIND [3, 1, 2] AS x WITH x ORDER BY x SKIP 1 LIMIT 1 RETURN x", [[2]]),
    ("MATCH (p:Party) WHERE p.id = $id RETURN p.name", [["华东家电"]]),
    ("CALL () { MATCH (p:Party) RETURN count(p) AS n } RETURN n", [[3]]),
    ("MATCH (p:Party {id: 'firm'}) RETURN p.id AS x UNION MATCH (p:Party {id: 'd1'}) RETURN p.id AS x", [["firm"], ["d1"]]),
    ("MATCH (t:Touchpoint) RETURN t.kind, date.truncate('month', t.valid_from) AS month", [["complaint", "2025-05-01"]]),
    ("MATCH (n) RETURN DISTINCT labels(n)[0] AS label, count(*) AS n ORDER BY label LIMIT 1", [["Assessment", 1]]),
    ("MATCH (a:Assessment)-[:JUDGES]->(p) RETURN a, a.power, p", [["a1", 0.7, "d1"]]),
    ("MATCH ()-[r]->() WHERE type(r) = 'PARTNERS_WITH' RETURN r", [["t1"]]),
    ("RETURN 'CREATE (n) SET n.x = 1; LOAD CSV' AS text", [["CREATE (n) SET n.x = 1; LOAD CSV"]]),
    ("MATCH (p:Party) WHERE p.name CONTAINS '家电' RETURN p.id", [["d1"]]),
    ("RETURN reduce(total = 0, x IN range(1, 4) | total + x) AS total, duration.between(date('2025-01-01'), date('2025-01-03')).days AS days", [[10, 2]]),
)  # fmt: skip


def opened(address: str) -> Neo4jStore:
    found = read_settings(store=address).neo4j
    return Neo4jStore(found.uri, found.user, found.password.get_secret_value(), found.database)


@pytest.fixture(scope="module")
def asked(neo4j_address: str) -> Iterator[Neo4jStore]:
    """A store with one small ecosystem, which no test of this module may change."""
    store = opened(neo4j_address)
    store.clear()
    state(store, *RECORDS)
    yield store
    store.close()


def counts(store: Neo4jStore) -> Any:
    return store.query(
        "CALL () { MATCH (n) RETURN count(n) AS nodes } CALL () { MATCH ()-[r]->() RETURN count(r) AS ties } MATCH (n) UNWIND keys(n) AS key "
        "RETURN nodes, ties, count(*) AS properties", {}, 10, 10.0)["rows"]  # fmt: skip


def ask(store: Neo4jStore, text: str, **parameters: Any) -> Any:
    return store.query(text, parameters, 1000, 10.0)


def test_there_are_enough_examples() -> None:
    assert len({*WRITES, *SCHEMA, *OTHERWISE}) >= 60
    assert len(HONEST) >= 20


@pytest.mark.parametrize("texts", [WRITES, SCHEMA, OTHERWISE], ids=["writes", "schema", "otherwise"])
def test_hostile_statements_are_refused_and_change_nothing(asked: Neo4jStore, texts: tuple[str, ...]) -> None:
    before, digest = counts(asked), asked.columns(At()).digest
    let_through = []
    for text in texts:
        try:
            ask(asked, text, key="x")
        except CypherNotReadOnly:
            continue
        except StakeholderGraphError as error:
            let_through.append((text, repr(error)))
        else:
            let_through.append((text, "ran"))
    assert not let_through
    assert (counts(asked), asked.columns(At()).digest) == (before, digest)


@pytest.mark.parametrize(("text", "rows"), HONEST, ids=[text for text, _ in HONEST])
def test_an_honest_question_runs(asked: Neo4jStore, text: str, rows: list[list[Any]]) -> None:
    assert ask(asked, text, id="d1")["rows"] == rows


def test_parties_and_facts_of_an_answer_come_with_their_records(asked: Neo4jStore) -> None:
    found = ask(asked, "MATCH path = (a:Party {id: 'firm'})-[g:GIVES]->(b) RETURN a, path, {list: [b]} AS more")
    assert found["columns"] == ["a", "path", "more"]
    assert found["rows"] == [["firm", ["firm", "v1", "d1"], {"list": ["d1"]}]]
    assert [party["id"] for party in found["graph"]["parties"]] == ["firm", "d1"]
    assert [(fact["type"], fact["id"], fact["amount"]) for fact in found["graph"]["facts"]] == [("value_flow", "v1", "12.5")]
    assert found["truncated"] is None


def test_what_is_no_party_and_no_fact_comes_as_its_properties(asked: Neo4jStore) -> None:
    ((revision, document, made),) = ask(asked, "MATCH (v:Revision), (d:Document), ()-[m:MADE]->(:Touchpoint) RETURN v, d, m")["rows"]
    assert (revision["number"], document, made) == (1, "s1", "MADE")


def test_values_that_json_has_no_word_for_are_text_or_null(asked: Neo4jStore) -> None:
    text = """RETURN 0.0/0.0 AS nan, 1/0.0 AS infinite, [1.5, -1/0.0] AS list, 9223372036854775807 AS large, date('2025-01-31') AS day,
        time('10:00:00Z') AS time,
      datetime('2025-01-31T10:00:00+08:00') AS moment, duration({months: 1, days: 2}) AS long, point({x: 1, y: 2.5}) AS place, null AS nothing"""
    (row,) = ask(asked, text)["rows"]
    assert row == [None, None, [1.5, None], 9223372036854775807, "2025-01-31", "10:00:00.000000000+00:00", "2025-01-31T10:00:00.000000000+08:00", "P1M2D",
                   "point({srid: 7203, x: 1, y: 2.5})", None]  # fmt: skip
    assert ask(asked, "RETURN $data AS data", data=["🐉", 2**62])["rows"] == [[["🐉", 2**62]]]


def test_an_answer_that_is_cut_says_so(asked: Neo4jStore) -> None:
    found = asked.query("UNWIND range(1, 100000) AS x RETURN x", {}, 7, 10.0)
    assert [row[0] for row in found["rows"]] == [1, 2, 3, 4, 5, 6, 7]
    assert found["truncated"] == {"shown": 7, "left_out": None, "why": "limit is 7 rows"}


def test_a_query_that_takes_too_long_is_ended(asked: Neo4jStore) -> None:
    with pytest.raises(QueryFailed, match="took longer"):
        asked.query("UNWIND range(1, 1000000) AS x UNWIND range(1, 1000000) AS y WITH x, y WHERE x + y < 0 RETURN count(*)", {}, 10, 0.5)


def test_a_query_that_is_wrong_says_where(asked: Neo4jStore) -> None:
    with pytest.raises(QueryFailed, match=r"\(line 1, column 9\)") as raised:
        ask(asked, "MATCH (n")
    assert "EXPLAIN" not in str(raised.value)


@pytest.mark.parametrize("text", ["RETURN 1/0", "RETURN nope(1)", "RETURN x", "MATCH (n) RETURN", "banana"])
def test_a_query_that_cannot_run_fails(asked: Neo4jStore, text: str) -> None:
    with pytest.raises(QueryFailed):
        ask(asked, text)


@pytest.mark.parametrize(("parameters", "field"), [({}, "parameters"), ({"x": 2**64}, "parameters.x"), ({"x": [{"y": -(2**63) - 1}]}, "parameters.x")])
def test_parameters_that_are_missing_or_too_large_are_named(asked: Neo4jStore, parameters: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        ask(asked, "RETURN $x", **parameters)
    assert raised.value.errors[0].field == field


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing"),
        (" // nothing\n", "missing"),
        ("RETURN " + "(" * (MAX_DEPTH + 1), "too-deep"),
        ("x" * (MAX_TEXT + 1), "too-long"),
        ("RETURN '\ud800'", "not-unicode"),
    ],
    ids=["empty", "comment", "deep", "long", "surrogate"],
)
def test_a_text_that_is_no_query_is_named(text: str, code: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        look(text)
    assert [error.code for error in raised.value.errors] == [code]


def test_what_was_superseded_is_not_among_the_parties(neo4j_address: str) -> None:
    neo4j_store = opened(neo4j_address)
    neo4j_store.clear()
    state(neo4j_store, RECORDS[0])
    state(neo4j_store, {**RECORDS[0], "name": "Firm Ltd"})
    assert ask(neo4j_store, "MATCH (p:Party) RETURN p.name")["rows"] == [["Firm Ltd"]]
    assert ask(neo4j_store, "MATCH (s:Superseded) RETURN s.name")["rows"] == [["Firm"]]
    assert neo4j_store.get("party", ["firm"], At(None, NOW))[0].version == 2
    neo4j_store.close()
