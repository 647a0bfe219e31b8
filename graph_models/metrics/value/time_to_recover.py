"""Time to recover against time to survive: how long we would stand still if a supplier failed, and what that would cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from graph_models.arrays.types import Floats
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.flows.value_chain import ValueChain, value_chain_of
from graph_models.metrics.result import CLOSED_CYCLE, NO_RATE, Metric, MetricResult, number_result
from graph_models.metrics.value.pass_through import no_chain, pass_through_up
from graph_models.notices import Warning
from graph_models.records.dates import FIRST_DAY, OPEN

__all__ = ["ttr_tts"]

RECOVERY, STOCK = "time_to_recover_days", "inventory_days"
MOST_DAYS = 1_000_000
NO_RECOVERY = "no-time-to-recover"


def ttr_tts(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """For how many days would we stand still if this supplier failed, at whatever tier, and what would that cost?

    ``max(0, time to recover - time to survive)``. Time to recover: the party's attribute ``time_to_recover_days``. Time to survive: how long
    stocks last on the way from it to the focal party, along the chain of deliveries that runs dry first: the sum of ``inventory_days`` of
    those that buy on that chain, the focal party included. What a party has in stock itself does not help when it fails.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        As ``pass_through_up``; ``period``, over whose days the output of the focal party is spread, too.

    Returns
    -------
    MetricResult
        Days, with ``time_to_recover_days``, ``time_to_survive_days`` (none where no chain leads to the focal party: it survives for ever) and
        ``amount``: days x output of the focal party a day x ``pass_through_up``, in base currency. A stock that nobody stated counts as 0:
        where a larger one would change the days, and where ``pass_through_up`` is a bound, ``bound`` says that they are at most this.

    Notes
    -----
    Undefined for a party without the attribute (``no-time-to-recover``); for all where the focal party is not there (``no-focal-party``) or has
    no output (``no-value-chain``); in closed cycles (``closed-cycle``). Other suppliers do not step in. There is no ``amount`` where the period
    has no beginning or end.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> days = {"mine": {"time_to_recover_days": 90}, "smelter": {"inventory_days": 20}, "firm": {"inventory_days": 10}}
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization", "attributes": days[party]} for party in days]
    >>> for supplier, customer, amount in (("mine", "smelter", 36.5), ("smelter", "firm", 73)):
    ...     records.append({"type": "value_flow", "id": supplier, "source": customer, "target": supplier, "kind": "money", "amount": amount})
    >>> result = ttr_tts(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS)
    >>> result.values["mine"], *(float(result.columns[name][1]) for name in ("time_to_survive_days", "amount"))  # half of .2 a day is the mine's
    (60.0, 30.0, 6.0)

    See Also
    --------
    pass_through_up, disruption

    References
    ----------
    Simchi-Levi, D., Schmidt, W., Wei, Y., From superstorms to factory fires, Harvard Business Review 92, 2014. Simchi-Levi, D. et al.,
    Identifying risks and mitigating disruptions in the automotive supply chain, Interfaces 45, 2015.
    """
    chain = value_chain_of(ecosystem, parameters)
    if undefined := no_chain(ecosystem, chain, "ttr_tts"):
        return undefined
    (recovery, wrong), (stock, wrong_stock) = (_stated(ecosystem, name) for name in (RECOVERY, STOCK))
    survival, at_most = _survival(chain, np.nan_to_num(stock)), _survival(chain, np.where(np.isnan(stock), np.inf, stock))
    days, at_least = np.maximum(recovery - survival, 0.0), np.maximum(recovery - at_most, 0.0)
    through = pass_through_up(ecosystem, parameters)
    period = ecosystem.period(parameters)
    length = period.end - period.start if period.start > FIRST_DAY and period.end < OPEN else np.nan
    bounded = through.bound if through.bound is not None else np.zeros(chain.parties, bool)
    return number_result(
        ecosystem,
        "ttr_tts",
        days,
        undefined={NO_RATE: chain.without_rate, NO_RECOVERY: np.isnan(recovery), CLOSED_CYCLE: chain.closed_parties},
        present=chain.present,
        bound=(days > at_least) | (bounded & (days > 0)),
        columns={RECOVERY: recovery, "time_to_survive_days": survival, "amount": days * chain.output(chain.focal or 0) / length * through.array},
        warnings=[*chain.warnings, *_not_read({RECOVERY: wrong, STOCK: wrong_stock})],
    )


def _survival(chain: ValueChain, stock: Floats) -> Floats:
    """From each party on, the least sum of the stocks of those behind it, up to the focal party, along lots; infinite where no chain leads there."""
    backward = csr_array(chain.z.T)
    held = np.repeat(stock[chain.lots.owner], np.diff(backward.indptr))
    way = csr_array((held, backward.indices, backward.indptr), shape=backward.shape)
    lasts = dijkstra(way, indices=np.flatnonzero(chain.start(chain.focal or 0)), min_only=True)
    shortest = np.full(chain.parties, np.inf)
    np.minimum.at(shortest, chain.lots.owner, lasts)
    return shortest


def _stated(ecosystem: Ecosystem, name: str) -> tuple[Floats, list[str]]:
    """An attribute of the parties that is a number of days, NaN where it is not stated; and whose is no such number."""
    column = ecosystem.columns["parties"]["details"]
    rows = np.flatnonzero(pc.fill_null(pc.match_substring(column, f'"{name}"'), False).to_numpy())
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    answer, wrong = np.full(len(ecosystem.parties), np.nan), []
    for row, text in zip(rows.tolist(), column.take(pa.array(rows)).to_pylist(), strict=True):
        value = decode(text).get("attributes", {}).get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= MOST_DAYS:
            answer[row] = value
        elif value is not None:
            wrong.append(ecosystem.parties[row])
    return answer, wrong


def _not_read(wrong: Mapping[str, list[str]]) -> list[Warning]:
    return [
        Warning("bad-attribute", f"{name} of {len(parties)} parties is no number of days and was not read", (), tuple(parties))
        for name, parties in wrong.items()
        if parties
    ]


TTR_TTS = Metric(
    "ttr_tts",
    "value_flow",
    "For how many days would we stand still if this supplier failed, and what would that cost?",
    "max(0, time_to_recover_days - least sum of inventory_days on a chain from it to the focal party)",
    "the party states no time_to_recover_days (no-time-to-recover); there is no focal party (no-focal-party), it has no output (no-value-chain), "
    "or the party is in a closed cycle (closed-cycle)",
    "Simchi-Levi, Schmidt, Wei, Harvard Business Review 92, 2014; Simchi-Levi et al., Interfaces 45, 2015",
    ttr_tts,
    cost="two shortest path searches, and that of pass_through_up",
)
