"""BG/NBD and Gamma-Gamma on the customers of CDNOW: the published parameters, single customers, bounds and properties."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime

from graph_models import Ecosystem, compute
from graph_models.customers.buying import purchase_model
from graph_models.customers.buying.lifetime_value import fitted_models
from graph_models.customers.buying.purchase_model import BuyingModel, History, SpendModel, fit_buying, fit_spend
from graph_models.customers.buying.purchases import purchases_of
from graph_models.ecosystem.parameters import DEFAULTS
from graph_models.records.dates import day_of, day_text
from tests.graph_models.ecosystems import ecosystem_of, parties

CDNOW = Path(__file__).parents[5] / "shared" / "data" / "cdnow" / "cdnow_sample.txt"
BUYING = BuyingModel(0.243903, 4.422435, 0.792508, 2.422938, 0.0)
SPEND = SpendModel(6.249572, 3.744225, 15.443521)


@pytest.fixture(scope="module")
def cdnow() -> Ecosystem:
    """The purchases of 1997 up to the end of September, in weeks of which the paper fits them."""
    if not CDNOW.is_file():
        pytest.skip(f"{CDNOW.name} is not beside the project")
    records: list[dict[str, Any]] = [{"type": "party", "id": "f", "name": "f", "kind": "organization"}]
    rows = [line.split() for line in CDNOW.read_text("ascii").splitlines() if line.strip()]
    records += [{"type": "party", "id": f"c{number}", "name": number, "kind": "person"} for number in sorted({row[1] for row in rows})]
    for place, (_, number, day, _, amount) in enumerate(rows):
        date = f"{day[:4]}-{day[4:6]}-{day[6:]}"
        records.append(
            {
                "type": "value_flow",
                "id": f"v{place}",
                "source": f"c{number}",
                "target": "f",
                "kind": "money",
                "amount": amount,
                "valid_from": date,
                "valid_to": date,
            }
        )
    return Ecosystem.from_records(records, "f", "1997-09-30", "USD")


def test_the_published_parameters(cdnow: Ecosystem) -> None:
    """Fader, Hardie, Lee 2005 publish r .2426, alpha 4.414, a .793, b 2.426 with the eight customers who paid nothing; by our rule these did not buy."""
    purchases = purchases_of(cdnow, DEFAULTS)
    assert purchases is not None
    fitted = fitted_models(cdnow, DEFAULTS, purchases)
    assert len(fitted.buyers) == 2_349
    assert fitted.buying == (
        pytest.approx(0.243903, abs=2e-6), pytest.approx(4.422435, abs=2e-5), pytest.approx(0.792508, abs=2e-5), pytest.approx(2.422938, abs=5e-5),
        pytest.approx(-9578.1966, abs=1e-4),
    )  # fmt: skip
    assert fitted.spend == (pytest.approx(6.249572, rel=1e-5), pytest.approx(3.744225, rel=1e-5), pytest.approx(15.443521, rel=1e-5))
    assert int((fitted.history.repeats > 0).sum()) == 946


def test_metrics_of_the_customers_of_cdnow(cdnow: Ecosystem) -> None:
    alive = compute(cdnow, "p_alive")
    purchases = purchases_of(cdnow, DEFAULTS)
    assert purchases is not None
    once = purchases.days == 1
    assert alive.bound is not None
    assert (alive.array[once] == 1).all()
    assert (alive.bound == once).all()
    assert ((alive.array[purchases.days > 1] > 0) & (alive.array[purchases.days > 1] < 1)).all()
    assert alive.parameters["fit"]["buying"]["r"] == pytest.approx(0.243903, abs=2e-6)
    spend = compute(cdnow, "expected_spend")
    assert spend.array[once] == pytest.approx(np.full(once.sum(), 35.170371), abs=1e-4)
    value, bought = compute(cdnow, "clv"), compute(cdnow, "expected_purchases")
    assert (value.array[value.defined] > 0).all()
    assert compute(cdnow, "expected_purchases", horizon_days=30).array[bought.defined].sum() < bought.array[bought.defined].sum()


def customer(x: float, last: float, whole: float, spend: float = np.nan) -> History:
    return History(*(np.array([value]) for value in (x, last, whole, spend)))


def test_a_customer_of_cdnow() -> None:
    """x = 2 purchases after the first, the last in week 30.43 of 38.86."""
    one = customer(2, 30.43, 38.86)
    assert BUYING.p_alive(one)[0] == pytest.approx(0.726506, abs=2e-6)
    assert BUYING.expected(one, 39)[0] == pytest.approx(1.226144, abs=2e-6)
    assert SPEND.expected(customer(0, 0, 10))[0] == pytest.approx(35.170371, abs=2e-5)


def test_the_slopes_of_both_likelihoods_are_those_of_their_values(monkeypatch: pytest.MonkeyPatch) -> None:
    losses: list[Any] = []

    def kept(loss: Any, size: int) -> None:
        losses.append((loss, size))

    monkeypatch.setattr(purchase_model, "_minimum", kept)
    rng = np.random.default_rng(4)
    whole = rng.uniform(5, 40, 60)
    repeats = rng.integers(0, 6, 60).astype(float)
    made = History(repeats, np.where(repeats > 0, whole * rng.uniform(0.1, 1, 60), 0.0), whole, np.where(repeats > 0, rng.uniform(5, 90, 60), np.nan))
    fit_buying(made)
    fit_spend(made)
    for loss, size in losses:
        for start in (np.full(size, 0.3), np.linspace(-1, 1, size)):
            slopes = approx_fprime(start, lambda logs, loss=loss: loss(logs)[0], 1e-6)
            assert loss(start)[1] == pytest.approx(slopes, rel=1e-3, abs=1e-2)


def test_parameters_are_found_again() -> None:
    """Customers drawn from a known model: 6,000 of them tell it within a tenth."""
    rng = np.random.default_rng(11)
    r, alpha, a, b = 0.8, 6.0, 0.7, 2.5
    n, whole = 6_000, rng.uniform(20, 60, 6_000)
    rate, leave = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n)
    repeats, last = np.zeros(n), np.zeros(n)
    for place in range(n):
        now, there = 0.0, True
        while there:
            now += rng.exponential(1 / rate[place])
            if now > whole[place]:
                break
            repeats[place], last[place] = repeats[place] + 1, now
            there = rng.random() > leave[place]
    found = fit_buying(History(repeats, last, whole, np.full(n, np.nan)))
    assert found is not None
    assert found[:4] == (pytest.approx(r, rel=0.1), pytest.approx(alpha, rel=0.1), pytest.approx(a, rel=0.25), pytest.approx(b, rel=0.25))


def bought(party: str, *days: str, amount: float = 5) -> list[dict[str, Any]]:
    return [
        {"type": "value_flow", "id": f"{party}{day}", "source": party, "target": "f", "kind": "money", "amount": amount, "valid_from": day, "valid_to": day}
        for day in days
    ]


def test_what_cannot_be_fitted_is_undefined_with_its_reason() -> None:
    few = [record for number in range(9) for record in bought(f"p{number}", "2025-01-01", "2025-05-01")]
    for metric in ("p_alive", "expected_purchases", "expected_spend", "clv"):
        assert set(compute(ecosystem_of(*few), metric).reasons.values()) == {"too-few-repeat-buyers", "no-purchases"}, metric
    alike = [record for number in range(12) for record in bought(f"p{number}", "2025-01-01", "2025-02-01", "2025-03-01")]
    result = compute(ecosystem_of(*alike), "p_alive")
    assert result.reasons["p0"] == "no-fit"
    assert compute(ecosystem_of(*alike), "p_alive").reasons["f"] == "no-purchases"


@given(st.integers(1, 20), st.floats(1, 50), st.floats(0, 50), st.floats(0.1, 50))
@settings(max_examples=60)
def test_the_longer_the_silence_the_less_likely_is_it_that_a_customer_is_there(x: int, last: float, silent: float, more: float) -> None:
    before, after = (BUYING.p_alive(customer(x, last, last + since))[0] for since in (silent, silent + more))
    assert 0 <= after < before <= 1


def test_who_never_bought_changes_no_fit() -> None:
    rng, records = np.random.default_rng(11), []
    for number in range(300):
        rate, leave, now = rng.gamma(0.8, 1 / 6.0), rng.beta(0.7, 2.5), float(rng.uniform(0, 10))
        days = [now]
        while (now := now + rng.exponential(1 / rate)) < 52 and rng.random() > leave:
            days.append(now)
        first = day_of("2025-01-01")
        records += bought(f"p{number}", *sorted({day_text(first + int(7 * day)) for day in days}))
    alone, beside = (compute(ecosystem_of(*records, *more), "p_alive") for more in ([], parties("x", "y")))
    assert alone.parameters["fit"] == beside.parameters["fit"]
    assert beside.reasons["x"] == "no-purchases"
