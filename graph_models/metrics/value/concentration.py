"""Concentration: on how few others rests what a party receives of a kind of value, or gives."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graph_models.arrays.grouping import group_starts, present_sums
from graph_models.arrays.types import Floats, Ints, Longs, Mask
from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import DEFAULTS, Parameter, Parameters
from graph_models.ecosystem.roll_up import roll_up_of
from graph_models.flows.flow_amounts import NO_RATE, without_rate
from graph_models.flows.streams import Streams, streams_of
from graph_models.flows.utilities import resolved_amounts
from graph_models.metrics.result import Metric, MetricResult, number_result

__all__ = ["hhi_in", "hhi_money", "hhi_out", "top1_in", "top1_out"]

NOTHING_RECEIVED, NOTHING_GIVEN, NO_MONEY, MIXED = "nothing-received", "nothing-given", "no-money", "mixed-amounts"


def hhi_in(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """On how few others rests what a party receives?

    The sum of squares of the shares that each other has in what the party receives of a ``kind`` of value. Of money: how much it depends on
    few payers; of goods: on few suppliers.

    Parameters
    ----------
    ecosystem : Ecosystem
    parameters : Parameters
        ``kind`` (money), a kind of value; ``period roll_up hypotheses basis in_return_for``.

    Returns
    -------
    MetricResult
        1 for one source only, 1 / n for n equal ones.

    Notes
    -----
    Over all givers: in base currency where each has an amount (what is not money and has none takes what was paid for it); else by quantity where
    each has one, all in one unit; else undefined (``mixed-amounts``): a giver without a price is never left out in silence. Undefined, too, where
    the party receives nothing of the kind (``nothing-received``), or no rate converts any of its flows (``no-rate``). What a party gives itself is
    left out, and so are implied returns.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "shop", "mall")]
    >>> for payer, amount in (("shop", 75), ("mall", 25)):
    ...     records.append({"type": "value_flow", "id": payer, "source": payer, "target": "firm", "kind": "money", "amount": amount})
    >>> hhi_in(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'firm': 0.625, 'mall': None, 'shop': None}

    See Also
    --------
    hhi_out, top1_in

    References
    ----------
    Herfindahl, O., Concentration in the steel industry, dissertation, Columbia University, 1950. Hirschman, A., The paternity of an index,
    American Economic Review 54, 1964.
    """
    found = _concentration(ecosystem, parameters, received=True)
    return _result(ecosystem, parameters, "hhi_in", found.squares, found.undefined)


def hhi_out(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """On how few others rests what a party gives?

    As ``hhi_in``, of what the party gives. Of money: how few it pays; of goods: how few it delivers to.

    Notes
    -----
    Undefined as ``hhi_in``, over all takers (``nothing-given``, ``mixed-amounts``, ``no-rate``).

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "mine", "port")]
    >>> for paid, amount in (("mine", 50), ("port", 50)):
    ...     records.append({"type": "value_flow", "id": paid, "source": "firm", "target": paid, "kind": "money", "amount": amount})
    >>> hhi_out(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'firm': 0.5, 'mine': None, 'port': None}

    References
    ----------
    Herfindahl 1950, Hirschman 1964 (see ``hhi_in``).
    """
    found = _concentration(ecosystem, parameters, received=False)
    return _result(ecosystem, parameters, "hhi_out", found.squares, found.undefined)


def top1_in(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How much of what a party receives comes from the largest giver?

    The largest of the shares that ``hhi_in`` squares.

    Notes
    -----
    Undefined as ``hhi_in``.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "shop", "mall")]
    >>> for payer, amount in (("shop", 75), ("mall", 25)):
    ...     records.append({"type": "value_flow", "id": payer, "source": payer, "target": "firm", "kind": "money", "amount": amount})
    >>> top1_in(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values["firm"]
    0.75

    References
    ----------
    Hall, M., Tideman, N., Measures of concentration, Journal of the American Statistical Association 62, 1967 (concentration ratios).
    """
    found = _concentration(ecosystem, parameters, received=True)
    return _result(ecosystem, parameters, "top1_in", found.largest, found.undefined)


def top1_out(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How much of what a party gives goes to the largest receiver?

    The largest of the shares that ``hhi_out`` squares.

    Notes
    -----
    Undefined as ``hhi_out``.

    Examples
    --------
    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "mine", "port")]
    >>> for paid, amount in (("mine", 60), ("port", 40)):
    ...     records.append({"type": "value_flow", "id": paid, "source": "firm", "target": paid, "kind": "money", "amount": amount})
    >>> top1_out(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values["firm"]
    0.6

    References
    ----------
    Hall, Tideman 1967 (see ``top1_in``).
    """
    found = _concentration(ecosystem, parameters, received=False)
    return _result(ecosystem, parameters, "top1_out", found.largest, found.undefined)


def hhi_money(ecosystem: Ecosystem, parameters: Parameters) -> tuple[float | None, str | None]:
    """On how few parties rests all money of the ecosystem: the sum of squares of each party's share in all that is received.

    (value, reason): no value where no money flows between parties (``no-money``).

    >>> from graph_models.ecosystem.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "mine", "port")]
    >>> for paid, amount in (("mine", 60), ("port", 40)):
    ...     records.append({"type": "value_flow", "id": paid, "source": "firm", "target": paid, "kind": "money", "amount": amount})
    >>> hhi_money(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS)
    (0.52, None)
    """
    streams = streams_of(ecosystem, parameters)
    paid = _of_kind(streams, DEFAULTS.kind)
    total = np.bincount(streams.target[paid], np.nan_to_num(streams.amount[paid]), len(ecosystem.parties))
    if not total.any():
        return None, NO_MONEY
    return float(((total / total.sum()) ** 2).sum()), None


class _Given(NamedTuple):
    """What was given of one kind of value, an item a pair of giver and receiver; ``party`` is the one of them whose sums are asked for.

    ``value`` is NaN for all pairs of a party whose amounts are mixed.
    """

    party: Ints
    value: Floats


class _Concentration(NamedTuple):
    """Along the parties; ``undefined``: reason -> where it holds."""

    squares: Floats
    largest: Floats
    undefined: dict[str, Mask]


def _of_kind(streams: Streams, kind: str) -> Longs:
    """The streams of a kind between two parties."""
    code = streams.kinds.index(kind) if kind in streams.kinds else -1
    return np.flatnonzero((streams.kind == code) & (streams.source != streams.target))


def _given(ecosystem: Ecosystem, parameters: Parameters, *, received: bool) -> _Given:
    """In amounts where each giver has one, else in quantities where each has one and all are of one unit. Implied returns are not among it."""
    recorded, n = streams_of(ecosystem, parameters), len(ecosystem.parties)
    amount = resolved_amounts(ecosystem, parameters, recorded)
    chosen = _of_kind(recorded, parameters.kind)
    streams = recorded.at(chosen)
    first = group_starts(streams.source, streams.target)
    party = (streams.target if received else streams.source)[first[:-1]]
    priced, counted = present_sums(amount[chosen], first), present_sums(streams.quantity, first)
    low, high = np.full(n, np.iinfo(np.int32).max), np.full(n, np.iinfo(np.int32).min)
    ends = streams.target if received else streams.source
    np.minimum.at(low, ends, streams.unit)
    np.maximum.at(high, ends, streams.unit)
    all_priced = np.bincount(party, np.isnan(priced), n) == 0
    all_counted = (low == high) & (np.bincount(party, np.isnan(counted), n) == 0)
    value = np.where(all_priced[party], priced, np.where(all_counted[party], counted, np.nan))
    return _Given(party, value)


def _concentration(ecosystem: Ecosystem, parameters: Parameters, *, received: bool) -> _Concentration:
    (party, value), n = _given(ecosystem, parameters, received=received), len(ecosystem.parties)
    total, any_given = np.bincount(party, value, n), np.bincount(party, minlength=n) > 0
    share = value / total[party]
    largest = np.zeros(n)
    np.fmax.at(largest, party, share)
    undefined = {NO_RATE: without_rate(ecosystem, parameters), NOTHING_RECEIVED if received else NOTHING_GIVEN: ~any_given, MIXED: ~(total > 0)}
    return _Concentration(np.bincount(party, share * share, n).astype(np.float64, copy=False), largest, undefined)


def _result(ecosystem: Ecosystem, parameters: Parameters, name: str, values: Floats, undefined: dict[str, Mask]) -> MetricResult:
    warnings = list(streams_of(ecosystem, parameters).warnings)
    return number_result(ecosystem, name, values, undefined=undefined, present=roll_up_of(ecosystem, parameters).present, warnings=warnings)


_KIND = (Parameter("kind", "text", "money"),)
_HERFINDAHL = "Herfindahl, Concentration in the steel industry, 1950"
_RATIO = "Hall, Tideman, Journal of the American Statistical Association 62, 1967"
_MIXED = f"some have an amount and others none ({MIXED}), or no rate converts what it has ({NO_RATE})"
_RECEIVED = f"the party receives nothing of the kind ({NOTHING_RECEIVED}), {_MIXED}"
_GIVEN = f"the party gives nothing of the kind ({NOTHING_GIVEN}), {_MIXED}"
HHI_IN = Metric(
    "hhi_in",
    "value_flow",
    "On how few others rests what a party receives?",
    "sum of squares of the shares of each giver in what the party receives of the `kind`",
    _RECEIVED,
    _HERFINDAHL,
    hhi_in,
    parameters=_KIND,
)
HHI_OUT = Metric(
    "hhi_out",
    "value_flow",
    "On how few others rests what a party gives?",
    "sum of squares of the shares of each receiver in what the party gives of the `kind`",
    _GIVEN,
    _HERFINDAHL,
    hhi_out,
    parameters=_KIND,
)
TOP1_IN = Metric(
    "top1_in",
    "value_flow",
    "How much of what a party receives comes from the largest giver?",
    "the largest share of a giver in what the party receives of the `kind`",
    _RECEIVED,
    _RATIO,
    top1_in,
    parameters=_KIND,
)
TOP1_OUT = Metric(
    "top1_out",
    "value_flow",
    "How much of what a party gives goes to the largest receiver?",
    "the largest share of a receiver in what the party gives of the `kind`",
    _GIVEN,
    _RATIO,
    top1_out,
    parameters=_KIND,
)
