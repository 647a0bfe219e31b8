"""The narrow interface between the service and where records are kept. It speaks of storage, not of screens.

A method is here only if it cannot be composed from those that are. Everything that is computed on a whole ecosystem runs
on :meth:`Store.columns`, once, for every store.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar, NamedTuple, Protocol

from graph_models.ecosystem.columns import Columns
from graph_models.records.dates import Period
from graph_models.records.record_types import Record
from service.stores.interface.record_batch import Block

NOW = 2**62
"""The revision of a read that wants all that is believed now."""


class At(NamedTuple):
    """What a read is of: true on ``day`` (``None``: on any day), known at ``revision``.

    On a day a state reads as its slice of that day; an event is there once it began.
    """

    day: int | None = None
    revision: int = NOW


class Row(NamedTuple):
    """What one record says for one period, as it is stored. ``body`` is canonical JSON, ``None`` where the period was taken away.

    ``version`` is the id's version at the write that made this row, ``current`` the id's newest one known at the read.
    """

    type: str
    id: str
    period: Period
    body: bytes | None
    version: int
    revision: int
    recorded_at: str
    recorded_by: str | None
    superseded: int | None = None
    current: int = 0
    handle: Any = None
    """What the store itself knows it by."""


class Brief(NamedTuple):
    """A row as it is shown among others: of a fact with its parties (``source`` is ``None`` where nobody is named), with what is answered of it."""

    handle: Any
    id: str
    source: str | None
    target: str | None
    body: bytes
    current: int
    revision: int
    recorded_at: str
    recorded_by: str | None


class Beside(NamedTuple):
    """One step of a walk: facts in the order of type and id, and the parties that they name, those at which it began included, by id."""

    facts: Sequence[Brief]
    parties: Sequence[Brief]


class NewRow(NamedTuple):
    """A row to be written; ``record`` (``None``: taken away) is encoded and its hot values are taken by the store."""

    type: str
    id: str
    period: Period
    record: Record | None
    version: int
    body: bytes | None = None
    """The record's canonical body, where it is known already."""


class Revision(NamedTuple):
    """One write: the clock of the service, and at once its audit entry and the record of its idempotency key."""

    number: int
    time: str
    who: str | None
    key: str | None
    body_hash: str | None
    counts: dict[str, int]
    import_id: str | None
    answer: bytes | None
    """The body of the answer that the write was given, so that a repeated key gets the same."""


class OwnTerms(NamedTuple):
    """The workspace's own vocabulary as it is stored: JSON, and the revision that wrote it."""

    body: bytes
    revision: int


class Change(NamedTuple):
    """What a plan asks of a store: these rows superseded, those written, this said of it."""

    supersede: Sequence[Row]
    insert: Sequence[NewRow]
    counts: dict[str, int]
    answer: Callable[[int], bytes] | None = None
    """The answer to remember, given the number of the revision."""
    new: Sequence[Block] = ()
    """Records of whose ids nothing is believed yet: they are written before ``insert``, as their first version."""
    terms: bytes | None = None
    """The workspace's own vocabulary from here on, whole, as JSON; ``None``: it stays as it is."""

    def is_empty(self) -> bool:
        """Would it change nothing?"""
        return not (self.supersede or self.insert or self.new) and self.terms is None


NO_CHANGE = Change((), (), {})


class Writing(NamedTuple):
    """Who writes, and under which key."""

    who: str | None = None
    key: str | None = None
    body_hash: str | None = None
    import_id: str | None = None
    in_turn: bool = False
    """Other writes of the same import may go on meanwhile: none of them names a record that this one names."""


UNSIGNED = Writing()
"""Nobody in particular, without a key."""


class Compared(NamedTuple):
    """What is believed of some ids beside what is to be said of them."""

    same: Collection[str]
    """Those of which one row is believed, with that very body. A store that finds them no faster than all rows may leave them to ``rows``."""
    rows: Mapping[str, Sequence[Row]]
    """The believed rows of each other id that has any."""


class Believed(Protocol):
    """What a plan may ask while it is made: all that is believed now, inside the transaction of the write."""

    def live(self, type_name: str, ids: Collection[str]) -> Mapping[str, Sequence[Row]]:
        """All believed rows (any day, periods taken away included, by start of period) of each id that has any."""

    def compared(self, type_name: str, bodies: Mapping[str, bytes]) -> Compared:
        """As :meth:`live` of the ids of these bodies, without the rows of those that would change nothing."""

    def present(self, type_name: str, ids: Collection[str]) -> Collection[str]:
        """Those of the ids that have anything believed on some day."""

    def terms(self) -> bytes | None:
        """The workspace's own vocabulary as JSON, ``None`` where none was ever written."""

    def referring(self, type_name: str, record_id: str, period: Period) -> Sequence[Row]:
        """Believed facts that name a party, or a document as evidence, and whose own period overlaps this one."""


Plan = Callable[[Believed], Change | None]
"""Decides what a write does, from what is believed. It has no effects of its own: a store may run it again. ``None``: nothing to write."""


class Found(NamedTuple):
    """One page, in the order of ids; ``following`` is the id to go on after, ``None`` on the last page."""

    rows: Sequence[Row]
    following: str | None


PARTY_FILTERS = (
    "q",
    "kind",
    "role",
    "stage",
    "tier",
    "purpose",
    "industry",
    "region",
    "country",
    "city",
    "size_class",
    "market_tier",
    "sector",
    "scope",
    "consumer_kind",
    "business_model",
    "purchase_channel",
)
FACT_FILTERS = ("source", "target", "party", "kind", "role", "stage", "tier", "purpose", "product")
"""What a list may be narrowed by. All of them hold together; ``role stage tier purpose`` of a party mean one role that has them all;
``party`` is source or target; ``industry`` a code or ``scheme:code``; ``q`` words of names and identifiers (see ``search_text.py``).
For roles ``kind`` and ``role`` are the same."""


class Store(Protocol):
    """One workspace's records. Safe to use from many threads."""

    runs_cypher: ClassVar[bool]
    answers_at_once: ClassVar[bool]
    """Short reads take well under a millisecond and no network: they may run in the event loop."""
    writers: ClassVar[int]
    """So many writes of an import at once are faster than one (``Writing.in_turn``)."""

    def write(self, plan: Plan, writing: Writing) -> Revision | None:
        """Run a plan and what it asks for in one transaction, alone among writers; ``None`` where it asked for nothing and has no key.

        A key that was used before gives its revision again, and nothing is written; with another ``body_hash``: ``IdempotencyKeyReused``.
        Raises ``StoreUnavailable`` (nothing was written) or ``OutcomeUnknown`` (nobody can tell).
        """

    def together(self, writing: Writing) -> AbstractContextManager[None] | None:
        """Writes of this thread inside are one revision, seen by nobody until it ends, undone where it raises; other writers wait.

        No two of them may say something of one id. ``None``: this store cannot.
        """

    def get(self, type_name: str, ids: Collection[str], at: At) -> Sequence[Row]:
        """The rows of these ids that read so at that instant (an event on any day); none for what is not there."""

    def find(self, type_name: str, filters: Mapping[str, str], at: At, after: str | None, limit: int) -> Found:
        """A page of those that read so at that instant."""

    def count(self, type_name: str, filters: Mapping[str, str], at: At) -> int:
        """How many :meth:`find` gives over all pages."""

    def adjacent(self, parties: Collection[str], at: At, kinds: Collection[str] | None, limit: int) -> Sequence[Row]:
        """Facts that name one of the parties, by type and id; ``kinds`` are relationship, role, value and touchpoint kinds, schemes, or ``None``."""

    def beside(self, parties: Collection[str], at: At, kinds: Collection[str] | None, limit: int) -> Beside:
        """What :meth:`adjacent` gives, and the parties that are named there, of one moment."""

    def history(self, type_name: str, record_id: str, at: At) -> Sequence[Row]:
        """Every row that an id ever had, newest revision first, periods taken away included."""

    def columns(self, at: At) -> Columns:
        """The whole ecosystem: states of the day, all events whatever their day."""

    def revisions(self, after: int, limit: int) -> Sequence[Revision]:
        """Writes after a number, in order."""

    def terms(self) -> OwnTerms | None:
        """The workspace's own vocabulary, ``None`` where none was ever written."""

    def head(self) -> int:
        """The newest revision's number, 0 before the first."""

    def revision_at(self, time: str) -> int:
        """The newest revision recorded at or before a time, 0 if there is none."""

    def revision_of_key(self, key: str) -> Revision | None:
        """The revision that was written under an idempotency key."""

    def identify(self, expected: str | None) -> str:
        """The name that this store got when it was first used; it gets one now where it has none and none is ``expected``.

        ``StoreUnavailable`` where it is another than the expected one: gone and made anew, or somebody else's.
        """

    def check(self) -> None:
        """Raise ``StoreUnavailable`` with the reason where the store does not answer."""

    def clear(self) -> None:
        """Forget everything: the workspace is deleted."""

    def close(self) -> None:
        """Let go of connections and files."""


class CypherStore(Store, Protocol):
    """A store that analysts may ask in Cypher."""

    def query(self, text: str, parameters: Mapping[str, Any], limit: int, timeout_s: float) -> Mapping[str, Any]:
        """Run one statement that passed the gate: ``{"columns","rows","graph":{"parties","facts"},"truncated"}``."""
