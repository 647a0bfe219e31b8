"""Regular expressions of mappings, by RE2: their time grows with the text and no faster, whatever the expression is.

What a stranger writes may take Python's own ``re`` for ever (``(a+)+$``). RE2 knows no look-around and no back references; these are refused by name.
Its ``\\d``, ``\\w`` and ``\\s`` mean ASCII, so they are written out: here they mean the digits, letters and spaces of every script.
"""

from __future__ import annotations

import re
from functools import lru_cache

import re2

MAX_PATTERN = 200
_CLASSES = {"d": r"\p{Nd}", "w": r"\p{L}\p{M}\p{N}_", "s": r"\t-\r\x1c-\x20\x{85}\p{Z}"}
_ESCAPES = re.compile(r"\\(.)|(\[\^?\]?)|(\])|\{,(\d+)\}", re.DOTALL)
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_REMEMBERED, _SHORT = 4_096, 200
"""So many short texts are remembered with what was found: columns say the same again and again."""


class BadPattern(ValueError):
    """A text is no regular expression that is read here; the message says why."""


class Pattern:
    """One compiled regular expression."""

    def __init__(self, text: str) -> None:
        """Raises ``BadPattern``."""
        if len(text) > MAX_PATTERN:
            raise BadPattern(f"it is longer than {MAX_PATTERN} characters")
        try:
            self._compiled = re2.compile(_for_every_script(text), _OPTIONS)
        except re2.error as error:
            reason = error.args[0].decode("utf-8", "replace") if error.args and isinstance(error.args[0], bytes) else str(error)
            raise BadPattern(f"{reason} (look-around and back references are not read)") from None
        self._group = min(self._compiled.groups, 1)
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._found)

    def find(self, text: str) -> str | None:
        """The first group where the pattern is found, all of it where it has no group; ``None`` where it is not."""
        found = (self._remembered if len(text) <= _SHORT else self._found)(text)
        return found[1] if found else None

    def matches(self, text: str) -> bool:
        """Is it found anywhere in the text?"""
        return bool((self._remembered if len(text) <= _SHORT else self._found)(text))

    def _found(self, text: str) -> tuple[bool, str | None] | None:
        match = self._compiled.search(text.encode("utf-8", "replace"))
        if match is None:
            return None
        part = match[self._group]
        return True, None if part is None else part.decode("utf-8", "replace")


def _for_every_script(text: str) -> str:
    """The same expression for RE2, with its classes written out."""
    inside = False

    def written(found: re.Match[str]) -> str:
        nonlocal inside
        escaped, opened, closed, most = found.groups()
        if most is not None:
            return found[0] if inside else f"{{0,{most}}}"
        if opened is not None:
            was_inside, inside = inside, True
            return rf"\{opened}" if was_inside else opened
        if closed is not None:
            inside = False
            return closed
        if (kind := _CLASSES.get(escaped.lower())) is None:
            return r"\z" if escaped == "Z" else found[0]
        if escaped.islower():
            return kind if inside else f"[{kind}]"
        if not inside:
            return f"[^{kind}]"
        if escaped == "D":
            return r"\P{Nd}"
        raise BadPattern(f"\\{escaped} inside of [ ] is not read")

    return _ESCAPES.sub(written, text)
