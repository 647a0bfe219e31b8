"""When customers buy and whether they still do (BG/NBD), and what they spend (Gamma-Gamma), fitted by maximum likelihood."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import digamma, gammaln, hyp2f1

from graph_models.arrays.types import Floats, Mask

LOWEST, HIGHEST = 1e-4, 1e4
NEAR = 0.01
"""A parameter so near to a bound (as a part of it) tells that there is no fit."""
LEAST_REPEATING = 10


class History(NamedTuple):
    """Along customers, in weeks: purchases after the first, from the first to the last, from the first to the end; and their mean spend."""

    repeats: Floats
    last: Floats
    whole: Floats
    spend: Floats
    """The mean amount of the purchases after the first; NaN where there are none."""


class BuyingModel(NamedTuple):
    """BG/NBD: purchases come by Poisson while a customer is there, who may leave after each of them."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    def p_alive(self, customers: History) -> Floats:
        """How likely each customer still buys; 1 without repeated purchases, by construction of the model."""
        return 1.0 / (1.0 + self._odds(customers))

    def expected(self, customers: History, weeks: float) -> Floats:
        """How many purchases each customer is expected to make in so many weeks from the end on.

        ``(a + b + x - 1)/(a - 1) [1 - ((alpha + T)/(alpha + T + t))^(r+x) 2F1(r+x, b+x; a+b+x-1; t/(alpha+T+t))] P(alive)``
        """
        r, alpha, a, b, _ = self
        x, end = customers.repeats, alpha + customers.whole
        left = ((end / (end + weeks)) ** (r + x)) * hyp2f1(r + x, b + x, a + b + x - 1.0, weeks / (end + weeks))
        return np.asarray((a + b + x - 1.0) / (a - 1.0) * (1.0 - left) / (1.0 + self._odds(customers)), np.float64)

    def _odds(self, customers: History) -> Floats:
        x = customers.repeats
        again = x > 0
        ratio = (self.alpha + customers.whole) / (self.alpha + customers.last)
        return np.where(again, self.a / np.where(again, self.b + x - 1.0, 1.0) * ratio ** (self.r + x), 0.0)


class SpendModel(NamedTuple):
    """Gamma-Gamma: each customer spends around a mean of its own."""

    p: float
    q: float
    v: float

    def expected(self, customers: History) -> Floats:
        """What a purchase of each customer is expected to bring; without repeated purchases the mean of all."""
        x = np.where(np.isnan(customers.spend), 0.0, customers.repeats)
        return np.asarray((self.v + x * np.nan_to_num(customers.spend)) * self.p / (self.p * x + self.q - 1.0), np.float64)


def fit_buying(customers: History) -> BuyingModel | None:
    """The BG/NBD model of these customers; ``None`` where the likelihood has its maximum at a bound.

    References
    ----------
    Fader, P., Hardie, B., Lee, K. L., "Counting Your Customers" the Easy Way, Marketing Science 24, 2005.
    """
    rows, counts = np.unique(np.stack([customers.repeats, customers.last, customers.whole]), axis=1, return_counts=True)
    x, last, whole = rows
    weight = counts.astype(np.float64)
    again = x > 0
    less = np.where(again, x - 1.0, 0.0)

    def loss(logs: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(logs)
        first = -(r + x) * np.log(alpha + whole)
        second = np.where(again, np.log(a) - np.log(b + less) - (r + x) * np.log(alpha + last), -np.inf)
        both = np.logaddexp(first, second)
        part = np.exp(second - both)  # of the likelihood what is that of those who left
        value = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x) + both
        by_r = digamma(r + x) - digamma(r) + np.log(alpha) - (1 - part) * np.log(alpha + whole) - part * np.log(alpha + last)
        by_alpha = r / alpha - (r + x) * ((1 - part) / (alpha + whole) + part / (alpha + last))
        shared = digamma(a + b) - digamma(a + b + x)
        by_a = shared + part / a
        by_b = shared + digamma(b + x) - digamma(b) - np.where(again, part / (b + less), 0.0)
        slopes = np.array([by_r @ weight * r, by_alpha @ weight * alpha, by_a @ weight * a, by_b @ weight * b])
        return -float(value @ weight), -slopes

    found = _minimum(loss, 4)
    if found is None:
        return None
    (r, alpha, a, b), least = found
    return BuyingModel(r, alpha, a, b, -least)


def fit_spend(customers: History) -> SpendModel | None:
    """The Gamma-Gamma model of the customers that bought again; ``None`` where there is no fit, or no mean (``q <= 1``).

    References
    ----------
    Fader, P., Hardie, B., The Gamma-Gamma Model of Monetary Value, 2013.
    """
    spent: Mask = (customers.repeats > 0) & (customers.spend > 0)
    x, mean = customers.repeats[spent], customers.spend[spent]
    if not len(x):
        return None
    scale = float(np.exp(np.log(mean).mean()))  # fitted to amounts around 1, so that the bounds are the same in any currency
    m = mean / scale

    def loss(logs: Floats) -> tuple[float, Floats]:
        p, q, v = np.exp(logs)
        total = v + x * m
        value = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v) + (p * x - 1) * np.log(m) + p * x * np.log(x) - (p * x + q) * np.log(total)
        by_p = x * (digamma(p * x + q) - digamma(p * x) + np.log(m) + np.log(x) - np.log(total))
        by_q = digamma(p * x + q) - digamma(q) + np.log(v) - np.log(total)
        by_v = q / v - (p * x + q) / total
        return -float(value.sum()), -np.array([by_p.sum() * p, by_q.sum() * q, by_v.sum() * v])

    found = _minimum(loss, 3)
    if found is None or found[0][1] <= 1.0:
        return None
    p, q, v = found[0]
    return SpendModel(p, q, v * scale)


def _minimum(loss: Callable[[Floats], tuple[float, Floats]], size: int) -> tuple[list[float], float] | None:
    """The parameters where the loss is least, searched by their logarithms within the bounds; ``None`` where one is at its bound."""
    bounds = [(np.log(LOWEST), np.log(HIGHEST))] * size
    best = None
    for start in (0.0, 1.5):
        found = minimize(loss, np.full(size, start), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 5_000, "ftol": 1e-15, "gtol": 1e-10})
        if np.isfinite(found.fun) and (best is None or found.fun < best.fun):
            best = found
    if best is None:
        return None
    values = np.exp(best.x)
    if (values < LOWEST * (1 + NEAR)).any() or (values > HIGHEST * (1 - NEAR)).any():
        return None
    return values.tolist(), float(best.fun)
