"""How a statement is laid over what is stored: fields that its file does not own stay as they are, and a list of one day changes nothing before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from graph_models.records.dates import Period, day_of
from graph_models.records.json_codec import content
from graph_models.records.record_types import BY_CLASS, Record, of_period
from graph_models.records.timeline import Slice

TOLD = frozenset({"id", "source", "target", "valid_from", "valid_to", "occurred_at"})
"""What says of what a record speaks, and when: never left as it was."""


class Overlay(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What of a record is not its file's to say."""

    left: tuple[str, ...] = ()
    """Fields that stay as they are stored."""
    said: dict[str, tuple[str, ...]] = {}
    """Field that holds names and values -> the names that the file says; all others stay as they are stored."""
    as_of: str | None = None
    """The day that the file describes: what is stored of the days before it stays."""

    def text(self) -> str:
        """As a text, which can go with a record to another process."""
        return msgspec.json.encode(self).decode()

    def together(self, other: Overlay) -> Overlay:
        """Of a record that two files make together: what neither of them says stays."""
        left = tuple(name for name in self.left if name in other.left)
        names = {name for name in (*self.said, *other.said) if name not in left}
        whole = {name for name in names if _says_whole(self, name) or _says_whole(other, name)}
        said = {name: tuple(dict.fromkeys((*self.said.get(name, ()), *other.said.get(name, ())))) for name in sorted(names - whole)}
        return Overlay(left=left, said=said, as_of=max(filter(None, (self.as_of, other.as_of)), default=None))


NOTHING = Overlay()


def _says_whole(overlay: Overlay, name: str) -> bool:
    return name not in overlay.left and name not in overlay.said


@lru_cache(maxsize=1 << 12)
def overlay_of(text: str) -> Overlay:
    """The overlay of its text; that of the empty text leaves nothing."""
    return msgspec.json.decode(text, type=Overlay) if text else NOTHING


def pieces(record: Record, overlay: Overlay, stored: Sequence[Slice]) -> list[Record]:
    """What is to be stated in place of a record: itself, or for each part of its period what it says together with what is stored of that part.

    Where nothing is stored it counts as it is, for its whole period.
    """
    own = record.period()
    before = sorted(part for part in stored if part.record is not None and part.period.overlaps(own))
    if not before or overlay == NOTHING:
        return [record]
    if not BY_CLASS[type(record)].is_state:
        return [_filled(record, before[0].record, overlay)]
    found: list[tuple[Period, Record]] = []
    for period, old in _parts(own, before, overlay):
        piece = record if old is None else _filled(record, old, overlay)
        if found and found[-1][0].end == period.start and content(found[-1][1]) == content(piece):
            found[-1] = (Period(found[-1][0].start, period.end), piece)
        else:
            found.append((period, piece))
    return [_of_period(piece, period) for period, piece in found]


def _parts(own: Period, before: Sequence[Slice], overlay: Overlay) -> Iterator[tuple[Period, Record | None]]:
    """The parts of a record's period for which it speaks, in order, each with what is stored of it."""
    start, end = own.start, own.end
    if overlay.as_of is not None and own.start < (day := day_of(overlay.as_of)) < own.end:
        start = day
        end = min([end, *(part.period.start for part in before if part.period.start > day)])
    reached = own.start
    for part in before:
        if reached < part.period.start:
            yield Period(reached, min(part.period.start, own.end)), None
        begin, stop = max(part.period.start, start), min(part.period.end, end)
        if begin < stop:
            yield Period(begin, stop), part.record
        reached = part.period.end
    if reached < own.end:
        yield Period(reached, own.end), None


def _filled(record: Record, old: Any, overlay: Overlay) -> Record:
    """The record with what is stored in the fields that it does not say."""
    changes = {name: getattr(old, name) for name in overlay.left}
    for name, keys in overlay.said.items():
        others = {key: value for key, value in (getattr(old, name) or {}).items() if key not in keys}
        changes[name] = (others | (getattr(record, name) or {})) or None
    return msgspec.structs.replace(record, **changes) if changes else record


def _of_period(record: Record, period: Period) -> Record:
    """The record for a part of its period; a bound that stays is written as it was."""
    own = record.period()
    if own == period:
        return record
    cut = of_period(record, period)
    kept = {name: getattr(record, name) for name, same in (("valid_from", own.start == period.start), ("valid_to", own.end == period.end)) if same}
    return msgspec.structs.replace(cut, **kept) if kept else cut
