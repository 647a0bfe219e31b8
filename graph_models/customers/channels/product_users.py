"""For whom a party buys: the people and units that use what it bought (hospital and patients, company and employees)."""

from __future__ import annotations

import numpy as np

from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import states_of


class ProductUsers:
    """The valid roles of users, employees and parts, without roll-up: units are users of their own."""

    def __init__(self, ecosystem: Ecosystem, parameters: Parameters) -> None:
        roles, ties = ecosystem.families["roles"], ecosystem.families["relationships"]
        kinds, ties_kinds = ecosystem.vocabulary.roles, ecosystem.vocabulary.relationship_kinds
        rows = states_of(ecosystem, "roles", parameters)
        means = {
            name: rows[roles.coded("kind").flags(lambda kind, name=name: kind in kinds and kinds[kind].means == name)[rows]]  # type: ignore[misc]
            for name in ("user", "employee")
        }
        parts = states_of(ecosystem, "relationships", parameters)
        parts = parts[ties.coded("kind").flags(lambda kind: kind in ties_kinds and ties_kinds[kind].means == "part")[parts]]
        self._users = list(zip(roles.source[means["user"]].tolist(), roles.target[means["user"]].tolist(), roles.texts("product", means["user"]), strict=True))
        of = [(roles.source[means["employee"]], roles.target[means["employee"]]), (ties.source[parts], ties.target[parts])]
        self._belongs = set(zip(np.concatenate([source for source, _ in of]).tolist(), np.concatenate([target for _, target in of]).tolist(), strict=True))

    def of(self, buyer: int, product: str | None) -> list[int]:
        """The places of those who use the product (``None``: any) toward the buyer, or use it and belong to the buyer; in order."""
        return sorted(
            {
                user
                for user, target, named in self._users
                if user != buyer and (product is None or named is None or named == product) and (target == buyer or (user, buyer) in self._belongs)
            }
        )
