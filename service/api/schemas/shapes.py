"""What answers have in common: pages of lists, lists that are cut, notices, texts in two languages."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from graph_models.records.vocabulary import Text

__all__ = ["Answer", "Day", "Deleted", "Id", "Listed", "NamedItem", "Notice", "Parties", "Rank", "RankRange", "Reason", "Share", "Text", "Time", "Truncated"]

Id = Annotated[str, Meta(min_length=1, max_length=256)]
Day = Annotated[str, Meta(description="A full day.", pattern=r"^\d{4}-\d{2}-\d{2}$")]
Time = Annotated[str, Meta(description="A time in UTC.", extra_json_schema={"format": "date-time"})]
Share = Annotated[float, Meta(description="A part of the whole; the whole is 1.")]
Parties = Annotated[list[str], Meta(description="Ids of parties.")]
Reason = Annotated[str | None, Meta(description="Why there is no value; null where there is one.")]
Rank = Annotated[int | None, Meta(description="1 is the highest; equal values share a rank; null where there is no value.")]
RankRange = Annotated[
    Annotated[list[int], Meta(min_length=2, max_length=2)] | None,
    Meta(description="The best and the worst rank when each weight of the score moves by a fifth; null where there is none."),
]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all answers. Readers ignore fields that they do not know: later versions may add some."""


class Listed(Answer, frozen=True, kw_only=True):
    """The base of a page of a list."""

    next_cursor: Annotated[str | None, Meta(description="`cursor` of the next page; null on the last one.")]
    total: Annotated[int | None, Meta(description="How many items all pages hold; null where they were not counted.")]


class Truncated(Answer, frozen=True, kw_only=True):
    """Says that a list was cut."""

    shown: Annotated[int, Meta(description="How many items the answer holds.")]
    left_out: Annotated[int | None, Meta(description="How many more there are; null where they were not counted.")]
    why: str


class Notice(Answer, frozen=True, kw_only=True):
    """Something that was left out or looks wrong."""

    code: Annotated[str, Meta(description="A stable code.", examples=["no-rate", "net-refund", "score-flat", "threshold", "sampled"])]
    message: str
    facts: Annotated[list[str], Meta(description="Ids of the facts that it is about.")]
    parties: Annotated[list[str], Meta(description="Ids of the parties that it is about.")]


class NamedItem(Answer, frozen=True, kw_only=True):
    """An item of which the list has the name only."""

    name: str


class Deleted(Answer, frozen=True, kw_only=True):
    """What was deleted."""

    id: str
    deleted: Annotated[bool, Meta(extra_json_schema={"const": True})]
