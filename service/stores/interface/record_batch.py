"""Many new records of one type as columns: what a store writes at once. All values are plain, so that another process may have made them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import compress
from typing import Any, NamedTuple, TypeVar

import msgspec

from graph_models.ecosystem.column_schema import HOT_NAMES
from graph_models.ecosystem.record_columns import hot_columns, said
from graph_models.records.json_codec import encode_records
from graph_models.records.party import Party
from graph_models.records.record_types import BY_CLASS, Record
from service.stores.interface.search_text import search_text

T = TypeVar("T")
NOTHING_SAID: Mapping[str, Sequence[Any]] = {}


class Block(NamedTuple):
    """Records of one type in some order, each with its place (a line), its period and its canonical body. All columns are of one length."""

    type: str
    places: Sequence[int]
    ids: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]
    bodies: Sequence[bytes | None]
    """``None``: a period is taken away."""
    hot: Mapping[str, Sequence[Any]] = NOTHING_SAID
    """As ``hot_columns`` gives them."""
    words: Sequence[str] = ()
    """The search text of each party."""
    overlays: Sequence[str] = ()
    """How each is laid over what is stored (``overlays.py``); nothing: as it is."""

    @property
    def size(self) -> int:
        """How many records they are."""
        return len(self.ids)

    def of(self, wanted: Sequence[bool]) -> Block:
        """Those of the records that are wanted."""

        def some(column: Sequence[T]) -> list[T]:
            return list(compress(column, wanted))

        hot = said({name: some(column) for name, column in self.hot.items()}) if any(wanted) else NOTHING_SAID
        return Block(
            self.type, some(self.places), some(self.ids), some(self.starts), some(self.ends), some(self.bodies), hot, some(self.words), some(self.overlays)
        )

    def parties(self) -> set[str]:
        """The ids of the parties that these name."""
        return {party for name in ("source", "target") for party in self.hot.get(name, ()) if party is not None}

    def documents(self) -> Sequence[Sequence[str]]:
        """The ids of the documents that each of these names as evidence; nothing at all where none names any."""
        return [msgspec.json.decode(text, type=list[str]) if text else () for text in self.hot.get("documents", ())]

    def naming(self, wanted: Mapping[str, Collection[str]]) -> Iterator[tuple[int, str, str]]:
        """Where these name one of the wanted parties or documents: which of them does, in which field, and the id."""
        for field in ("source", "target") if wanted.get("party") else ():
            yield from ((at, field, party) for at, party in enumerate(self.hot.get(field, ())) if party in wanted["party"])
        if wanted.get("document"):
            yield from ((at, "evidence", name) for at, names in enumerate(self.documents()) for name in names if name in wanted["document"])


def block_of(records: Sequence[Record], places: Sequence[int]) -> Block:
    """Some records of one type (at least one), as columns."""
    starts, ends = zip(*(record.period() for record in records), strict=True)
    words = list(map(search_text, records)) if isinstance(records[0], Party) else ()  # type: ignore[arg-type]
    name = BY_CLASS[type(records[0])].name
    return Block(name, places, [record.id for record in records], starts, ends, encode_records(records), hot_columns(records), words)


def joined(blocks: Sequence[Block]) -> Block:
    """Blocks of one type (at least one) as one."""
    if len(blocks) == 1:
        return blocks[0]
    columns: list[Any] = [[value for block in blocks for value in block[at]] for at in (1, 2, 3, 4, 5, 7)]
    overlays = [text for block in blocks for text in block.overlays or [""] * block.size] if any(block.overlays for block in blocks) else ()
    names = [name for name in HOT_NAMES if any(name in block.hot for block in blocks)]
    hot = {name: [value for block in blocks for value in block.hot.get(name) or [None] * block.size] for name in names}
    return Block._make((blocks[0].type, *columns[:5], hot, columns[5], overlays))


def by_type(blocks: Sequence[Block]) -> dict[str, Block]:
    """One block of each type."""
    found: dict[str, list[Block]] = {}
    for block in blocks:
        found.setdefault(block.type, []).append(block)
    return {name: joined(of_type) for name, of_type in found.items()}
