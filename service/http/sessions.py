"""The token of the service, and the sessions of browsers that showed it: a random name, signed, so that nothing need be kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

SESSION_S = 12 * 3600
"""So long a session lasts at the most; its cookie ends with the browser."""


class Sessions:
    """Made from the token: with another token every session has ended."""

    def __init__(self, token: str) -> None:
        self._digest = hashlib.sha256(token.encode()).digest()
        self._key = hmac.digest(self._digest, b"stakeholder-graph session", "sha256")

    def is_token(self, sent: bytes) -> bool:
        """Is this the token? Says so in the same time for every text of a length."""
        return hmac.compare_digest(hashlib.sha256(sent).digest(), self._digest)

    def session(self) -> str:
        """A new session: when it ends, a random name, and their signature."""
        named = f"{int(time.time()) + SESSION_S}.{secrets.token_urlsafe(24)}"
        return f"{named}.{self._signature(named.encode())}"

    def is_session(self, sent: bytes) -> bool:
        """Was this session made here, and does it last?"""
        named, _, signature = sent.rpartition(b".")
        ends = named.partition(b".")[0]
        is_signed = hmac.compare_digest(signature, self._signature(named).encode())
        return is_signed and ends.isdigit() and time.time() < int(ends)

    def _signature(self, named: bytes) -> str:
        return hmac.digest(self._key, named, "sha256").hex()
