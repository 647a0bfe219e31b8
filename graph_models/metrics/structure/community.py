"""Communities: who belongs together, as an id a party, and as a list of groups with names that people can read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from graph_models.arrays.types import Longs
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import GRAPHS, Parameter, Parameters
from graph_models.ecosystem.roll_up import roll_up_of, states_of
from graph_models.graphs.communities import Communities, communities_of, modularity, numbered, tie_of
from graph_models.graphs.community_matching import matched
from graph_models.graphs.graph_types import Graph
from graph_models.metrics.result import TEXT, Metric, MetricResult, text_result

__all__ = ["communities_view", "community"]

MAX_MEMBERS = 1_000
"""So many parties of a community are listed."""
CENTRAL = 100
"""A community is named after what most of so many of its parties are: those with the strongest ties inside it."""


def community(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who belongs together?

    The Leiden algorithm on ``tie``: ``modularity = sum_c (w_c / W - (k_c / 2 W)^2)`` as large as moves of parties, and of groups of them, make it.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``graph`` (tie; taken without direction), ``seed``; ``match_to`` {party: community id}: communities keep these ids where they share more
        than half of either, new ones get numbers above them and from ``first_id`` on; the others of every structural metric.

    Returns
    -------
    MetricResult
        The id as text, without rank: ``"1"`` is the largest, of equal ones that with the smallest party id. With ``match_to`` the warnings
        ``community-born``, ``community-gone``, ``community-merged`` and ``community-split`` name those of two parties or more.

    Notes
    -----
    Defined for every party; one without ties is a community of its own. Each community is connected. The same seed gives the same, and the names
    of the parties decide nothing but which of two mirror images is taken. In a small network the best of 64 runs counts, each of which begins anew
    until nothing is gained (at most 10 times); the runs are fewer the larger the network is, and above 20,000 parties one run of one round is made.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in "abcdefg"]
    >>> for a, b in ("ab", "bc", "ac", "de", "ef", "df", "cd"):
    ...     records.append({"type": "relationship", "id": a + b, "source": a, "target": b, "kind": "knows"})
    >>> community(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS).values
    {'a': '1', 'b': '1', 'c': '1', 'd': '2', 'e': '2', 'f': '2', 'g': '3'}

    References
    ----------
    Traag, V., Waltman, L., van Eck, N. J., From Louvain to Leiden: guaranteeing well-connected communities, Scientific Reports 9, 2019.
    """
    found, graph = communities_of(ecosystem, parameters), tie_of(ecosystem, parameters)
    ids, warnings = [str(place + 1) for place in range(len(found.size))], list(graph.warnings)
    if parameters.match_to is not None:
        ids, events = matched(found, ecosystem.parties, parameters.match_to, parameters.first_id)
        warnings += [event.warning() for event in events]
    named: list[str | None] = [*ids, None]
    texts = [named[number] for number in found.number.tolist()]
    return text_result(ecosystem, "community", texts, present=graph.present, warnings=warnings)


def communities_view(
    ecosystem: Ecosystem,
    parameters: Parameters,
    *,
    community_id: str | None = None,
    known: Sequence[str | None] | None = None,
    limit: int = 100,
    offset: int = 0,
) -> dict[str, Any]:
    """The communities, the largest first, each with a name; and the modularity of all (null where nobody is tied to anybody).

    ``known``: the ids that the metric ``community`` gave, along the parties. A name tells which role and region most of the hundred parties with the
    strongest ties inside have, and around whom they are. ``parties`` (in the order of ids) is cut at a thousand.

    >>> records = [{"type": "party", "id": party, "name": party.upper(), "kind": "organization"} for party in "abc"]
    >>> records += [{"type": "role", "id": "x", "source": "b", "target": "a", "role": "supplier"},
    ...             {"type": "role", "id": "y", "source": "c", "target": "a", "role": "supplier"}]
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> found = communities_view(Ecosystem.from_records(records, "a", "2025-12-31"), DEFAULTS)["items"][0]
    >>> found["label"]["en"], found["size"]
    ('Suppliers around A', 3)
    """
    texts = community(ecosystem, parameters).texts if known is None else known
    assert texts is not None
    code = {name: place for place, name in enumerate(dict.fromkeys(name for name in texts if name is not None))}
    found = numbered(np.array([-1 if name is None else code[name] for name in texts], np.int64))
    graph = tie_of(ecosystem, parameters)
    order = np.argsort(found.number, kind="stable")
    order = order[np.searchsorted(found.number[order], 0) :]
    first = np.concatenate([[0], np.cumsum(found.size)]).astype(np.int64)
    shown = range(len(found.size))
    if community_id is not None:
        number = found.number[texts.index(community_id)] if community_id in code else -1
        shown = range(number, number + 1) if number >= 0 else range(0)
    numbers = list(shown[offset : offset + limit])
    labels = _labels(ecosystem, parameters, graph, found, numbers)
    items = []
    for number in numbers:
        members = order[first[number] : first[number + 1]]
        items.append(
            {
                "community_id": texts[members[0]],
                "label": labels[number],
                "size": len(members),
                "parties": [ecosystem.parties[place] for place in members[:MAX_MEMBERS].tolist()],
                "truncated": {"shown": MAX_MEMBERS, "left_out": len(members) - MAX_MEMBERS, "why": "limit"} if len(members) > MAX_MEMBERS else None,
            }
        )
    return {"items": items, "total": len(shown), "modularity": modularity(graph, found.number)}


def _labels(ecosystem: Ecosystem, parameters: Parameters, graph: Graph, found: Communities, numbers: list[int]) -> dict[int, dict[str, str]]:
    """Per community what most of its central parties are, and who is the most central."""
    inside = np.where(found.number[graph.source] == found.number[graph.target], graph.weight, 0.0)
    strength = np.bincount(graph.source, inside, graph.nodes)
    central = {}
    for number in numbers:
        members = np.flatnonzero(found.number == number)
        central[number] = members[np.argsort(-strength[members], kind="stable")[:CENTRAL]]
    places = np.concatenate([np.zeros(0, np.int64), *central.values()])
    details = dict(zip(places.tolist(), _details(ecosystem, places), strict=True))
    roles = _roles(ecosystem, parameters, places)
    answer = {}
    for number, members in central.items():
        names = _names(details[members[0]], ecosystem.parties[members[0]])
        role = _of_most([roles.get(place, ()) for place in members.tolist()])
        region = _of_most([[region] if (region := details[place].get("region")) else () for place in members.tolist()])
        answer[number] = _label(ecosystem, names, role, region, alone=len(members) == 1)
    return answer


def _details(ecosystem: Ecosystem, places: Longs) -> list[dict[str, Any]]:
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    return [decode(text) if text else {} for text in ecosystem.columns["parties"]["details"].take(places).to_pylist()]


def _roles(ecosystem: Ecosystem, parameters: Parameters, places: Longs) -> dict[int, set[str]]:
    """The roles that some parties have, toward whomever; a unit's count for the party that it is part of."""
    facts = ecosystem.families["roles"]
    wanted = np.zeros(len(ecosystem.parties), bool)
    wanted[places] = True
    rows = states_of(ecosystem, "roles", parameters)
    source = roll_up_of(ecosystem, parameters).counts_as[facts.source[rows]]
    kinds, rows, source = facts.coded("kind"), rows[wanted[source]], source[wanted[source]]
    held: dict[int, set[str]] = {}
    for place, kind in zip(source.tolist(), kinds.codes[rows].tolist(), strict=True):
        held.setdefault(place, set()).add(kinds.texts[kind])
    return held


def _of_most(values: Sequence[Sequence[str] | set[str]]) -> str | None:
    """What at least half of them have; of several, what most have, then the first."""
    counts: dict[str, int] = {}
    for of_one in values:
        for value in of_one:
            counts[value] = counts.get(value, 0) + 1
    best = min(counts, key=lambda value: (-counts[value], value), default=None)
    return best if best is not None and 2 * counts[best] >= len(values) else None


def _names(details: dict[str, Any], party: str) -> dict[str, str]:
    """A party's name in each language: the one that it has in it, else its name."""
    name = details.get("name", party)
    own = details.get("names") or ()
    return {locale: next((own_name["text"] for own_name in own if (own_name.get("language") or "").startswith(locale)), name) for locale in ("en", "zh")}


def _label(ecosystem: Ecosystem, names: dict[str, str], role: str | None, region: str | None, *, alone: bool) -> dict[str, str]:
    if alone:
        return names
    entry = ecosystem.vocabulary.roles.get(role) if role else None
    who = {"en": "Parties", "zh": "各方"} if entry is None else {locale: (entry.plural or entry.label).in_locale(locale) for locale in ("en", "zh")}
    where = {"en": f" ({region})", "zh": f"（{region}）"} if region else {"en": "", "zh": ""}
    return {"en": f"{who['en']} around {names['en']}{where['en']}", "zh": f"以{names['zh']}为中心的{who['zh']}{where['zh']}"}


COMMUNITY = Metric(
    "community",
    "influence",
    "Who belongs together?",
    "Leiden: the partition with the largest sum_c (w_c / W - (k_c / 2 W)^2) that is found",
    "never",
    "Traag, Waltman, van Eck, From Louvain to Leiden, Scientific Reports 9, 2019",
    community,
    parameters=(
        Parameter("graph", "text", "tie", choices=GRAPHS),
        Parameter("match_to", "map of text"),
        Parameter("first_id", "integer", low=1, high=10**15),
    ),
    structural=True,
    cost="linear in the edges, some ten times a run; 64 runs in a small network, one above 50,000 parties and ties",
    kind=TEXT,
)
