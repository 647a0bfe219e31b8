"""What an import has said of each id so far, so that the same thing is said once and different things are noticed.

States are kept, above some number in a file. Of events there may be as many as lines: only that they were said is remembered, and they are looked at some
lines at a time.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from graph_models.errors import FieldError
from graph_models.records.bulk_validation import all_sound
from graph_models.records.json_codec import decode_plainly, encode_record
from graph_models.records.record_types import Record
from graph_models.records.validation import faults
from graph_models.records.vocabulary import Vocabulary
from service.imports.buffers.chunk import Overlays
from service.imports.buffers.id_set import Known
from service.imports.buffers.spilling_dict import SET, Form, Shelf
from service.imports.mapping.merged_records import Merging
from service.imports.mapping.row_layout import Frame

Produced = tuple[int, Record | FieldError]
"""A place (see ``mapping.py``) and what came of it."""


class Maker(Protocol):
    """Who made a record of a line."""

    duplicates: str

    def explained(self, fault: FieldError, fields: dict[str, Any], frame: Frame | None) -> FieldError:
        """The fault with the columns and values that it comes from."""


class Waiting(NamedTuple):
    """An event that was made and not looked at yet: where it stands among what was produced, and what it was made of."""

    number: int
    maker: Maker
    fields: dict[str, Any]
    frame: Frame | None


class Said:
    """What has been said, by type and id."""

    def __init__(self, directory: Path | None = None) -> None:
        """``directory``: where files are that hold what the memory should not."""
        self.directory = directory
        self.states: Shelf[tuple[str, str, str | None], Record] = Shelf(directory, Form(encode_record, decode_plainly, fixed=True))
        self.events: defaultdict[str, Known] = defaultdict(partial(Known, directory, mostly_new=True))
        self.first: Shelf[tuple[str, str], bool] = Shelf(directory, SET)
        """Type and id of events of which only the first counts: what is left out without a word must be known for certain."""
        self.waiting: defaultdict[str, list[Waiting]] = defaultdict(list)
        self.merging = Merging(directory)
        self.overlays: Overlays = {}
        """How what was made is laid over what is stored, until somebody takes it away."""

    def forget(self) -> None:
        """The files are read once more, from the start, or no more."""
        self.states.clear()
        self.events.clear()
        self.first.clear()
        self.waiting.clear()
        self.merging.forget()
        self.overlays = {}

    def settle(self, out: list[Produced], vocabulary: Vocabulary) -> list[Produced]:
        """What was produced, with faults in place of events that are not valid or whose id another line has."""
        instead: dict[int, list[Produced]] = {}
        for name, waiting in self.waiting.items():
            known, records = self.events[name], [out[one.number][1] for one in waiting]
            ids = [record.id for record in records]  # type: ignore[union-attr]
            if len(known.without(ids)) == len(ids) and all_sound(records, vocabulary):  # type: ignore[arg-type]
                known.add(ids)
            else:
                self._settle_one_by_one(name, waiting, out, instead, vocabulary)
            for record_id, one in zip(ids, waiting, strict=True):
                if one.maker.duplicates == "first":
                    self.first[name, record_id] = True
        self.waiting.clear()
        return [kept for index, pair in enumerate(out) for kept in instead.get(index, (pair,))] if instead else out

    def _settle_one_by_one(self, name: str, waiting: list[Waiting], out: list[Produced], instead: dict[int, list[Produced]], vocabulary: Vocabulary) -> None:
        known = self.events[name]
        new = known.without([out[one.number][1].id for one in waiting])  # type: ignore[union-attr]
        said: dict[str, int] = {}
        for index, maker, fields, frame in waiting:
            place, record = out[index]
            assert not isinstance(record, FieldError)
            found = faults(record, vocabulary)
            if not found and (record.id not in new or said.setdefault(record.id, place) != place):
                found = [FieldError("duplicate", f"the id {record.id!r} was made from another line already", "id")]
                if maker.duplicates == "first" and (record.id in said or self.first.get((name, record.id))):
                    instead[index] = []
                    continue
            if found:
                instead[index] = [(place, maker.explained(fault, fields, frame)) for fault in found]
        known.add(said)
