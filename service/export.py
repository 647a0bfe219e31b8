"""What is believed, as the lines of a batch: lossless, in a fixed order, so that export, import and export give the same bytes."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from graph_models.vocabulary import Vocabulary
from service.reads import instant
from service.stores.store import At, Store

ORDER = ("document", "exchange_rate", "party", "role", "relationship", "value_flow", "touchpoint", "assessment")
"""What is referred to comes before what refers to it, so that the lines may be imported in parts."""
LINES_AT_ONCE = 1_000


def ndjson(store: Store, vocabulary: Vocabulary, as_of: str | None = None) -> Iterator[bytes]:
    """Blocks of lines: the own vocabulary, then every record. Without ``as_of`` every slice and event, else what reads so on that day.

    What is wrong with ``as_of`` is raised at once, not when the first block is taken.
    """
    day = None if as_of is None else instant(store, None, as_of, None).day
    return _blocks(store, vocabulary, At(day, store.head()))


def _blocks(store: Store, vocabulary: Vocabulary, at: At) -> Iterator[bytes]:
    own = msgspec.to_builtins(vocabulary.own)
    if own:
        yield msgspec.json.encode({"type": "vocabulary"} | _without_marks(own)) + b"\n"
    for type_name in ORDER:
        after: str | None = None
        while True:
            found = store.find(type_name, {}, at, after, LINES_AT_ONCE)
            yield b"".join(row.body + b"\n" for row in found.rows if row.body is not None)
            after = found.following
            if after is None:
                break


def _without_marks(own: dict[str, list[dict[str, object]]]) -> dict[str, list[dict[str, object]]]:
    """Entries as they are sent: that they are a workspace's own goes without saying."""
    return {group: [{name: value for name, value in entry.items() if name != "own"} for entry in entries] for group, entries in own.items()}
