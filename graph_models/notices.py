"""What the reader of a result has to know beside it."""

from __future__ import annotations

from typing import NamedTuple


class Warning(NamedTuple):
    """Something that was left out, cut off, or looks wrong: a stable code, in words, and the ids it is about."""

    code: str
    message: str
    facts: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
