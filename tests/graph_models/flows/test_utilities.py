"""Shares, materiality and surveys that utilities are made of, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graph_models.ecosystem.parameters import parameters_of
from graph_models.flows.implied_returns import exchanges_of
from graph_models.flows.utilities import NO_SHARE, PLAIN_SATISFACTION, pair_shares_of, resolved_amounts, survey_satisfaction, utilities_of
from tests.graph_models.ecosystems import Record, ecosystem_of, flow, paid, parties, related

RECORDED = {"implied_returns": False}


def along_streams(values_of: Any, *records: Record, **parameters: Any) -> dict[tuple[str, str, str], float]:
    """(giver, receiver, kind) -> value, of streams without a product."""
    ecosystem = ecosystem_of(*records)
    streams = exchanges_of(ecosystem, parameters_of(RECORDED | parameters))
    values = values_of(ecosystem, parameters_of(RECORDED | parameters), streams).tolist()
    ids, kinds = ecosystem.parties, streams.kinds
    return {(ids[u], ids[v], kinds[k]): value for u, v, k, value in zip(streams.source, streams.target, streams.kind, values, strict=True)}


def pair_shares(*records: Record, **parameters: Any) -> tuple[list[float], list[float]]:
    """(shares, confidences) along the pairs and kinds, in their order."""
    found = pair_shares_of(ecosystem_of(*records), parameters_of(RECORDED | parameters))
    assert len(found.first) == len(found.share) + 1 == len(found.confidence) + 1
    return found.share.tolist(), found.confidence.tolist()


def goods(source: str, product: str, **fields: Any) -> Record:
    return flow(source, "v", "goods", product=product, **fields) | {"id": f"{source} {product}"}


def answer(source: str, target: str, measure: str, value: float | None, day: str, **fields: Any) -> Record:
    record = {"type": "touchpoint", "source": source, "target": target, "kind": "survey_answer", "occurred_at": day, "measure": measure}
    return record | {"id": f"{source}{target}{measure}{day}"} | ({} if value is None else {"value": value}) | fields


def satisfaction(*answers: Record, **parameters: Any) -> float:
    """Of f with the money of a, NaN where it never said."""
    return along_streams(survey_satisfaction, paid("f", "a", 1), paid("c", "d", 1), *answers, **parameters)["a", "f", "money"]


def test_the_share_of_a_pair_is_that_of_all_its_products() -> None:
    """a gives 5 and 15 of 40, of which the smaller is half as certain: (5 x .5 + 15 x 1) / 20."""
    shares, confidences = pair_shares(goods("a", "p", amount=5, confidence=0.5), goods("a", "q", amount=15), goods("b", "p", amount=20))
    assert shares == pytest.approx([0.5, 0.5])
    assert confidences == pytest.approx([0.875, 1])


def test_quantities_of_a_pair_add_up_where_they_are_of_one_unit() -> None:
    one = goods("a", "p", quantity=3, unit="t"), goods("a", "q", quantity=1, unit="t"), goods("b", "p", quantity=4, unit="t")
    assert pair_shares(*one)[0] == pytest.approx([0.5, 0.5])
    two = goods("a", "p", quantity=3, unit="t"), goods("a", "q", quantity=1, unit="m"), goods("b", "p", quantity=1, unit="t")
    assert pair_shares(*two)[0] == pytest.approx([np.nan, 0.25], nan_ok=True)
    some = goods("a", "p", quantity=3, unit="t"), goods("a", "q"), goods("b", "p", quantity=1, unit="t")
    assert pair_shares(*some)[0] == pytest.approx([0.75, 0.25])


def test_amounts_say_more_than_quantities() -> None:
    both = goods("a", "p", quantity=3, unit="t", amount=10), goods("b", "p", quantity=1, unit="t", amount=30)
    assert pair_shares(*both)[0] == pytest.approx([0.25, 0.75])


def test_without_streams_there_are_no_shares() -> None:
    assert pair_shares(*parties("a", "f")) == ([], [])


def test_materiality_counts_what_others_give_and_not_what_one_gives_itself() -> None:
    """f receives 1000 and 40 from others; 9000 are its own."""
    records = paid("f", "c", 1000), flow("a", "f", "goods", amount=40), flow("f", "f", "service", amount=9000)
    shares = along_streams(lambda *asked: utilities_of(*asked[:2]).share, *records)
    assert shares == pytest.approx({("a", "f", "goods"): 40 / (0.05 * 1040), ("c", "f", "money"): 1, ("f", "f", "service"): np.nan}, nan_ok=True)
    assert along_streams(lambda *asked: utilities_of(*asked[:2]).share, *records, materiality=0.02)["a", "f", "goods"] == 1
    assert along_streams(lambda *asked: utilities_of(*asked[:2]).share, *records, materiality=0)["a", "f", "goods"] == 1


def test_a_small_share_is_as_small_as_it_is() -> None:
    records = paid("f", "c", 1000), flow("a", "f", "goods", amount=1), flow("b", "f", "goods", amount=9)
    shares = along_streams(lambda *asked: utilities_of(*asked[:2]).share, *records)
    assert (shares["a", "f", "goods"], shares["b", "f", "goods"]) == pytest.approx((0.1, NO_SHARE))


def test_what_is_paid_is_divided_among_the_streams_that_say_no_amount() -> None:
    """v pays a 90 for knowledge and data, which say nothing of money, beside goods that do; nothing for what b gives; itself for nothing."""
    records = flow("a", "v"), flow("a", "v", "data"), flow("a", "v", "goods", amount=7), paid("a", "v", 90), flow("b", "v"), flow("v", "v")
    amounts = along_streams(resolved_amounts, *records)
    assert amounts == pytest.approx(
        {
            ("a", "v", "data"): 45,
            ("a", "v", "goods"): 7,
            ("a", "v", "knowledge"): 45,
            ("b", "v", "knowledge"): np.nan,
            ("v", "a", "money"): 90,
            ("v", "v", "knowledge"): np.nan,
        },
        nan_ok=True,
    )


def test_who_is_paid_nothing_by_anybody_has_no_amount() -> None:
    assert np.isnan(along_streams(resolved_amounts, flow("y", "z"), paid("a", "b", 3))["y", "z", "knowledge"])
    assert np.isnan(along_streams(resolved_amounts, flow("a", "b"), paid("y", "z", 3))["a", "b", "knowledge"])


def test_a_score_of_customers_is_a_part_of_its_scale() -> None:
    assert satisfaction(answer("f", "a", "csat", 4, "2025-01-01")) == 0.8
    assert satisfaction(answer("f", "a", "nps", 9, "2025-01-01")) == 0.9
    assert satisfaction(answer("f", "a", "nps", 0, "2025-01-01")) == 0


def test_only_the_receivers_own_answers_toward_the_giver_count() -> None:
    assert np.isnan(satisfaction())
    for source, target in (("a", "f"), ("f", "c"), ("f", "d"), ("c", "a"), ("d", "a"), ("a", "c")):
        assert np.isnan(satisfaction(answer(source, target, "csat", 1, "2025-01-01"))), (source, target)


def test_an_answer_of_the_day_itself_counts_and_one_of_the_day_after_does_not() -> None:
    first = answer("f", "a", "csat", 1, "2025-01-01")
    assert satisfaction(first, answer("f", "a", "csat", 4, "2025-12-31")) == 0.8
    assert satisfaction(first, answer("f", "a", "csat", 4, "2026-01-01")) == 0.2


def test_of_one_day_satisfaction_goes_before_recommendation_and_the_later_record_before_the_earlier() -> None:
    day = "2025-02-01"
    assert satisfaction(answer("f", "a", "csat", 2, day), answer("f", "a", "nps", 9, day)) == 0.4
    assert satisfaction(answer("f", "a", "csat", 2, day, id="x1"), answer("f", "a", "csat", 3, day, id="x2")) == 0.6


def test_an_answer_that_is_only_supposed_counts_where_suppositions_do() -> None:
    answers = answer("f", "a", "csat", 2, "2025-01-01"), answer("f", "a", "csat", 5, "2025-02-01", status="hypothesis")
    assert satisfaction(*answers) == 0.4
    assert satisfaction(*answers, hypotheses=True) == 1


def test_answers_of_a_unit_are_those_of_its_organization() -> None:
    unit = [*parties("lab", kind="unit"), related("lab", "f", "part_of")]
    assert satisfaction(*unit, answer("lab", "a", "csat", 2, "2025-01-01")) == 0.4
    assert np.isnan(satisfaction(*unit, answer("lab", "a", "csat", 2, "2025-01-01"), roll_up="none"))


def test_without_share_and_answer_the_plain_values_stand() -> None:
    assert PLAIN_SATISFACTION == 0.57
    ecosystem = ecosystem_of(flow("a", "f", confidence=0.5))
    found = utilities_of(ecosystem, parameters_of(RECORDED))
    assert found.utility.tolist() == pytest.approx([0.2 * 0.57 * 0.5])
    assert found.judged.tolist() == [False]
    assert np.isnan(found.share).all()
