"""The two scores as entries of the registry; what they are made of is in ``graph_models.scores.scores``."""

from __future__ import annotations

from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.metrics.result import Metric, MetricResult
from graph_models.scores.scores import score_result


def influence(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Who matters to us, all in all: who can move us?

    ``I = 100 sum w_k c_k / sum of the available w_k``: value loops (WSO, .40), reach (.25), brokerage (betweenness without the focal party,
    .15), salience as people judged it (.20); where anybody owns the focal party .35 .20 .15 .15 and control .15 (the larger of effective ownership,
    which counts what a holder owns of itself once, and 1 for who controls). Reach and brokerage are divided by their maximum. Every c is in [0, 1].

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        Those of all metrics.

    Returns
    -------
    MetricResult
        0 to 100, with ``coverage`` (available over all weights) and ``rank_range`` (every weight 20 % up or down, all corners).

    Notes
    -----
    Undefined for the focal party (``focal-party``), without one for all (``no-focal-party``). A missing part is dropped. Warnings say what the data
    cannot carry: ``score-flat`` (equal for all), ``few-loops`` (fewer than 5 % of the parties are on a loop), ``one-sided`` (more than half of the
    receipts come without a recorded or implied return), ``no-rate`` (amounts left out).

    Examples
    --------
    >>> from graph_models import Ecosystem, compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "state", "press")]
    >>> records += [{"type": "role", "id": "a", "source": "state", "target": "firm", "role": "regulator"},
    ...             {"type": "role", "id": "b", "source": "press", "target": "firm", "role": "media"}]
    >>> result = compute(Ecosystem.from_records(records, focal_party="firm", as_of="2025-12-31"), "influence")
    >>> {party: value and round(value, 6) for party, value in result.values.items()}
    {'firm': None, 'press': 31.25, 'state': 62.5}

    See Also
    --------
    graph_models.scores.explanation.explain

    References
    ----------
    Sutherland, SM thesis, MIT 2009 (value loops); Mitchell, Agle, Wood, Academy of Management Review 22, 1997 (salience); Baldone, Brioschi, Paleari,
    Ownership measures among firms connected by cross-shareholdings, 1998 (control).
    """
    return score_result(ecosystem, parameters, "influence")


def value_flow(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """Through whom does our value come and go, and who cannot be bypassed?

    ``V = 100 (.6 max(pass_through_up, pass_through_down) + .4 criticality)``.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        Those of all metrics.

    Returns
    -------
    MetricResult
        0 to 100, with ``coverage`` and ``rank_range``.

    Notes
    -----
    Undefined for the focal party (``focal-party``), and for all where it is not there (``no-focal-party``) or trades nothing
    (``no-value-chain``); for the parties of a closed cycle (``closed-cycle``). Warnings as of ``influence``.

    Examples
    --------
    >>> from graph_models import Ecosystem, compute
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "shop", "family")]
    >>> records += [{"type": "value_flow", "id": "a", "source": "shop", "target": "firm", "kind": "money", "amount": 100},
    ...             {"type": "value_flow", "id": "b", "source": "family", "target": "shop", "kind": "money", "amount": 150}]
    >>> compute(Ecosystem.from_records(records, focal_party="firm", as_of="2025-12-31"), "value_flow").values
    {'family': 60.0, 'firm': None, 'shop': 100.0}

    See Also
    --------
    graph_models.scores.explanation.explain

    References
    ----------
    Miller, Blair, Input-Output Analysis, 2nd edition, Cambridge 2009.
    """
    return score_result(ecosystem, parameters, "value_flow")


INFLUENCE = Metric(
    "influence",
    "scores",
    "Who matters to us, all in all: who can move us?",
    "100 sum w_k c_k / sum of available w_k; value_loops .40, reach .25, brokerage .15, salience .20; where it is owned .35 .20 .15 .15, control .15",
    "for the focal party; for all where there is none",
    "Sutherland, SM thesis, MIT 2009; Mitchell, Agle, Wood, AMR 22, 1997",
    influence,
    cost="that of wso, reach, betweenness",
)
VALUE_FLOW = Metric(
    "value_flow",
    "scores",
    "Through whom does our value come and go, and who cannot be bypassed?",
    "100 (.6 max(pass_through_up, pass_through_down) + .4 criticality)",
    "for the focal party; for all where it is not there or trades nothing; in closed cycles",
    "Miller, Blair, Input-Output Analysis, Cambridge 2009",
    value_flow,
    cost="two solves and two dominator trees",
)
