"""Names that one object of a JSON text has twice: decoders keep the last without a word, so that half of what somebody wrote is lost.

A name is followed by ``":``, so most texts are told by counting these; only where the counts differ, or a colon has a space before it, is a text read again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from graph_models.errors import FieldError

_encode_lines = msgspec.json.Encoder().encode_lines


def name_given_twice(text: str | bytes) -> str | None:
    """The first name that is there twice in one object, if there is one. The text is valid JSON."""
    twice: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs) and not twice:
            twice.append(next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1))
        return found

    json.loads(text, object_pairs_hook=look, parse_int=str, parse_float=str)
    return twice[0] if twice else None


def fault_of_names(text: str | bytes, value: Any) -> FieldError | None:
    """The error of a text whose value the decoder gave, where it has a name twice."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    try:
        if (data.count(b'":') == _names_in(value) and not _has_spaced_colon(data)) or (twice := name_given_twice(text)) is None:
            return None
    except RecursionError:
        return FieldError("too-deep", "the objects are nested too deep")
    return FieldError("duplicate-name", f"the name {twice!r} is there twice in one object", twice)


def all_plain(lines: Sequence[bytes], records: Sequence[Any]) -> bool:
    """Has each record as many names when it is written as its line has? Then no name is there twice; else the lines are to be looked at.

    What is written has no name that its line has not, so the sums are the same only where each line's number is.
    """
    together = b"\n".join(lines)
    return together.count(b'":') == _encode_lines(records).count(b'":') and not _has_spaced_colon(together)


def _has_spaced_colon(line: bytes) -> bool:
    return b" :" in line or b"\t:" in line or b"\n:" in line or b"\r:" in line


def _names_in(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(_names_in(item) for item in value.values() if isinstance(item, (dict, list)))
    if isinstance(value, list):
        return sum(_names_in(item) for item in value if isinstance(item, (dict, list)))
    return 0
