"""What must hold for every ecosystem (metrics.md section 8): graphs, loops, value chain and scores."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import compute
from graph_models import graph as graph_for
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import DEFAULTS, parameters_of
from graph_models.flows.flow_amounts import flows_of
from graph_models.flows.implied_returns import exchanges_of
from graph_models.flows.passages import passages
from graph_models.flows.streams import judged, streams_of
from graph_models.flows.value_chain import value_chain_of
from graph_models.metrics.value.value_loops import loops_of
from graph_models.scores.explanation import explain
from tests.graph_models.ecosystems import Record, edges, parties

PLACES = ("f", "a", "b", "c", "d", "e")
SCORES = ("influence", "value_flow", "wso", "pass_through_up", "pass_through_down", "sink_share", "criticality")
MIXED = parameters_of({"products": "mixed"})
few = settings(max_examples=25)
"""Each example computes several ecosystems from records."""
pair = st.tuples(st.sampled_from(PLACES), st.sampled_from(PLACES)).filter(lambda ends: ends[0] != ends[1])


@st.composite
def flows(draw: st.DrawFn) -> Record:
    source, target = draw(pair)
    kind = draw(st.sampled_from(["money", "money", "goods", "knowledge"]))
    record: Record = {"type": "value_flow", "source": source, "target": target, "kind": kind}
    if kind == "money" or draw(st.booleans()):
        record["amount"] = draw(st.integers(1, 1000) | st.integers(-300, -1))
    if draw(st.booleans()):
        record["utility"] = draw(st.sampled_from([0.1, 0.35, 0.8, 1.0]))
    if draw(st.booleans()):
        record["product"] = draw(st.sampled_from(["p", "q"]))
    return record


@st.composite
def states(draw: st.DrawFn) -> Record:
    source, target = draw(pair)
    if draw(st.booleans()):
        return {
            "type": "role",
            "source": source,
            "target": target,
            "role": draw(st.sampled_from(["customer", "supplier", "regulator"])),
            "purpose": draw(st.sampled_from([None, "own_use", "resale"])),
        }
    kind = draw(st.sampled_from(["owns", "knows", "refers", "partners_with"]))
    share = {"share": draw(st.sampled_from([0.1, 0.3]))} if kind == "owns" else {}
    return {"type": "relationship", "source": source, "target": target, "kind": kind, "confidence": draw(st.sampled_from([1.0, 0.5])), **share}


@st.composite
def record_lists(draw: st.DrawFn) -> list[Record]:
    facts = draw(st.lists(flows(), max_size=14)) + draw(st.lists(states(), max_size=8))
    return [*parties(*PLACES), *({**fact, "id": f"x{place:02d}"} for place, fact in enumerate(facts))]


def made(records: list[Record], focal: str = "f") -> Ecosystem:
    return Ecosystem.from_records(records, focal, "2025-12-31")


def values(ecosystem: Ecosystem, *metrics: str) -> dict[tuple[str, str], Any]:
    found = {(metric, party): value for metric in metrics for party, value in compute(ecosystem, metric).values.items()}
    return {key: -1.0 if value is None else value for key, value in found.items()}


@few
@given(record_lists())
def test_renaming_and_reordering_change_no_score(records: list[Record]) -> None:
    names = dict(zip(PLACES, ("z", "m", "b", "k", "y", "a"), strict=True))
    renamed = []
    for place, record in enumerate(reversed(records)):
        record = record | {"id": names.get(record["id"], f"n{place}")}
        renamed.append(record | {end: names[record[end]] for end in ("source", "target") if end in record})
    before, after = values(made(records), *SCORES), values(made(renamed, names["f"]), *SCORES)
    assert after == pytest.approx({(metric, names[party]): value for (metric, party), value in before.items()}, abs=1e-9)


@few
@given(record_lists())
def test_cutting_a_flow_into_parts_changes_no_score(records: list[Record]) -> None:
    months = [f"2025-{month:02d}" for month in range(1, 13)]
    whole, parts = [], []
    for record in records:
        if record["type"] == "value_flow" and "amount" in record:
            year = record | {"valid_from": "2025"}
            whole.append(year)
            parts += [year | {"id": f"{record['id']}.{part}", "amount": record["amount"] / 12, "valid_from": months[part]} for part in range(12)]
        else:
            whole.append(record)
            parts.append(record)
    assert values(made(parts), *SCORES) == pytest.approx(values(made(whole), *SCORES), abs=1e-9)


@few
@given(record_lists())
def test_what_two_registers_state_changes_no_score(records: list[Record]) -> None:
    states = {claim(record): record for record in records if record["type"] in ("role", "relationship")}
    once = [record for record in records if record["type"] not in ("role", "relationship")] + list(states.values())
    twice = once + [record | {"id": f"{record['id']} again"} for record in states.values()]
    assert values(made(twice), *SCORES) == values(made(once), *SCORES)


def claim(record: Record) -> tuple[Any, ...]:
    return tuple(record.get(field) for field in ("type", "source", "target", "role", "kind", "product", "interest"))


@few
@given(record_lists())
def test_set_off_keeps_what_each_pair_exchanged_of_a_kind(records: list[Record]) -> None:
    ecosystem = made(records)
    flows, streams = flows_of(ecosystem, DEFAULTS), streams_of(ecosystem, DEFAULTS)
    assert (np.isnan(streams.amount) | (streams.amount > 0)).all()
    sums: dict[tuple[int, ...], list[float]] = {}
    for side, of in enumerate((flows, streams)):
        for *key, value in zip(of.source.tolist(), of.target.tolist(), of.kind.tolist(), np.nan_to_num(of.amount).tolist(), strict=True):
            sums.setdefault(tuple(key), [0.0, 0.0])[side] += value
    for before, after in sums.values():
        assert after == pytest.approx(max(before, 0.0), abs=1e-9)


@few
@given(record_lists())
def test_implied_returns_are_what_pairs_paid_that_nobody_described(records: list[Record]) -> None:
    ecosystem = made(records)
    exchanges, chain = exchanges_of(ecosystem, DEFAULTS), edges(ecosystem, "value_chain")
    judged_pairs = {frozenset((exchanges.source[at], exchanges.target[at])) for at in np.flatnonzero(judged(exchanges)).tolist()}
    implied: dict[tuple[str, str], float] = {}
    for at in np.flatnonzero(exchanges.implied).tolist():
        giver, receiver = int(exchanges.source[at]), int(exchanges.target[at])
        assert frozenset((giver, receiver)) not in judged_pairs
        assert not (~exchanges.implied & (exchanges.source == giver) & (exchanges.target == receiver) & (exchanges.kind == exchanges.kind[at])).any()
        pair = ecosystem.parties[giver], ecosystem.parties[receiver]
        implied[pair] = implied.get(pair, 0.0) + float(exchanges.amount[at])
    for pair, amount in implied.items():
        assert amount == pytest.approx(chain[pair], rel=1e-9)


@few
@given(record_lists(), st.sampled_from([0.001, 7.0, 1e6]))
def test_scaling_all_money_changes_no_share(records: list[Record], factor: float) -> None:
    scaled = [record | {"amount": record["amount"] * factor} if "amount" in record else record for record in records]
    assert values(made(scaled), *SCORES) == pytest.approx(values(made(records), *SCORES), abs=1e-6)


@few
@given(record_lists())
def test_an_isolated_party_changes_nobodys_score(records: list[Record]) -> None:
    before, after = values(made(records), *SCORES), values(made([*records, *parties("alone")]), *SCORES)
    assert {key: value for key, value in after.items() if key[1] != "alone"} == pytest.approx(before, abs=1e-9)


@few
@given(record_lists())
def test_a_judged_flow_on_no_focal_loop_can_go_without_changing_wso(records: list[Record]) -> None:
    judged = [record | {"utility": 0.5} if record["type"] == "value_flow" else record for record in records]
    ecosystem = made(judged)
    found = loops_of(ecosystem, DEFAULTS)
    assert found is not None
    on_loops = {int(row) for edge in found.edges[np.unique(found.loops.streams[found.loops.streams >= 0])] for row in found.streams.flow_rows(int(edge))}
    ids = ecosystem.families["value_flows"].texts("id")
    off = [place for place, fact in enumerate(ids) if place not in on_loops]
    if off:
        smaller = made([record for record in judged if record["id"] != ids[off[0]]])
        assert values(smaller, "wso") == pytest.approx(values(ecosystem, "wso"))


@few
@given(record_lists())
def test_raising_a_utility_never_lowers_the_loops_through_it(records: list[Record]) -> None:
    judged = [record | {"utility": 0.5} if record["type"] == "value_flow" else record for record in records]
    first = next((record["id"] for record in judged if record["type"] == "value_flow"), None)
    raised = [record | {"utility": 0.9} if record["id"] == first else record for record in judged]
    before, after = loops_of(made(judged), DEFAULTS), loops_of(made(raised), DEFAULTS)
    assert before is not None
    assert after is not None
    assert (after.scores_by(after.parties(), 6) >= before.scores_by(before.parties(), 6) - 1e-12).all()


@few
@given(record_lists())
def test_sums_that_must_be_one_are_one(records: list[Record]) -> None:
    ecosystem = made(records)
    chain = value_chain_of(ecosystem, DEFAULTS)
    focal = ecosystem.index("f")
    if chain.defined and not chain.closed[focal]:
        row, column = chain.inverse_row(focal), chain.inverse_column(focal)
        assert (row * (chain.used + chain.unattributed)).sum() == pytest.approx(1)
        assert (column * chain.added).sum() == pytest.approx(1)
    assert sum(compute(ecosystem, "reach").values.values()) == pytest.approx(1)
    shares = [value for value in compute(ecosystem, "wvfo", variant="normalised").values.values() if value is not None]
    assert not shares or sum(shares) == pytest.approx(1)


@few
@given(record_lists())
def test_the_columns_of_the_chain_are_those_of_dense_algebra(records: list[Record]) -> None:
    chain = value_chain_of(made(records), MIXED)
    keep = np.flatnonzero(~chain.closed)
    dense = np.linalg.inv(np.eye(len(keep)) - chain.a.toarray()[np.ix_(keep, keep)])
    for at, place in enumerate(keep.tolist()):
        assert chain.inverse_column(place)[keep] == pytest.approx(dense[:, at], rel=1e-9, abs=1e-12)
        passed = passages(chain, keep.tolist(), chain.taken_from(place), up=True)
        assert passed == pytest.approx(dense[:, at] / np.diag(dense), rel=1e-9, abs=1e-12)


@few
@given(record_lists())
def test_parts_are_within_what_they_are_parts_of(records: list[Record]) -> None:
    """What hangs on a party, found by taking it away: of the sinks it is at most what passes down through it, of the sources what passes up.

    On parties; with lots: metrics/test_lots.py."""
    ecosystem = made(records)
    names = ("sink_share", "embodied_value_added", "pass_through_up", "pass_through_down", "criticality")
    sinks, added, up, down, critical = (compute(ecosystem, metric, products="mixed").values for metric in names)
    chain = nx.DiGraph(list(edges(ecosystem, "value_chain")))
    chain.add_nodes_from(PLACES)
    for party in PLACES:
        if sinks[party] is not None:
            assert sinks[party] <= down[party] + 1e-9
            assert added[party] <= up[party] + 1e-9
        if critical[party] is None:
            continue
        below = sum(sinks[other] or 0.0 for other in cut_off(chain, party))
        behind = sum(added[other] or 0.0 for other in cut_off(chain.reverse(), party))
        assert below <= down[party] + 1e-9
        assert behind <= up[party] + 1e-9
        assert critical[party] == pytest.approx(max(below, behind), abs=1e-9)


def cut_off(chain: nx.DiGraph, party: str) -> set[str]:
    """Whom f reaches only through a party."""
    without = nx.restricted_view(chain, [party], [])
    return set(nx.descendants(chain, "f")) - {"f", party} - set(nx.descendants(without, "f"))


@few
@given(record_lists(), st.sampled_from(["influence", "value_flow"]))
def test_points_sum_to_the_score_and_evidence_stays_within_its_part(records: list[Record], score: str) -> None:
    ecosystem = made(records)
    known = {record["id"] for record in records}
    for party in PLACES[1:]:
        answer = explain(ecosystem, party, score)
        if answer["value"] is None:
            continue
        assert sum(part["points"] for part in answer["parts"]) == pytest.approx(answer["value"], abs=1e-9)
        assert answer["rank_range"][0] <= answer["rank"] <= answer["rank_range"][1]
        for part in answer["parts"]:
            contributions = [item["contribution"] for item in part["evidence"]]
            assert contributions == sorted(contributions, reverse=True)
            assert part["raw"] is None or part["part"] in ("control", "salience") or sum(contributions) <= part["raw"] + 1e-9
            for item in part["evidence"]:
                assert set(item["facts"]) <= known
                assert part["part"] == "brokerage" or item["path"][-1] == "f" or part["part"] == "salience"


@few
@given(record_lists(), st.sampled_from(["influence", "tie", "value_chain", "facts", "utility"]))
def test_the_fast_path_equals_plain_networkx(records: list[Record], name: str) -> None:
    graph = graph_for(made(records), name)
    for function in (nx.pagerank, nx.betweenness_centrality, nx.closeness_centrality, nx.harmonic_centrality, nx.degree_centrality):
        assert function(graph) == pytest.approx(function(graph.to_networkx()), abs=1e-10)


@few
@given(record_lists())
def test_the_same_records_give_the_same_bytes(records: list[Record]) -> None:
    one, other = made(records), made(records)
    assert one.snapshot_id == other.snapshot_id
    for metric in SCORES:
        first, second = compute(one, metric), compute(other, metric)
        assert first.array.tobytes() == second.array.tobytes()
        assert (first.reasons, first.parameters) == (second.reasons, second.parameters)


@few
@given(record_lists())
def test_a_tie_is_as_strong_as_both_directions_of_influence_together(records: list[Record]) -> None:
    ecosystem = made(records)
    influence = edges(ecosystem, "influence")
    for (u, v), weight in edges(ecosystem, "tie").items():
        assert weight == pytest.approx(1 - (1 - influence.get((u, v), 0)) * (1 - influence.get((v, u), 0)))
    assert parameters_of({}) == DEFAULTS
