"""A workspace's own vocabulary as its store has it, and more terms added to it."""

from __future__ import annotations

from collections.abc import Sequence

from graph_models.records.vocabulary import Terms, Vocabulary, own_body, with_own
from service.stores.interface.store import Believed


def terms_with(believed: Believed, vocabulary: Vocabulary, more: Sequence[Terms]) -> bytes | None:
    """The workspace's own terms as they are stored now, with more of them; ``None`` where that changes nothing. ``vocabulary``: where none are stored yet."""
    stored = believed.terms()
    own = vocabulary if stored is None else with_own(stored)
    for terms in more:
        own = own.extended(terms)
    body = own_body(own)
    return None if body == stored else body
