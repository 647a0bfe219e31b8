"""A dry run: what an import would do to each record, counted, and shown for the first of every kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec

from graph_models.records.json_codec import decode_record, encode_record
from graph_models.records.record_types import BY_CLASS, Record
from graph_models.records.timeline import Slice, restate
from graph_models.records.vocabulary import Vocabulary
from service.facts.batch_writing import write_blocks
from service.facts.overlays import overlay_of, pieces
from service.imports.buffers.chunk import Ready
from service.imports.buffers.id_set import Known
from service.imports.pipeline.chunk_writer import Total
from service.stores.interface.store import At, Row, Store

SHOWN = 100
"""So many creations, and so many updates, are shown."""
_AT_ONCE = 1_000


class Trial:
    """Chunk after chunk of an import, compared with what is stored."""

    def __init__(self, store: Store, vocabulary: Vocabulary, coming: Mapping[str, Known]) -> None:
        self.store, self.vocabulary, self.coming = store, vocabulary, coming
        self.total = Total()
        self.previewed: list[dict[str, Any]] = []
        self._shown: Counter[str] = Counter()

    def add(self, chunk: Ready) -> None:
        """Count a checked chunk, and show some of it."""
        coming = {name: ids - self.coming[name].without(ids) for name, ids in (("party", chunk.parties()), ("document", chunk.documents()))}
        self.total.count(chunk.blocks)
        self.total.add(write_blocks(self.store, self.vocabulary, chunk.blocks, on_error="skip", dry_run=True, coming=coming))
        for block in chunk.blocks:
            for start in range(0, block.size, _AT_ONCE):
                if min(self._shown[op] for op in ("create", "update")) >= SHOWN:
                    return
                some = zip(block.bodies[start : start + _AT_ONCE], (block.overlays or [""] * block.size)[start : start + _AT_ONCE], strict=True)
                self._show(block.type, [(decode_record(body), overlay) for body, overlay in some if body is not None])

    def left_out(self) -> dict[str, Any] | None:
        """What the preview does not show of that which would change."""
        changes = self.total.sums["created"] + self.total.sums["updated"]
        shown = sum(item["op"] != "unchanged" for item in self.previewed)
        if shown >= changes:
            return None
        return {"shown": shown, "left_out": changes - shown, "why": f"the first {SHOWN} records of each kind of change are shown"}

    def _show(self, name: str, records: list[tuple[Record, str]]) -> None:
        rows: dict[str, list[Row]] = {}
        for row in self.store.get(name, [record.id for record, _ in records], At()):
            if row.body is not None:
                rows.setdefault(row.id, []).append(row)
        for record, overlay in records:
            item = _changing(record, overlay, rows.get(record.id, []))
            if self._shown[item["op"]] < SHOWN:
                self._shown[item["op"]] += 1
                self.previewed.append(item)


def _changing(record: Record, overlay: str, rows: list[Row]) -> dict[str, Any]:
    """What writing a record would do as it is laid over what is stored: of several parts of its period the first that changes."""
    if not overlay or not rows:
        return difference(record, rows)
    items = [difference(part, rows) for part in pieces(record, overlay_of(overlay), _slices(rows))]
    return next((item for item in items if item["op"] != "unchanged"), items[0])


def difference(record: Record, rows: list[Row]) -> dict[str, Any]:
    """What writing a record would do: ``create`` with its fields, ``update`` with those that change (and ``before``, what they say now), or ``unchanged``."""
    name = BY_CLASS[type(record)].name
    about = {"type": name, "id": record.id}
    fields = msgspec.json.decode(encode_record(record))
    if not rows:
        return {"op": "create", **about, "fields": fields}
    if restate(_slices(rows), record).changes_nothing:
        return {"op": "unchanged", **about, "fields": {}}
    period = record.period()
    stated = next((row for row in rows if row.period.overlaps(period)), rows[-1])
    before = msgspec.json.decode(stated.body or b"{}")
    changed = [key for key in dict.fromkeys([*fields, *before]) if fields.get(key) != before.get(key)]
    return {
        "op": "update", **about, "fields": {key: fields.get(key) for key in changed}, "before": {key: before.get(key) for key in changed},
    }  # fmt: skip


def _slices(rows: list[Row]) -> list[Slice]:
    return [Slice(row.period, decode_record(row.body or b"")) for row in rows]
