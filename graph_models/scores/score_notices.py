"""Notices of both scores: where the data cannot carry them."""

from __future__ import annotations

import numpy as np

from graph_models.arrays.types import Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of, roll_up_of
from graph_models.flows.streams import streams_of
from graph_models.graphs.graph_types import utility_streams
from graph_models.metrics.value.value_loops import wso
from graph_models.notices import Warning

FEW = 0.05
"""On loops, of the parties other than the focal one."""
MOST = 0.5
"""Of the receipts of the focal party."""


def data_warnings(ecosystem: Ecosystem, parameters: Parameters) -> list[Warning]:
    """``few-loops`` and ``one-sided``, where they hold. ``no-rate`` comes with the graphs that the parts run on."""
    focal = focal_of(ecosystem, parameters)
    found = [] if focal is None else [_few_loops(ecosystem, parameters, focal), _one_sided(ecosystem, parameters, focal)]
    return [warning for warning in found if warning is not None]


def _few_loops(ecosystem: Ecosystem, parameters: Parameters, focal: int) -> Warning | None:
    """Fewer than 5 % of the parties are on a loop through the focal party. Loops are searched only where direct exchanges do not answer."""
    others = roll_up_of(ecosystem, parameters).present.copy()
    others[focal] = False
    count = int(others.sum())
    if (_exchanging(ecosystem, parameters, focal) & others).sum() >= FEW * count:
        return None
    on_loops = int((np.nan_to_num(wso(ecosystem, parameters).array)[others] > 0).sum())
    if on_loops >= FEW * count:
        return None
    return Warning("few-loops", f"{on_loops} of {count} parties are on a value loop through the focal party: value_loops tells few of them apart")


def _exchanging(ecosystem: Ecosystem, parameters: Parameters, focal: int) -> Mask:
    """Per party: the best it gives the focal party and the best it gets from it make a loop of two streams that counts."""
    streams, edges, utility = utility_streams(ecosystem, parameters)
    given, gained = np.zeros((2, len(ecosystem.parties)))
    for best, other, mine in ((given, streams.source, streams.target), (gained, streams.target, streams.source)):
        useful = edges[(utility[edges] > 0) & (mine[edges] == focal)]
        np.maximum.at(best, other[useful], utility[useful])
    score = given * gained
    counts: Mask = (score > 0) & (score >= parameters.min_loop_score)
    return counts


def _one_sided(ecosystem: Ecosystem, parameters: Parameters, focal: int) -> Warning | None:
    """More than half of what the focal party receives in money comes from parties that get nothing for it, as far as is recorded or implied."""
    recorded, (exchanged, *_) = streams_of(ecosystem, parameters), utility_streams(ecosystem, parameters)
    payments = ecosystem.vocabulary.kinds_that_mean("value_kinds", "payment")
    money = np.array([name in payments for name in ecosystem.families["value_flows"].coded("kind").texts] + [False], bool)[recorded.kind]
    receipts = np.flatnonzero(money & (recorded.target == focal) & (recorded.source != focal) & (recorded.amount > 0))
    total = recorded.amount[receipts].sum()
    if not total > 0:
        return None
    n = len(ecosystem.parties)
    given = np.bincount(exchanged.target[exchanged.source == focal], minlength=n)
    paid = np.bincount(recorded.target[money & (recorded.source == focal)], minlength=n)
    without = receipts[(given <= paid)[recorded.source[receipts]]]
    share = recorded.amount[without].sum() / total
    if share <= MOST:
        return None
    payers = tuple(ecosystem.parties[place] for place in np.unique(recorded.source[without]).tolist())
    return Warning("one-sided", f"{share:.1%} of the receipts come from {len(payers)} parties without a recorded or implied return", (), payers)
