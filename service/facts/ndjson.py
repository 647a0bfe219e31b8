"""Lines of JSON into records: each line decoded by itself where the whole cannot be."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import msgspec

from graph_models.errors import FieldError, InvalidInput
from graph_models.records.json_codec import decode_plainly, decode_record
from graph_models.records.vocabulary import Terms, terms_of
from service.facts.batch_checks import Numbered
from service.facts.repeated_names import all_plain, fault_of_names

MAX_RECORD_BYTES = 1 << 20


@contextmanager
def collector_paused() -> Iterator[None]:
    """A batch makes many objects and no cycles: looking for cycles among them took a third of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Parsed(NamedTuple):
    """The lines of an NDJSON body: records, what could not be read, and the workspace's own terms, if it brings some."""

    records: list[Numbered]
    errors: list[FieldError]
    terms: list[tuple[int, Terms]]


@collector_paused()
def parse_ndjson(lines: Sequence[bytes], first_line: int = 1) -> Parsed:
    """Read lines of NDJSON; lines count from ``first_line``, blank ones too. Never raises for what a line holds."""
    try:
        if len(max(lines, key=len, default=b"")) <= MAX_RECORD_BYTES:
            records = list(map(decode_plainly, lines))
            if all_plain(lines, records):
                return Parsed(list(enumerate(records, first_line)), [], [])
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        pass  # one of them is no plain record: each is looked at
    return _parsed_one_by_one(lines, first_line)


def _parsed_one_by_one(lines: Iterable[bytes], first_line: int) -> Parsed:
    records: list[Numbered] = []
    errors: list[FieldError] = []
    terms: list[tuple[int, Terms]] = []
    for number, line in enumerate(lines, first_line):
        try:
            if len(line) > MAX_RECORD_BYTES:
                errors.append(FieldError("too-large", "a record is at most 1 MiB", None, number))
            elif line and not line.isspace():
                record = decode_record(line)
                if (fault := fault_of_names(line, msgspec.json.decode(line))) is None:
                    records.append((number, record))
                else:
                    errors.append(fault.at(number))
        except InvalidInput as error:
            own = _own_terms(line) if error.errors[0].code == "unknown-type" else None
            if isinstance(own, Terms):
                terms.append((number, own))
            else:
                errors += [fault.at(number) for fault in (own or error).errors]
    return Parsed(records, errors, terms)


def _own_terms(line: bytes) -> Terms | InvalidInput | None:
    try:
        fields = msgspec.json.decode(line)
        return terms_of(fields) if fields.get("type") == "vocabulary" else None
    except RecursionError:
        return None
    except InvalidInput as error:
        return error
