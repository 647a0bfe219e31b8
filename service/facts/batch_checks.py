"""What can be said of records without the store: each is valid by itself, no two of them are at odds; and the columns of those that are good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from operator import itemgetter

from graph_models.errors import FieldError
from graph_models.records.bulk_validation import all_sound
from graph_models.records.closed_lists import identified
from graph_models.records.dates import Period
from graph_models.records.record_types import Record, finished
from graph_models.records.validation import clash, faults
from graph_models.records.vocabulary import Vocabulary
from service.stores.interface.record_batch import Block, block_of

Numbered = tuple[int, Record]
"""A record and its place: a line, for what is said of it."""
_RECORD = itemgetter(1)


def check_records(vocabulary: Vocabulary, records: Sequence[Numbered], failed: Sequence[FieldError] = ()) -> tuple[list[Numbered], list[FieldError]]:
    """What can be checked without the store: each record by itself, and no two of them at odds."""
    errors = list(failed)
    sound: dict[type, Collection[str]] = {}
    for kind, pairs in (classes := by_class(records)).items():
        if all_sound(of_kind := [record for _, record in pairs], vocabulary):
            sound[kind] = repeated([record.id for record in of_kind])
    if len(sound) == len(classes) and not any(sound.values()):
        return list(records), errors
    good: list[Numbered] = []
    seen: dict[tuple[type, str], list[tuple[Period, int]]] = {}
    for line, record in records:
        kind = type(record)
        if kind in sound and record.id not in sound[kind]:
            good.append((line, record))
            continue
        record = record if kind in sound else identified(record, vocabulary)
        found = [] if kind in sound else faults(record, vocabulary)
        record = finished(record) if not found else record
        if not found and (others := seen.setdefault((kind, record.id), [])) is not None:
            period = record.period()
            if others and (rival := clash(kind, period, others)):
                found = [rival]
            others.append((period, line))
        if found:
            errors += [fault.at(line) for fault in found]
        else:
            good.append((line, record))
    return good, errors


def by_class(records: Sequence[Numbered]) -> dict[type, Sequence[Numbered]]:
    """The records of each class, in their order."""
    classes = dict.fromkeys(map(type, map(_RECORD, records)))
    if len(classes) <= 1:
        return dict.fromkeys(classes, records)
    return {kind: [pair for pair in records if type(pair[1]) is kind] for kind in classes}


def repeated(ids: Sequence[str]) -> Collection[str]:
    """The ids that are there more than once."""
    return () if len(set(ids)) == len(ids) else {name for name, count in Counter(ids).items() if count > 1}


def checked_blocks(vocabulary: Vocabulary, records: Sequence[Numbered], failed: Sequence[FieldError] = ()) -> tuple[list[Block], list[FieldError]]:
    """As :func:`check_records`, with what is good as one block of each type."""
    good, errors = check_records(vocabulary, records, failed)
    return [block_of([record for _, record in pairs], [place for place, _ in pairs]) for pairs in by_class(good).values()], errors


def dangling(field: str, record_id: str, line: int | None = None) -> FieldError:
    """A field names what is not there."""
    return FieldError("dangling", f"there is no {'document' if field == 'evidence' else 'party'} {record_id!r}", field, line)
