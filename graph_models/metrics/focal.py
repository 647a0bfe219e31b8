"""Which party a view was asked about: the one named, else the focal party."""

from __future__ import annotations

from graph_models.ecosystem.ecosystem import Ecosystem
from graph_models.ecosystem.parameters import Parameters
from graph_models.ecosystem.roll_up import focal_of, roll_up_of
from graph_models.errors import InvalidInput
from graph_models.metrics.result import NO_FOCAL_PARTY, ROLLED_UP


def place_of(ecosystem: Ecosystem, party: str, field: str = "party") -> int:
    """The place of a party; ``InvalidInput`` names the parameter where there is none of that id."""
    place = ecosystem.places.get(party)
    if place is None:
        raise InvalidInput.of("unknown-party", f"there is no party {party!r} on {ecosystem.as_of_text}", field)
    return place


def asked_party(ecosystem: Ecosystem, parameters: Parameters, party: str | None, field: str = "party") -> tuple[int | None, str, str | None]:
    """(place, id, reason): no place, but a reason, where the focal party is not there or the party asked for was rolled up."""
    if party is None:
        place = focal_of(ecosystem, parameters)
        return (None, ecosystem.focal_party, NO_FOCAL_PARTY) if place is None else (place, ecosystem.parties[place], None)
    place = place_of(ecosystem, party, field)
    return (place, party, None) if roll_up_of(ecosystem, parameters).present[place] else (None, party, ROLLED_UP)
