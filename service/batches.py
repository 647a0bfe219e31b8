"""A batch as it is sent: lines read, the workspace's own vocabulary taken first, the records written as one revision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from graph_models.errors import FieldError, InvalidInput, OutcomeUnknown, StakeholderGraphError, TooLarge
from graph_models.vocabulary import Terms, Vocabulary
from service.stores.store import Writing
from service.workplace import Service
from service.writes import MAX_BATCH_RECORDS, Outcome, parse_ndjson, write_batch

MAX_BATCH_LINES = 20 * MAX_BATCH_RECORDS
"""A body may have more lines than records: blank ones. They are counted before they are taken apart."""


def take_batch(service: Service, workspace_id: str, body: bytes, on_error: str, writing: Writing) -> Outcome:
    """Write a body of NDJSON. Raises what ``write_batch`` raises, and ``TooLarge`` for more than 50,000 records."""
    if body.count(b"\n") >= MAX_BATCH_LINES:
        raise TooLarge(f"A batch has at most {MAX_BATCH_LINES} lines, blank ones too", limit=MAX_BATCH_LINES)
    parsed = parse_ndjson(body.split(b"\n"))
    if len(parsed.records) + len(parsed.errors) > MAX_BATCH_RECORDS:
        raise TooLarge(f"A batch has at most {MAX_BATCH_RECORDS} records", limit=MAX_BATCH_RECORDS)
    store = service.store(workspace_id)
    before = service.vocabulary(workspace_id)
    terms, refused = _allowed(before, parsed.terms)
    with own_terms(service, workspace_id, before, terms) as vocabulary:
        return write_batch(store, vocabulary, parsed.records, [*parsed.errors, *refused], on_error=on_error, writing=writing)


@contextmanager
def own_terms(service: Service, workspace_id: str, before: Vocabulary, terms: Sequence[Terms]) -> Iterator[Vocabulary]:
    """The vocabulary with the terms that a batch or file brings; they are taken back where what follows is refused.

    They are kept before the records are written: terms without records do no harm, records without their terms would.
    """
    if not terms:
        yield before
        return
    try:
        yield service.catalog.extend_vocabulary(workspace_id, terms)
    except OutcomeUnknown:
        raise
    except StakeholderGraphError:
        service.catalog.restore_vocabulary(workspace_id, before)
        raise


def _allowed(vocabulary: Vocabulary, terms: Sequence[tuple[int, Terms]]) -> tuple[list[Terms], list[FieldError]]:
    good: list[Terms] = []
    refused: list[FieldError] = []
    for line, own in terms:
        try:
            vocabulary = vocabulary.extended(own)
            good.append(own)
        except InvalidInput as error:
            refused += [fault.at(line) for fault in error.errors]
    return good, refused
