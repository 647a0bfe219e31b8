"""The statistics of a whole network: published and hand-computed numbers, and what is said where there is none."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings

from graph_models.ecosystem.parameters import DEFAULTS, Parameters
from graph_models.views.network import STATISTICS, core_fit, network_statistics, network_view
from tests.graph_models.ecosystems import Record, ecosystem_of, paid, parties, related, role, worked_chain
from tests.graph_models.metrics.made import florentine_families, of_networkx
from tests.graph_models.metrics.structure.test_centrality import networks


def statistics(made: Any, parameters: Parameters = DEFAULTS) -> dict[str, Any]:
    return {item["statistic"]: item["value"] if item["reason"] is None else item["reason"] for item in network_statistics(made, parameters)}


def about(made: Any, name: str) -> dict[str, Any]:
    (found,) = [item["parameters"] for item in network_statistics(made, DEFAULTS) if item["statistic"] == name]
    return dict(found)


def ties(graph: nx.Graph) -> list[Record]:
    return [*parties(*(str(node) for node in graph)), *(related(str(a), str(b), "knows") for a, b in graph.edges)]


def test_the_karate_club() -> None:
    """Zachary 1977, as published again and again: 34 members, 78 ties, density .139, diameter 5, mean distance 2.408, clustering .571, modularity .4198."""
    found = statistics(of_networkx(nx.karate_club_graph()))
    assert (found["parties"], found["facts"], found["components"], found["diameter"]) == (34, 78, 1, 5)
    assert {name: round(found[name], 4) for name in ("density", "average_path", "clustering", "modularity")} == {
        "density": 0.1390,
        "average_path": 2.4082,
        "clustering": 0.5706,
        "modularity": 0.4198,
    }


def test_the_families_of_florence() -> None:
    """Padgett & Ansell's marriages: 20 ties of 105 possible ones; clustering .16 (networkx's documentation: average_clustering), diameter 5."""
    found = statistics(florentine_families())
    assert (found["parties"], found["facts"], found["components"], found["diameter"]) == (15, 20, 1, 5)
    assert (found["density"], round(found["clustering"], 6), found["reciprocity"]) == (pytest.approx(20 / 105), 0.16, 1.0)
    assert found["average_path"] == pytest.approx(nx.average_shortest_path_length(nx.florentine_families_graph()))


def test_a_core_of_four_with_six_around_it() -> None:
    """Borgatti & Everett 2000, figure 1: ten parties, the four of the core all tied, eight ties to the six others, none among those: correlation .475."""
    expected = 14 * 15 / (30 * 15 * 14 * 31) ** 0.5  # 14 ties, all among the 30 pairs of the ideal pattern, of 45
    assert core_fit(10, 14, np.array([4]), np.array([14])).tolist() == [pytest.approx(expected)]
    assert round(expected, 3) == 0.475


@settings(deadline=None, max_examples=60)
@given(networks())
def test_the_core_is_the_best_of_those_with_so_many_ties_or_more(graph: nx.DiGraph) -> None:
    plain = nx.Graph(graph.to_undirected())
    plain.remove_edges_from(list(nx.selfloop_edges(plain)))
    found = statistics(of_networkx(plain))["core_periphery"]
    upper = np.triu_indices(len(plain), 1)
    tied, degree = nx.to_numpy_array(plain, weight=None)[upper], np.array([degree for _, degree in plain.degree()])
    fits = []
    for least in set(degree.tolist()):
        ideal = ((degree >= least)[:, None] | (degree >= least)[None, :])[upper]
        if tied.size and tied.std() and ideal.std():
            fits.append(np.corrcoef(tied, ideal)[0, 1])
    assert found == (pytest.approx(max(fits)) if fits else found)
    assert isinstance(found, str) == (not fits)


def test_a_star_is_all_core_and_periphery() -> None:
    assert statistics(ecosystem_of(*ties(nx.star_graph(6)), focal="0"))["core_periphery"] == pytest.approx(1.0)


def test_mixing_of_couples_in_san_francisco() -> None:
    """Newman 2003, table I: couples by ethnicity, assortativity .621 (the table has three digits)."""
    table = ((258, 16, 35, 13), (12, 157, 58, 19), (13, 23, 306, 35), (5, 7, 24, 16))
    names = ("customer", "supplier", "partner", "investor")
    records: list[Record] = []
    for man, row in enumerate(table):
        for woman, couples in enumerate(row):
            for couple in range(couples):
                his, hers = f"m{man}{woman}{couple}", f"w{man}{woman}{couple}"
                records += [*parties(his, hers), related(his, hers, "knows")]
                records += [role(his, "church", names[man], confidence=0), role(hers, "church", names[woman], confidence=0)]
    made = ecosystem_of(*records, focal="church")
    assert statistics(made)["assortativity_role"] == pytest.approx(0.621, abs=0.002)
    assert about(made, "assortativity_role") == {"roles": 4}


def test_the_two_sides_of_the_karate_club_keep_to_themselves() -> None:
    graph = nx.karate_club_graph()
    name = "n{:04}".format
    sides = {"Mr. Hi": "customer", "Officer": "supplier"}
    records = [*parties("f"), *(role(name(node), "f", sides[club], confidence=0) for node, club in graph.nodes(data="club"))]
    records += [related(name(a), name(b), "knows") for a, b in graph.edges]
    expected = nx.attribute_assortativity_coefficient(graph, "club")
    assert statistics(ecosystem_of(*records))["assortativity_role"] == pytest.approx(expected)


def test_a_party_of_two_roles_counts_half_for_each() -> None:
    """Ties a-b and b-c: a and c customers, b customer and supplier. Of four ends, customer-customer 1/2 each tie, so e = (1/2, 1/4; 1/4, 0)."""
    roles = [role("a", "z", "customer", confidence=0), role("b", "z", "customer", confidence=0), role("b", "z", "supplier", confidence=0)]
    made = ecosystem_of(*roles, role("c", "z", "customer", confidence=0), related("a", "b", "knows"), related("b", "c", "knows"), focal="z")
    chance = 0.75**2 + 0.25**2
    assert statistics(made)["assortativity_role"] == pytest.approx((0.5 - chance) / (1 - chance))


def test_influence_of_one_way_ties_is_not_returned() -> None:
    made = ecosystem_of(related("a", "b", "regulates"), related("b", "c", "refers"), related("c", "b", "refers"), focal="a")
    assert statistics(made)["reciprocity"] == pytest.approx(2 / 3)


def test_what_has_no_ties_has_reasons_instead_of_numbers() -> None:
    found = statistics(ecosystem_of(*parties("a", "b", "f")))
    assert found == {
        "parties": 3, "facts": 0, "density": 0.0, "components": 3, "clustering": 0.0, "diameter": "no-ties", "average_path": "no-ties",
        "modularity": "no-ties", "core_periphery": "no-ties", "assortativity_role": "no-roles", "reciprocity": "no-ties",
        "hhi_money": "no-money", "unattributed_share": "no-value-chain",
    }  # fmt: skip
    nobody = statistics(ecosystem_of(focal="f"))
    assert (nobody["parties"], nobody["components"], nobody["density"], nobody["clustering"]) == (0, 0, "too-few-parties", "too-few-parties")


def test_where_all_are_alike_there_is_no_core_and_no_mixing() -> None:
    triangle = ties(nx.complete_graph(3))
    assert statistics(ecosystem_of(*triangle, focal="0"))["core_periphery"] == "all-are-tied"
    assert statistics(ecosystem_of(*ties(nx.cycle_graph(5)), focal="0"))["core_periphery"] == "no-periphery"
    assert statistics(ecosystem_of(*(role(a, "z", "customer") for a in "ab"), role("z", "a", "customer"), focal="z"))["assortativity_role"] == "one-role"


def test_a_unit_is_no_party_of_its_own() -> None:
    made = ecosystem_of(*ties(nx.path_graph(4)), *parties("sales", kind="unit"), related("sales", "0", "part_of"), focal="0")
    found = statistics(made)
    assert (found["parties"], found["components"], found["diameter"]) == (4, 1, 3)


def test_above_two_thousand_parties_distances_are_sampled_and_that_is_said() -> None:
    graph = nx.disjoint_union(nx.path_graph(60), nx.star_graph(2000))
    graph.add_edge(59, 60)  # the end of the path and the hub of the star: two leaves are 2 apart, the start of the path 61 from each leaf
    made = ecosystem_of(*ties(graph), focal="0")
    found = statistics(made, Parameters(pivots=64))
    assert found["diameter"] == 61
    assert about(made, "diameter") == {"sampled": True, "bound": "lower", "sweeps": 3}
    assert about(made, "average_path") == {"sampled": True, "sources": 256, "seed": 0}
    assert found["average_path"] == pytest.approx(nx.average_shortest_path_length(graph), rel=0.5)


@settings(deadline=None, max_examples=40)
@given(networks())
def test_they_are_those_of_networkx(graph: nx.DiGraph) -> None:
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    found, plain = statistics(of_networkx(graph)), graph.to_undirected()
    assert found["components"] == nx.number_connected_components(plain)
    assert found["clustering"] == pytest.approx(nx.average_clustering(plain))
    if len(plain) > 1:
        assert found["density"] == pytest.approx(nx.density(plain))
    if plain.number_of_edges():
        lengths = [length for _, row in nx.all_pairs_shortest_path_length(plain) for length in row.values() if length]
        assert (found["diameter"], found["average_path"]) == (max(lengths), pytest.approx(sum(lengths) / len(lengths)))
        assert found["reciprocity"] == pytest.approx(nx.overall_reciprocity(graph))


def test_concentration_of_money_and_what_is_unattributed() -> None:
    """Hand-computed: 60 and 45 paid, so (60 / 105)^2 + (45 / 105)^2; of the 60 that the firm delivers 45 reach the family, 15 stay with the shop."""
    found = statistics(ecosystem_of(paid("firm", "shop", 60), paid("shop", "family", 45), focal="firm"))
    assert (found["hhi_money"], found["unattributed_share"]) == (pytest.approx((60**2 + 45**2) / 105**2), pytest.approx(0.25))


def test_the_bridges_of_the_karate_club_and_of_florence() -> None:
    """The one member with a single tie; the four families that hang on another: Acciaiuoli, Ginori, Lamberteschi, and Pazzi behind Salviati."""
    assert network_view(of_networkx(nx.karate_club_graph()), DEFAULTS)["bridges"] == [{"source": "n0000", "target": "n0011"}]
    assert [tuple(bridge.values()) for bridge in network_view(florentine_families(), DEFAULTS)["bridges"]] == [
        ("Acciaiuoli", "Medici"),
        ("Albizzi", "Ginori"),
        ("Guadagni", "Lamberteschi"),
        ("Medici", "Salviati"),
        ("Pazzi", "Salviati"),
    ]


def test_every_statistic_says_what_it_is() -> None:
    assert len({statistic.name for statistic in STATISTICS}) == len(STATISTICS)
    assert all(all(field for field in statistic) for statistic in STATISTICS)
    assert [item["statistic"] for item in network_statistics(worked_chain(), DEFAULTS)] == [statistic.name for statistic in STATISTICS]
