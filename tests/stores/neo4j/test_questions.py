"""Analysts' questions have connections, places and bounds of their own: they do not starve each other's readers, and what cannot be answered is a 422."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from graph_models.errors import QueryFailed, TooManyQuestions
from service.core.settings import read_settings
from service.stores.interface.store import At
from service.stores.neo4j.result_values import MAX_NESTING, Answer
from service.stores.neo4j.store import Neo4jStore
from service.stores.registry import open_store
from tests.stores.plans import state

PARTY = {"type": "party", "id": "p", "name": "P", "kind": "organization"}
SLOW = "UNWIND range(1, 1000000000) AS n WITH n WHERE n % 7 = 8 RETURN count(n) AS n"
"""Runs until it is ended."""


@pytest.fixture
def graph(neo4j_address: str) -> Iterator[Neo4jStore]:
    store = open_store(read_settings(store=neo4j_address, queries_at_work=2, queries_waiting=2, query_bytes=100_000), "w")
    assert isinstance(store, Neo4jStore)
    store.clear()
    state(store, PARTY)
    yield store
    store.close()


def ask(store: Neo4jStore, text: str, timeout_s: float = 10.0, **parameters: Any) -> Any:
    return store.query(text, parameters, 1_000, timeout_s)


@pytest.mark.neo4j
def test_slow_questions_do_not_hold_up_reads_and_too_many_are_refused(graph: Neo4jStore) -> None:
    found: list[object] = []

    def slow() -> None:
        try:
            found.append(ask(graph, SLOW, 6.0))
        except (QueryFailed, TooManyQuestions) as error:
            found.append(error)

    ask(graph, "RETURN 1 AS n")
    threads = [threading.Thread(target=slow) for _ in range(12)]
    for thread in threads:
        thread.start()
    time.sleep(1.0)
    took = []
    for _ in range(5):
        begun = time.monotonic()
        assert graph.get("party", ["p"], At())
        took.append(time.monotonic() - begun)
    for thread in threads:
        thread.join(40)
    assert min(took) < 3
    assert sum(isinstance(error, TooManyQuestions) for error in found) >= 8
    assert sum(isinstance(error, QueryFailed) for error in found) >= 2
    assert len(found) == 12
    assert ask(graph, "RETURN 2 AS n")["rows"] == [[2]]


@pytest.mark.neo4j
def test_an_answer_has_so_many_bytes_and_says_where_it_was_cut(graph: Neo4jStore) -> None:
    answer = ask(graph, "UNWIND range(1, 1000) AS n RETURN n, reduce(s = '', i IN range(1, 100) | s + '0123456789') AS text")
    assert 50 < len(answer["rows"]) < 100
    assert answer["truncated"] == {"shown": len(answer["rows"]), "left_out": None, "why": "an answer has at most 100000 bytes"}
    assert ask(graph, "RETURN reduce(s = '', i IN range(1, 20000) | s + '0123456789') AS text")["truncated"]["shown"] == 0


@pytest.mark.neo4j
@pytest.mark.parametrize(
    "text",
    [
        "RETURN date({year: 0}) AS d", "RETURN date({year: 10000}) AS d", "RETURN [date({year: -5})] AS d", "RETURN {d: datetime({year: 12345})} AS d",
        "RETURN localdatetime({year: 0}) AS d", f"RETURN reduce(l = [], i IN range(1, {MAX_NESTING + 200}) | [l]) AS l",
        "RETURN reduce(l = [], i IN range(1, 3000) | [l]) AS l", "RETURN " + " + ".join(["1"] * 20_000) + " AS n",
        "RETURN " + "NOT " * 20_000 + "true AS n",
    ],
)  # fmt: skip
def test_what_cannot_be_shown_or_planned_is_the_questions_fault(graph: Neo4jStore, text: str) -> None:
    with pytest.raises(QueryFailed):
        ask(graph, text, 5.0)
    assert ask(graph, "RETURN 1 AS n")["rows"] == [[1]]
    assert graph.get("party", ["p"], At())


@pytest.mark.neo4j
def test_many_short_questions_at_once_are_all_answered_or_refused(graph: Neo4jStore) -> None:
    def one(number: int) -> int | None:
        try:
            return int(ask(graph, "RETURN $n AS n", n=number)["rows"][0][0])
        except TooManyQuestions:
            return None

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, range(40))) == list(range(40))  # as many as run and wait


def test_the_bytes_of_an_answer_are_those_of_its_rows_and_records() -> None:
    answer = Answer(["a"])
    assert answer.add(["x" * 100], 250)
    assert answer.add(["x" * 100], 250)
    assert not answer.add(["x" * 100], 250)
    assert answer.as_json(None)["rows"] == [["x" * 100]] * 2


def test_a_value_may_nest_so_deep_and_no_deeper() -> None:
    deep: Any = 1
    for _ in range(MAX_NESTING):
        deep = [deep]
    assert Answer(["a"]).add([deep], 1 << 20)
    with pytest.raises(RecursionError):
        Answer(["a"]).add([[deep, {"k": [deep]}]], 1 << 20)
