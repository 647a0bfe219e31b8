"""For whom a party buys: the people and units that use what it bought (hospital and patients, company and employees)."""

from __future__ import annotations

from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import related, states_of


class ProductUsers:
    """The valid roles of users, employees and parts, without roll-up: units are users of their own."""

    def __init__(self, ecosystem: Ecosystem, parameters: Parameters) -> None:
        facts, rows = ecosystem.families["roles"], states_of(ecosystem, "roles", parameters)
        using, employed = (rows[ecosystem.means("roles", meaning)[rows]] for meaning in ("user", "employee"))
        part, whole, _ = related(ecosystem, parameters, "part")
        self._users = list(zip(facts.source[using].tolist(), facts.target[using].tolist(), facts.texts("product", using), strict=True))
        self._belongs = {*zip(facts.source[employed].tolist(), facts.target[employed].tolist(), strict=True), *zip(part.tolist(), whole.tolist(), strict=True)}

    def of(self, buyer: int, product: str | None) -> list[int]:
        """The places of those who use the product (``None``: any) toward the buyer, or use it and belong to the buyer; in order."""
        return sorted(
            {
                user
                for user, target, named in self._users
                if user != buyer and (product is None or named is None or named == product) and (target == buyer or (user, buyer) in self._belongs)
            }
        )
