"""Notices of both scores: where the data cannot carry them."""

from __future__ import annotations

import numpy as np

from graph_models.ecosystem import Ecosystem, Mask
from graph_models.graphs import utility_streams
from graph_models.metrics.loops import wso
from graph_models.parameters import Parameters
from graph_models.roll_up import focal_of, roll_up_of
from graph_models.streams import Streams
from graph_models.warning import Warning

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
    """Fewer than 5 % of the parties are on a loop through the focal party."""
    others = roll_up_of(ecosystem, parameters).present.copy()
    others[focal] = False
    count = int(others.sum())
    on_loops = int((np.nan_to_num(wso(ecosystem, parameters).array)[others] > 0).sum())
    if on_loops >= FEW * count:
        return None
    return Warning("few-loops", f"{on_loops} of {count} parties are on a value loop through the focal party: value_loops tells few of them apart")


def _one_sided(ecosystem: Ecosystem, parameters: Parameters, focal: int) -> Warning | None:
    """More than half of what the focal party receives in money comes from parties that get nothing for it, as far as is recorded or implied."""
    streams, *_ = utility_streams(ecosystem, parameters)
    paid, other = _payment(ecosystem, streams), streams.source != streams.target
    receipts = np.flatnonzero(paid & other & (streams.target == focal) & (streams.amount > 0))
    total = streams.amount[receipts].sum()
    if not total > 0:
        return None
    answered = np.zeros(len(ecosystem.parties), bool)
    answered[streams.target[~paid & other & (streams.source == focal)]] = True
    without = receipts[~answered[streams.source[receipts]]]
    share = streams.amount[without].sum() / total
    if share <= MOST:
        return None
    payers = tuple(ecosystem.parties[place] for place in np.unique(streams.source[without]).tolist())
    return Warning("one-sided", f"{share:.1%} of the receipts come from {len(payers)} parties without a recorded or implied return", (), payers)


def _payment(ecosystem: Ecosystem, streams: Streams) -> Mask:
    """Which streams are money."""
    kinds, names = ecosystem.vocabulary.value_kinds, ecosystem.families["value_flows"].coded("kind").texts
    return np.array([name in kinds and kinds[name].means == "payment" for name in names] + [False], bool)[streams.kind]
