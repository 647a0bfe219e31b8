"""Concentration: on how few others rests what a party receives of a kind of value, or gives."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graph_models.ecosystem import Ecosystem, Floats, Ints
from graph_models.metrics.result import Metric, MetricResult, number_result
from graph_models.parameters import Parameter, Parameters
from graph_models.roll_up import roll_up_of
from graph_models.streams import group_starts, present_sums, streams_of
from graph_models.utilities import resolved_amounts

__all__ = ["hhi_in", "hhi_money", "hhi_out", "top1_in", "top1_out"]

NOTHING_RECEIVED, NOTHING_GIVEN, NO_MONEY = "nothing-received", "nothing-given", "no-money"


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
    Undefined where the party receives nothing of the kind that has an amount (``nothing-received``). Shares are those of streams (docs/graphs.md):
    in base currency, what is not money and has no amount by what was paid for it; where a party has no such amount at all, by quantity, if
    all of it is in one unit. What a party gives itself is left out.

    Examples
    --------
    >>> from graph_models.parameters import DEFAULTS
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
    return _result(ecosystem, parameters, "hhi_in", NOTHING_RECEIVED, _concentration(ecosystem, parameters, received=True).squares)


def hhi_out(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """On how few others rests what a party gives?

    As ``hhi_in``, of what the party gives. Of money: how few it pays; of goods: how few it delivers to.

    Notes
    -----
    Undefined where the party gives nothing of the kind that has an amount (``nothing-given``).

    Examples
    --------
    >>> from graph_models.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "mine", "port")]
    >>> for paid, amount in (("mine", 50), ("port", 50)):
    ...     records.append({"type": "value_flow", "id": paid, "source": "firm", "target": paid, "kind": "money", "amount": amount})
    >>> hhi_out(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values
    {'firm': 0.5, 'mine': None, 'port': None}

    References
    ----------
    Herfindahl 1950, Hirschman 1964 (see ``hhi_in``).
    """
    return _result(ecosystem, parameters, "hhi_out", NOTHING_GIVEN, _concentration(ecosystem, parameters, received=False).squares)


def top1_in(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How much of what a party receives comes from the largest giver?

    The largest of the shares that ``hhi_in`` squares.

    Notes
    -----
    Undefined as ``hhi_in``.

    Examples
    --------
    >>> from graph_models.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "shop", "mall")]
    >>> for payer, amount in (("shop", 75), ("mall", 25)):
    ...     records.append({"type": "value_flow", "id": payer, "source": payer, "target": "firm", "kind": "money", "amount": amount})
    >>> top1_in(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values["firm"]
    0.75

    References
    ----------
    Hall, M., Tideman, N., Measures of concentration, Journal of the American Statistical Association 62, 1967 (concentration ratios).
    """
    return _result(ecosystem, parameters, "top1_in", NOTHING_RECEIVED, _concentration(ecosystem, parameters, received=True).largest)


def top1_out(ecosystem: Ecosystem, parameters: Parameters) -> MetricResult:
    """How much of what a party gives goes to the largest receiver?

    The largest of the shares that ``hhi_out`` squares.

    Notes
    -----
    Undefined as ``hhi_out``.

    Examples
    --------
    >>> from graph_models.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "mine", "port")]
    >>> for paid, amount in (("mine", 60), ("port", 40)):
    ...     records.append({"type": "value_flow", "id": paid, "source": "firm", "target": paid, "kind": "money", "amount": amount})
    >>> top1_out(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS).values["firm"]
    0.6

    References
    ----------
    Hall, Tideman 1967 (see ``top1_in``).
    """
    return _result(ecosystem, parameters, "top1_out", NOTHING_GIVEN, _concentration(ecosystem, parameters, received=False).largest)


def hhi_money(ecosystem: Ecosystem, parameters: Parameters) -> tuple[float | None, str | None]:
    """On how few parties rests all money of the ecosystem: the sum of squares of each party's share in all that is received.

    (value, reason): no value where no money flows between parties (``no-money``).

    >>> from graph_models.parameters import DEFAULTS
    >>> records = [{"type": "party", "id": party, "name": party, "kind": "organization"} for party in ("firm", "mine", "port")]
    >>> for paid, amount in (("mine", 60), ("port", 40)):
    ...     records.append({"type": "value_flow", "id": paid, "source": "firm", "target": paid, "kind": "money", "amount": amount})
    >>> hhi_money(Ecosystem.from_records(records, "firm", "2025-12-31"), DEFAULTS)
    (0.52, None)
    """
    received = _given(ecosystem, parameters.with_(kind="money"), received=True)
    total = np.bincount(received.party, received.value, len(ecosystem.parties))
    if not total.any():
        return None, NO_MONEY
    return float(((total / total.sum()) ** 2).sum()), None


class _Given(NamedTuple):
    """What was given of one kind of value, an item a pair of giver and receiver; ``party`` is the one of them whose sums are asked for."""

    party: Ints
    value: Floats


class _Concentration(NamedTuple):
    """Along the parties, NaN where nothing is given or received."""

    squares: Floats
    largest: Floats


def _given(ecosystem: Ecosystem, parameters: Parameters, *, received: bool) -> _Given:
    """In amounts where the party has any of the kind; else in quantities where all of them are of one unit."""
    streams, n = streams_of(ecosystem, parameters), len(ecosystem.parties)
    kinds = ecosystem.families["value_flows"].coded("kind").texts
    code = kinds.index(parameters.kind) if parameters.kind in kinds else -1
    chosen = np.flatnonzero((streams.kind == code) & (streams.source != streams.target))
    source, target = streams.source[chosen], streams.target[chosen]
    party, unit, amount = target if received else source, streams.unit[chosen], resolved_amounts(ecosystem, parameters)[chosen]
    priced = np.bincount(party, ~np.isnan(amount), n) > 0
    lowest, highest = np.full(n, np.iinfo(np.int32).max), np.full(n, np.iinfo(np.int32).min)
    np.minimum.at(lowest, party, unit)
    np.maximum.at(highest, party, unit)
    quantity = np.where((lowest == highest)[party], streams.quantity[chosen], np.nan)
    first = group_starts(source, target)
    value = present_sums(np.where(priced[party], amount, quantity), first)
    return _Given(party[first[:-1]][~np.isnan(value)], value[~np.isnan(value)])


def _concentration(ecosystem: Ecosystem, parameters: Parameters, *, received: bool) -> _Concentration:
    (party, value), n = _given(ecosystem, parameters, received=received), len(ecosystem.parties)
    total = np.bincount(party, value, n)
    share = value / total[party]
    largest = np.zeros(n)
    np.maximum.at(largest, party, share)
    return _Concentration(*(np.where(total > 0, values, np.nan) for values in (np.bincount(party, share * share, n), largest)))


def _result(ecosystem: Ecosystem, parameters: Parameters, name: str, reason: str, values: Floats) -> MetricResult:
    warnings = list(streams_of(ecosystem, parameters).warnings)
    present = roll_up_of(ecosystem, parameters).present
    return number_result(ecosystem, name, values, undefined={reason: np.isnan(values)}, present=present, warnings=warnings)


_KIND = (Parameter("kind", "text", "money"),)
_HERFINDAHL = "Herfindahl, Concentration in the steel industry, 1950"
_RATIO = "Hall, Tideman, Journal of the American Statistical Association 62, 1967"
_RECEIVED = f"the party receives nothing of the kind that has an amount ({NOTHING_RECEIVED})"
_GIVEN = f"the party gives nothing of the kind that has an amount ({NOTHING_GIVEN})"
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
