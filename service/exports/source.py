"""What an export is of: a store at an instant, read page by page, so that memory does not grow with the workspace."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from graph_models.records.vocabulary import Vocabulary
from service.stores.interface.store import At, Row, Store

ORDER = ("document", "exchange_rate", "party", "role", "relationship", "value_flow", "touchpoint", "assessment")
"""What is referred to comes before what refers to it, so that lines may be imported in parts."""
ROWS_AT_ONCE = 1_000


class Source(NamedTuple):
    """A workspace at an instant. Without a day it is every slice and event believed then, else what reads so on that day."""

    store: Store
    vocabulary: Vocabulary
    at: At
    locale: str = "en"

    def pages(self, type_name: str) -> Iterator[list[Row]]:
        """The rows of a type, by id, some at a time; none is empty."""
        after: str | None = None
        while True:
            found = self.store.find(type_name, {}, self.at, after, ROWS_AT_ONCE)
            if rows := [row for row in found.rows if row.body is not None]:
                yield rows
            after = found.following
            if after is None:
                return

    def own_vocabulary(self) -> dict[str, Any] | None:
        """The workspace's own terms as a record; that they are its own goes without saying."""
        own = msgspec.to_builtins(self.vocabulary.own)
        if not own:
            return None
        return {"type": "vocabulary"} | {
            group: [{name: value for name, value in entry.items() if name != "own"} for entry in entries] for group, entries in own.items()
        }


class Sink(io.RawIOBase):
    """A file that is written and taken away piece by piece; it cannot be read or sought."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._told = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._pieces.append(piece)
        self._told += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._told

    def taken(self) -> bytes:
        """All that was written since the last time."""
        content = b"".join(self._pieces)
        self._pieces.clear()
        return content
