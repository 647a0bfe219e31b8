"""Explanations of every score, class and number that has one, for every party, also where there is nothing to explain."""

from __future__ import annotations

import pytest

from graph_models import compute, explain
from graph_models.analysis.registry import EXPLAINED
from tests.graph_models.customers.channels.test_customer_kinds import lumen
from tests.graph_models.ecosystems import ecosystem_of, parties


@pytest.mark.parametrize("metric", EXPLAINED)
def test_whoever_has_no_value_has_a_reason_and_no_parts_and_everyone_else_has_parts(metric: str) -> None:
    for made in (lumen(*parties("Nobody")), ecosystem_of(*parties("a"), focal="gone"), ecosystem_of(*parties("f"))):
        result = compute(made, metric)
        for party in made.parties:
            why = explain(made, party, metric)
            assert (why["value"], why["reason"]) == (result.values[party], result.reasons.get(party))
            assert (why["parts"] == []) == (why["value"] is None)
