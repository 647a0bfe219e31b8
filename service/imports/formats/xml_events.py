"""XML that strangers wrote, piece by piece and within bounds: no entities of its own, no endless nesting, no endless piece of markup."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn
from xml.parsers import expat

from graph_models.errors import InvalidInput, Malformed

MAX_DEPTH = 256
MAX_MARKUP = 1 << 20
"""Of one comment, one name or one start of an element: older versions of expat read an unfinished one again with every chunk."""
CHUNK = 1 << 16
Attributes = dict[str, str]


class XmlEvents:
    """A parser that tells its handlers of elements and text. Names are ``namespace}local``; prefixes, quotes and order do not matter."""

    def __init__(
        self, what: str, start: Callable[[str, Attributes], None], end: Callable[[str], None], text: Callable[[str], None], entities: str = "xml-entities"
    ) -> None:
        """``what``: how the document is called in errors; ``entities``: the code of the error for a document that declares some."""
        self.what, self._entities = what, entities
        self._start, self._end = start, end
        self._depth = self._fed = 0
        parser = self._parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler = self._begun
        parser.EndElementHandler = self._ended
        parser.CharacterDataHandler = text
        parser.EntityDeclHandler = self._declared

    @property
    def line(self) -> int:
        """The line at which the parser is."""
        return self._parser.CurrentLineNumber

    def feed(self, chunk: bytes) -> None:
        """Go on; an empty chunk is the end. Raises ``Malformed`` where the text is no XML."""
        try:
            self._parser.Parse(chunk, not chunk)
        except expat.ExpatError as error:
            self._refuse(str(error), self._parser.ErrorLineNumber)
        except (ValueError, LookupError, UnicodeError) as error:  # an encoding that nobody knows
            self._refuse(str(error), self._parser.CurrentLineNumber)
        self._fed += len(chunk)
        if self._fed - self._parser.CurrentByteIndex > MAX_MARKUP:
            self._refuse(f"one piece of markup is longer than {MAX_MARKUP >> 20} MiB", self._parser.CurrentLineNumber)

    def _begun(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._refuse(f"elements are nested more than {MAX_DEPTH} deep", self._parser.CurrentLineNumber)
        self._start(name, attributes)

    def _ended(self, name: str) -> None:
        self._depth -= 1
        self._end(name)

    def _declared(self, *_: object) -> None:
        raise InvalidInput.of(self._entities, f"{self.what}: a document that declares entities is not read", None, self._parser.CurrentLineNumber)

    def _refuse(self, message: str, line: int) -> NoReturn:
        raise Malformed(f"{self.what} is not XML that can be read (line {line or 1}: {message})")


def local(name: str) -> str:
    """The name of an element without its namespace."""
    return name.rpartition("}")[2]
