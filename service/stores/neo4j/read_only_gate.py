"""The gate before every query of an analyst: it explains the text first, and lets nothing run whose plan does more than read the graph.

Neo4j's type ``r`` says too little: LOAD CSV, procedures, SHOW and TERMINATE have it too. So every operator of the plan must
be on the list here, in a session that may only read, and a function must be one of Cypher's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, NoReturn

from neo4j import Query, Session
from neo4j.exceptions import BrokenRecordError, Neo4jError

from graph_models.errors import CypherNotReadOnly, InvalidInput, QueryFailed, StoreUnavailable, TooManyQuestions
from service.stores.neo4j.result_values import Answer, is_parameter
from service.stores.neo4j.session import Attempt, Neo4jSessions
from service.stores.neo4j.statements import TOKENS, analyst_statement

MAX_TEXT = 100_000
MAX_DEPTH = 100
OPERATORS = frozenset(
    re.findall(
        r"\S+",
        """
    AllNodesScan NodeByLabelScan IntersectionNodeByLabelsScan SubtractionNodeByLabelsScan UnionNodeByLabelsScan PartitionedAllNodesScan
    PartitionedNodeByLabelScan PartitionedIntersectionNodeByLabelsScan PartitionedSubtractionNodeByLabelsScan PartitionedUnionNodeByLabelsScan
    NodeByIdSeek NodeByElementIdSeek NodeIndexSeek NodeUniqueIndexSeek NodeIndexSeekByRange NodeUniqueIndexSeekByRange NodeIndexScan
    NodeIndexContainsScan NodeIndexEndsWithScan MultiNodeIndexSeek AssertSameNode PartitionedNodeIndexScan PartitionedNodeIndexSeek
    PartitionedNodeIndexSeekByRange NodeCountFromCountStore RelationshipCountFromCountStore DirectedAllRelationshipsScan
    UndirectedAllRelationshipsScan DirectedRelationshipTypeScan UndirectedRelationshipTypeScan DirectedUnionRelationshipTypesScan
    UndirectedUnionRelationshipTypesScan PartitionedDirectedAllRelationshipsScan PartitionedUndirectedAllRelationshipsScan
    PartitionedDirectedRelationshipTypeScan PartitionedUndirectedRelationshipTypeScan DirectedRelationshipByIdSeek UndirectedRelationshipByIdSeek
    DirectedRelationshipByElementIdSeek UndirectedRelationshipByElementIdSeek DirectedRelationshipIndexSeek UndirectedRelationshipIndexSeek
    DirectedRelationshipIndexSeekByRange UndirectedRelationshipIndexSeekByRange DirectedRelationshipIndexScan UndirectedRelationshipIndexScan
    DirectedRelationshipIndexContainsScan UndirectedRelationshipIndexContainsScan DirectedRelationshipIndexEndsWithScan
    UndirectedRelationshipIndexEndsWithScan DirectedRelationshipUniqueIndexSeek UndirectedRelationshipUniqueIndexSeek
    DirectedRelationshipUniqueIndexSeekByRange UndirectedRelationshipUniqueIndexSeekByRange BFSPruningVarLengthExpand PruningVarLengthExpand
    VarLengthExpand ShortestPath AllShortestPaths ProjectEndpoints Apply SemiApply AntiSemiApply LetSemiApply LetAntiSemiApply SelectOrSemiApply
    SelectOrAntiSemiApply LetSelectOrSemiApply LetSelectOrAntiSemiApply RollUpApply ConditionalApply AntiConditionalApply CartesianProduct
    NodeHashJoin ValueHashJoin NodeLeftOuterHashJoin NodeRightOuterHashJoin LeftOuterHashJoin RightOuterHashJoin TriadicSelection TriadicBuild
    TriadicFilter Argument ArgumentTracker Optional OptionalApply Filter Projection CacheProperties RemoteBatchProperties Limit ExhaustiveLimit Skip
    Sort PartialSort Top PartialTop Top1WithTies Distinct OrderedDistinct Aggregation EagerAggregation OrderedAggregation Eager UnwindCollection
    PartitionedUnwindCollection Unwind Union OrderedUnion EmptyRow EmptyResult ProduceResults
    Expand(All) Expand(Into) OptionalExpand(All) OptionalExpand(Into) VarLengthExpand(All) VarLengthExpand(Into) VarLengthExpand(Pruning)
    VarLengthExpand(Pruning,BFS) VarLengthExpand(Pruning,BFS,All) VarLengthExpand(Pruning,BFS,Into) Repeat(Trail) Repeat(Walk)
    BidirectionalRepeat(Trail) StatefulShortestPath(All) StatefulShortestPath(Into)
    """,
    )
)
"""All operators of Neo4j 5 that read nothing but the graph, and write nothing."""
NAMESPACES = frozenset({"date", "time", "localtime", "datetime", "localdatetime", "duration", "point", "vector.similarity"})
"""Cypher's own functions that have a dot in their name begin so; any other is a plugin's, and may do what it wants."""

_PREFIXES = re.compile(r"(EXPLAIN|PROFILE|CYPHER|USE)\b", re.IGNORECASE)
_ESCAPE = re.compile(r"\\u+([0-9a-fA-F]{4})")
_CALLED = re.compile(r"((?:[^\W\d]\w*\s*\.\s*)+)[^\W\d]\w*\s*\(")
_NAMES = re.compile(r"`(?:``|[^`])*`")
_EXPLAINED = "EXPLAIN "
_POSITION = re.compile(r"\(line (\d+), column (\d+) \(offset: \d+\)\)")
_SECOND_STATEMENT = "Expected exactly one statement"
_REFUSED_CODES = {
    "Neo.ClientError.Procedure.ProcedureNotFound", "Neo.ClientError.Procedure.ProcedureCallFailed", "Neo.ClientError.Statement.AccessMode",
    "Neo.ClientError.Statement.UnsupportedAdministrationCommand", "Neo.ClientError.Statement.NotSystemDatabaseError", "Neo.ClientError.Security.Forbidden",
}  # fmt: skip
_FETCH = 50
"""Rows that the server sends at a time: no more than these are made in vain where the cap cuts."""
_GRACE_S = 2.0
"""For the plan, and for what is already on its way when the server ends the query."""
_TOO_LONG = "The query took longer than its timeout_s"


class QuestionLimits(NamedTuple):
    """So many questions run at once, so many wait, and an answer has so many bytes and rows."""

    at_work: int = 4
    waiting: int = 16
    answer_bytes: int = 20 << 20
    answer_rows: int = 1_000

    def rows(self, limit: int) -> QuestionLimits:
        """For one question that wants so many rows."""
        return self._replace(answer_rows=limit)


DEFAULT_LIMITS = QuestionLimits()


def run_gated(
    sessions: Neo4jSessions, text: str, parameters: Mapping[str, Any], limits: QuestionLimits, timeout_s: float, check: Callable[[], None]
) -> Mapping[str, Any]:
    """Explain a query, and run it if it only reads, within limits of rows and bytes, and ``timeout_s`` seconds, waiting included.

    ``check`` raises where the server does not answer at all: what took too long was not the query then.
    """
    wrong = [name for name, value in parameters.items() if not is_parameter(value)]
    if wrong:
        raise InvalidInput.of("out-of-range", "whole numbers in parameters have at most 64 bits, and text no lone surrogates", f"parameters.{wrong[0]}")
    look(text)

    stages: list[str] = []

    def work(attempt: Attempt) -> Mapping[str, Any]:
        stages.append("planned")
        with sessions.session(attempt, fetch_size=_FETCH) as session:
            explain(session, text, parameters, attempt)
            stages.append("run")
            return _run(session, text, parameters, limits, min(timeout_s, attempt.left()))

    try:
        return sessions.within(lambda attempt: sessions.retried(attempt, lambda: work(attempt)), timeout_s + _GRACE_S)
    except StoreUnavailable as error:
        if "deadline_passed" not in error.facts:
            raise
        if not stages:
            raise TooManyQuestions("Other questions ran for so long that this one did not begin within its timeout_s; ask again soon") from error
        if stages[-1] == "planned":
            check()
            raise QueryFailed("The query is too long to be planned within its timeout_s") from error
        raise QueryFailed(_TOO_LONG) from error


def look(text: str) -> None:
    """What can be refused without asking the server. Escapes are resolved first, as Cypher does before it reads."""
    if len(text) > MAX_TEXT:
        raise InvalidInput.of("too-long", f"a query has at most {MAX_TEXT} characters", "cypher")
    read = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidInput.of("not-unicode", "a query has no lone surrogates", "cypher")
    bare = TOKENS.sub(lambda token: token[0] if token[0].startswith("`") else " ", read).strip()
    if not bare:
        raise InvalidInput.of("missing", "a query is needed", "cypher")
    if _depth(bare) > MAX_DEPTH:
        raise InvalidInput.of("too-deep", f"a query nests at most {MAX_DEPTH} brackets", "cypher")
    if found := _PREFIXES.match(bare):
        raise CypherNotReadOnly(f"A query cannot begin with {found[1].upper()}")
    named = _NAMES.sub(lambda name: re.sub(r"\W", "_", name[0][1:-1]) or "_", bare)
    if ";" in named.removesuffix(";"):
        raise CypherNotReadOnly("Only one statement runs at a time")
    if _ESCAPE.search(TOKENS.sub(" ", text)):
        raise CypherNotReadOnly("Escaped characters belong into strings")
    for called in _CALLED.findall(named):
        namespace = re.sub(r"\s", "", called).rstrip(".").lower()
        if namespace not in NAMESPACES:
            raise CypherNotReadOnly(f"Only Cypher's own functions run here, not {namespace}.*")


def _depth(text: str) -> int:
    """How deep brackets nest; the server's parser needs far longer than its answer for thousands."""
    depth = deepest = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    return deepest


def explain(session: Session, text: str, parameters: Mapping[str, Any], attempt: Attempt) -> None:
    """Ask for the plan, which runs nothing, and refuse what is on no list."""
    try:
        summary = session.run(Query(analyst_statement(text, explained=True), timeout=attempt.left()), dict(parameters)).consume()
    except Neo4jError as error:  # also what the server's parser and planner break at, deep or long texts
        if "Unavailable" in (error.code or ""):
            raise
        _refuse(error)
    if summary.query_type != "r" or summary.plan is None or summary.profile is not None:
        raise CypherNotReadOnly("This statement does not only read")
    unknown = sorted({name for name in operators(summary.plan) if name not in OPERATORS})
    if unknown:
        raise CypherNotReadOnly(f"This does more than read the graph: {', '.join(unknown)}", operators=unknown)


def operators(plan: Mapping[str, Any]) -> Iterator[str]:
    """The operators of a plan, without the name of the database."""
    yield plan["operatorType"].partition("@")[0]
    for child in plan.get("children", ()):
        yield from operators(child)


def _run(session: Session, text: str, parameters: Mapping[str, Any], limits: QuestionLimits, timeout_s: float) -> Mapping[str, Any]:
    try:
        result = session.run(Query(analyst_statement(text), timeout=timeout_s), dict(parameters))
        answer = Answer(result.keys())
        for place, record in enumerate(result):
            if place == limits.answer_rows:
                return answer.as_json({"shown": place, "left_out": None, "why": f"limit is {place} rows"})
            if not answer.add(record.values(), limits.answer_bytes):
                return answer.as_json({"shown": place, "left_out": None, "why": f"an answer has at most {limits.answer_bytes} bytes"})
        return answer.as_json(None)
    except (BrokenRecordError, ValueError, OverflowError) as error:
        raise QueryFailed("A value of the answer cannot be shown (a date before the year 1 or after 9999?); return it as text: toString(...)") from error
    except RecursionError as error:
        raise QueryFailed("A value of the answer is nested too deep to be shown") from error
    except Neo4jError as error:
        if "Unavailable" in (error.code or ""):
            raise
        _refuse(error)


def _without_explain(message: str) -> str:
    """The first line of a message; where it points into the explained text, it points into the analyst's instead."""
    line = message.strip().partition("\n")[0]
    if _EXPLAINED not in message:
        return line
    return _POSITION.sub(lambda at: f"(line {at[1]}, column {int(at[2]) - len(_EXPLAINED) * (at[1] == '1')})", line)


def _refuse(error: Neo4jError) -> NoReturn:
    """The service's own error for what the server says of an analyst's text."""
    code, message = error.code or "", _without_explain(error.message or "")
    if code in _REFUSED_CODES or _SECOND_STATEMENT in message:
        raise CypherNotReadOnly(f"Only one statement that reads the graph runs here: {message}") from error
    if code == "Neo.ClientError.Statement.ParameterMissing":
        raise InvalidInput.of("missing", message, "parameters") from error
    if code.rpartition(".")[2].startswith(("TransactionTimedOut", "Terminated")):
        raise QueryFailed(_TOO_LONG) from error
    raise QueryFailed(message, neo4j_code=code) from error
