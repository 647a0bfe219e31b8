"""Communities: published partitions, ids that stay, what became of those that do not."""

from __future__ import annotations

import random
from itertools import combinations
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_models import compute
from graph_models.ecosystem.parameters import DEFAULTS, parameters_of
from graph_models.graphs.communities import communities_of, modularity, runs_for, tie_of
from graph_models.metrics.structure.community import MAX_MEMBERS, communities_view
from tests.graph_models.ecosystems import ecosystem_of, flow, parties, related, role
from tests.graph_models.metrics.made import of_networkx
from tests.graph_models.metrics.structure.test_centrality import networks

PLAIN = {"graph": "facts", "weight": "none", "directed": False}


def circle(*members: str) -> list[dict[str, Any]]:
    """Everybody knows everybody."""
    return [related(a, b, "knows") for a, b in combinations(members, 2)]


def groups(values: dict[Any, Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for party, community in values.items():
        found.setdefault(community, set()).add(party)
    return found


@pytest.mark.parametrize("seed", range(5))
def test_the_karate_club_falls_into_the_best_partition_known(seed: int) -> None:
    """Four communities of modularity .4198, the largest of all partitions: Brandes, U., et al., On modularity clustering, IEEE TKDE 20, 2008."""
    made, parameters = of_networkx(nx.karate_club_graph()), parameters_of(PLAIN | {"seed": seed})
    found = communities_of(made, parameters)
    assert round(modularity(tie_of(made, parameters), found.number) or 0, 4) == 0.4198
    assert found.size.tolist() == [12, 11, 6, 5]


def test_modularity_of_the_split_of_the_karate_club() -> None:
    """From its definition, and as networkx has it."""
    graph = nx.karate_club_graph()
    made = of_networkx(graph)
    factions = np.array([int(graph.nodes[node]["club"] != "Mr. Hi") for node in graph])
    inside = sum(factions[a] == factions[b] for a, b in graph.edges)
    degrees = [sum(degree for node, degree in graph.degree() if factions[node] == side) for side in (0, 1)]
    expected = inside / 78 - sum((degree / 156) ** 2 for degree in degrees)
    assert modularity(tie_of(made, parameters_of(PLAIN)), factions) == pytest.approx(expected)
    assert expected == pytest.approx(nx.community.modularity(graph, [set(np.flatnonzero(factions == side).tolist()) for side in (0, 1)], weight=None))


def test_a_planted_partition_is_found_exactly() -> None:
    """Girvan, M., Newman, M., Community structure in social and biological networks, PNAS 99, 2002: 4 groups of 32, 16 ties each, of which 2 lead outside."""
    draw = random.Random(7)
    chance = {True: 14 / 31, False: 2 / 96}
    graph = nx.Graph()
    graph.add_nodes_from(range(128))
    graph.add_edges_from((a, b) for a, b in combinations(range(128), 2) if draw.random() < chance[a % 4 == b % 4])
    found = groups(compute(of_networkx(graph), "community", **PLAIN).values)
    assert sorted(sorted(int(name[1:]) for name in members) for members in found.values()) == [list(range(rest, 128, 4)) for rest in range(4)]


def test_ids_go_by_size_and_then_by_the_smallest_party_and_have_no_rank() -> None:
    made = ecosystem_of(*circle("p", "q", "r"), *circle("x", "y", "z"), *circle("a", "b", "c", "d"), *parties("alone", "f"))
    result = compute(made, "community")
    assert groups(result.values) == {"1": set("abcd"), "2": set("pqr"), "3": set("xyz"), "4": {"alone"}, "5": {"f"}}
    assert result.ranks.tolist() == [0] * 12


def test_a_unit_counts_as_its_company() -> None:
    made = ecosystem_of(*circle("a", "b", "c"), *parties("sales", kind="unit"), related("sales", "a", "part_of"))
    result = compute(made, "community")
    assert result.values == {"a": "1", "b": "1", "c": "1", "sales": None}
    assert result.reasons == {"sales": "rolled-up"}


@settings(deadline=None, max_examples=10)
@given(networks())
def test_communities_are_connected_and_the_same_each_time(graph: nx.DiGraph) -> None:
    values = compute(of_networkx(graph), "community", **PLAIN).values
    assert values == compute(of_networkx(graph), "community", **PLAIN).values
    plain = graph.to_undirected()
    assert all(nx.is_connected(plain.subgraph(int(name[1:]) for name in members)) for members in groups(values).values())
    sizes = [len(members) for _, members in sorted(groups(values).items(), key=lambda item: int(item[0]))]
    assert sizes == sorted(sizes, reverse=True)


def florentine() -> nx.Graph:
    return nx.convert_node_labels_to_integers(nx.florentine_families_graph())


SMALL = {
    "karate club": nx.karate_club_graph,
    "florentine families": florentine,
    "sparse": lambda: nx.gnm_random_graph(66, 120, seed=10),
    "dense": lambda: nx.gnm_random_graph(35, 200, seed=9),
    "hubs": lambda: nx.barabasi_albert_graph(80, 2, seed=1),
    "small world": lambda: nx.watts_strogatz_graph(68, 4, 0.1, seed=7),
}


@pytest.mark.parametrize("name", SMALL)
def test_a_small_network_is_never_one_percent_below_the_best_of_fifty_starts_of_networkx(name: str) -> None:
    graph = SMALL[name]()
    made, parameters = of_networkx(graph), parameters_of(PLAIN)
    found = modularity(tie_of(made, parameters), communities_of(made, parameters).number)
    assert found is not None
    starts = (nx.community.louvain_communities(graph, weight=None, seed=seed) for seed in range(50))
    assert found >= 0.99 * max(nx.community.modularity(graph, start, weight=None) for start in starts)


def renamed(graph: nx.Graph, order: list[int]) -> nx.Graph:
    return nx.relabel_nodes(graph, dict(enumerate(order)))


def split(graph: nx.Graph) -> set[frozenset[int]]:
    values = compute(of_networkx(graph), "community", graph="facts", weight="strength", directed=False).values
    return {frozenset(int(name[1:]) for name in members) for members in groups(values).values()}


@pytest.mark.parametrize("seed", range(3))
def test_renaming_the_parties_changes_their_names_only(seed: int) -> None:
    draw = random.Random(seed)
    graph = nx.gnm_random_graph(40, 70, seed=seed)
    for *_, data in graph.edges(data=True):
        data["strength"] = draw.choice([0.2, 0.3, 0.5, 0.7, 0.9])
    order = draw.sample(range(40), 40)
    assert split(renamed(graph, order)) == {frozenset(order[node] for node in members) for members in split(graph)}


@settings(deadline=None, max_examples=10)
@given(networks(), st.randoms(use_true_random=False))
def test_renaming_a_network_that_is_like_itself_changes_no_size_and_no_modularity(graph: nx.DiGraph, draw: random.Random) -> None:
    """Where two ways to part a network are mirror images, one must be chosen; it is as good and parts as many as the other."""
    plain, order, parameters = graph.to_undirected(), draw.sample(range(len(graph)), len(graph)), parameters_of(PLAIN)
    both = [of_networkx(plain), of_networkx(renamed(plain, order))]
    found = [communities_of(made, parameters) for made in both]
    assert found[0].size.tolist() == found[1].size.tolist()
    assert modularity(tie_of(both[0], parameters), found[0].number) == pytest.approx(modularity(tie_of(both[1], parameters), found[1].number), abs=1e-12)


def test_fewer_runs_are_made_the_larger_the_graph() -> None:
    small, large = (tie_of(of_networkx(nx.cycle_graph(size)), parameters_of(PLAIN)) for size in (30, 2_000))
    assert (runs_for(small), runs_for(large)) == (64, 16)  # of 64, and of 100,000 / (2,000 + 4,000 + 1)


def test_amounts_as_large_as_numbers_go_do_not_add_up_to_infinity() -> None:
    made = ecosystem_of(*(flow(a, b, "money", amount=1e23) for a, b in ("ab", "bc", "ca", "de", "ef", "fd")), focal="a")
    assert groups(compute(made, "community", graph="facts", weight="amount").values) == {"1": set("abc"), "2": set("def")}


BEFORE = {name: community for community, members in (("1", "abcd"), ("2", "pqr"), ("7", "xyz")) for name in members}


def matched(*records: dict[str, Any], before: dict[str, str], **more: Any) -> tuple[dict[str, set[str]], list[tuple[str, str, tuple[str, ...]]]]:
    result = compute(ecosystem_of(*records, focal="a"), "community", match_to=before, **more)
    return groups(result.values), [(warning.code, warning.message, warning.parties) for warning in result.warnings]


def test_ids_stay_though_sizes_change() -> None:
    found, events = matched(*circle("a", "b", "c"), *circle("p", "q", "r", "s", "t"), *circle("x", "y", "z", "w"), before=BEFORE)
    assert found == {"1": set("abc"), "2": set("pqrst"), "7": set("xyzw")}
    assert events == []


def test_a_merge_is_named() -> None:
    found, events = matched(*circle(*"abcdpqr"), *circle(*"xyz"), before=BEFORE)
    assert found == {"1": set("abcdpqr"), "7": set("xyz")}
    assert events == [("community-merged", "community 2 of 3 merged into 1", ("p", "q", "r"))]


def test_a_split_is_named_and_the_new_part_gets_a_number_that_was_never_used() -> None:
    before = {**BEFORE, "e": "1", "g": "1", "h": "1"}
    found, events = matched(*circle(*"abcd"), *circle(*"egh"), *circle(*"pqr"), *circle(*"xyz"), before=before, first_id=20)
    assert found == {"1": set("abcd"), "20": set("egh"), "2": set("pqr"), "7": set("xyz")}
    assert events == [("community-split", "community 20 of 3 split from 1", ("e", "g", "h"))]


def test_births_and_ends_are_named_unless_somebody_stands_alone() -> None:
    found, events = matched(*circle(*"abcd"), *circle(*"klm"), *parties("new"), *circle(*"xyz"), before=BEFORE | {"gone": "9"})
    assert found == {"1": set("abcd"), "10": set("klm"), "7": set("xyz"), "11": {"new"}}
    assert events == [("community-born", "community 10 of 3 was born", ("k", "l", "m")), ("community-gone", "community 2 of 3 is gone", ())]


def test_ids_to_match_may_be_names() -> None:
    found, _ = matched(*circle(*"abcd"), *circle(*"xyz"), before=dict.fromkeys("abcd", "north"))
    assert found == {"north": set("abcd"), "1": set("xyz")}


def test_the_view_names_communities_in_both_languages() -> None:
    suppliers = [role(source, "hub", "supplier") for source in ("s1", "s2", "s3")]
    east = parties("s1", "s2", "s3", "hub")
    for record in east:
        record["region"] = "华东"
    view = communities_view(ecosystem_of(*suppliers, *east, *circle("x", "y"), *parties("f")), DEFAULTS)
    assert [(item["community_id"], item["size"], item["parties"]) for item in view["items"]] == [
        ("1", 4, ["hub", "s1", "s2", "s3"]),
        ("2", 2, ["x", "y"]),
        ("3", 1, ["f"]),
    ]
    assert view["items"][0]["label"] == {"en": "Suppliers around hub (华东)", "zh": "以hub为中心的供应商（华东）"}
    assert view["items"][1]["label"]["en"] == "Parties around x"
    assert view["items"][2]["label"] == {"en": "f", "zh": "f"}
    assert (view["total"], round(view["modularity"], 6)) == (3, modularity_by_hand())


def modularity_by_hand() -> float:
    """Three ties of .4 both ways (.64) and one of .2 both ways (.36)."""
    whole = 3 * 0.64 + 0.36
    return round(1 - (3 * 0.64 / whole) ** 2 - (0.36 / whole) ** 2, 6)


def test_the_view_is_paged_and_cut_and_may_be_of_one_community() -> None:
    star = [related(f"p{place:04}", "hub", "knows") for place in range(MAX_MEMBERS + 5)]
    made = ecosystem_of(*star, *circle("x", "y"))
    page = communities_view(made, DEFAULTS, limit=1, offset=0)
    assert [(item["size"], len(item["parties"])) for item in page["items"]] == [(MAX_MEMBERS + 6, MAX_MEMBERS)]
    assert page["items"][0]["truncated"] == {"shown": MAX_MEMBERS, "left_out": 6, "why": "limit"}
    assert [item["community_id"] for item in communities_view(made, DEFAULTS, community_id="2")["items"]] == ["2"]
    assert communities_view(made, DEFAULTS, community_id="banana")["items"] == []


def test_without_ties_there_is_no_modularity() -> None:
    assert communities_view(ecosystem_of(*parties("a", "b")), DEFAULTS)["modularity"] is None


def test_a_label_names_the_central_party_as_it_is_called_in_each_language() -> None:
    hub = {"type": "party", "id": "h", "name": "East China Appliances", "names": [{"text": "华东家电", "language": "zh"}], "kind": "organization"}
    made = [hub, *parties("a", "b"), related("h", "a", "knows"), related("h", "b", "knows")]
    (item,) = communities_view(ecosystem_of(*made, focal="h"), DEFAULTS)["items"]
    assert item["label"] == {"en": "Parties around East China Appliances", "zh": "以华东家电为中心的各方"}
