"""A batch as it is sent: lines read, the records written as one revision, together with the terms of the workspace's own that they bring."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

from graph_models.errors import FieldError, InvalidInput, TooLarge
from graph_models.records.vocabulary import Terms, Vocabulary
from service.facts.batch_writing import MAX_BATCH_RECORDS, Outcome, write_batch
from service.facts.ndjson import parse_ndjson
from service.stores.interface.store import Writing
from service.workspaces.context import Service

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
    vocabulary, terms, refused = _allowed(service.vocabulary(workspace_id), parsed.terms)
    with service.terms_coming(workspace_id) if terms else nullcontext():
        return write_batch(store, vocabulary, parsed.records, [*parsed.errors, *refused], on_error=on_error, writing=writing, terms=terms)


def _allowed(vocabulary: Vocabulary, terms: Sequence[tuple[int, Terms]]) -> tuple[Vocabulary, list[Terms], list[FieldError]]:
    """The vocabulary with the terms that a batch brings, those that may be, and what is wrong with the others."""
    good: list[Terms] = []
    refused: list[FieldError] = []
    for line, own in terms:
        try:
            vocabulary = vocabulary.extended(own)
            good.append(own)
        except InvalidInput as error:
            refused += [fault.at(line) for fault in error.errors]
    return vocabulary, good, refused
