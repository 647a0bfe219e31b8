"""Cursors: where a page of a list goes on. Opaque to clients, good for the list that they come from and for no other."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable

from graph_models.errors import InvalidInput

LONGEST = 2_048
"""Characters: an id of 256 characters of four bytes fits."""
_DIGEST = 8
_PAGING = frozenset({"limit", "cursor"})


def list_name(path: str, query: Iterable[tuple[str, str]]) -> str:
    """The name of a list: its address with all that narrows or orders it."""
    return "\n".join([path, *(f"{name}={value}" for name, value in sorted(query) if name not in _PAGING)])


def cursor_of(of: str, position: str) -> str:
    """The cursor that goes on after a position of the list ``of``."""
    content = position.encode("utf-8", "surrogatepass")
    return base64.urlsafe_b64encode(_digest(of, content) + content).decode().rstrip("=")


def position_of(of: str, cursor: str) -> str:
    """The position that a cursor stands for. Raises ``InvalidInput`` (``bad-cursor``) where it is cut, or not one of this list."""
    if len(cursor) <= LONGEST:
        try:
            content = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            content = b""
        if len(content) > _DIGEST and content[:_DIGEST] == _digest(of, content[_DIGEST:]):
            return content[_DIGEST:].decode("utf-8", "surrogatepass")
    raise InvalidInput.of("bad-cursor", "this is no cursor of this list: take `next_cursor` of its last page, with the same filters", "cursor")


def _digest(of: str, content: bytes) -> bytes:
    name = of.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(b"%d:%b%b" % (len(name), name, content), digest_size=_DIGEST).digest()
