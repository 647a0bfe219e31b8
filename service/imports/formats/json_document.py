"""Reads a JSON document: an array of objects, or an object that holds one, item by item, so that memory does not grow with the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import msgspec

from graph_models.errors import InvalidInput, Malformed
from service.imports.formats.byte_source import ByteSource, FileOfSet, encoding_of, opened
from service.imports.formats.encoding_detection import encoding_name
from service.imports.formats.json_objects import Shape, flat, names_of, ordered
from service.imports.formats.table import ReadOptions, Table

MAX_ITEM = 1 << 20
_CHUNK = 1 << 18
_MARK = re.compile(r'["\[\]{}]')
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SCALAR = re.compile(r"[^\s,:\[\]{}\"]+")
_SPACE = re.compile(r"[ \t\r\n]*")


@contextmanager
def json_document_table(file: FileOfSet, options: ReadOptions) -> Iterator[Table]:
    """The file as a table. It is read twice: columns are all the names that any item has, in the order in which they appear."""
    shape = Shape(options.lists, options.lines_of)
    with opened(file) as source:
        codec = encoding_of(source, options.encoding)
        columns = names_of(file, flat(_numbered(json_items(source, codec, options.items)), shape))
    with opened(file) as source:
        shown = {"format": "json", "encoding": encoding_name(codec)}
        lines = ordered(file, flat(_numbered(json_items(source, codec, options.items)), shape), columns)
        yield Table(file, columns, lines, shown, source.position, source.size)


def _numbered(items: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Each item under a number of its own: the line where it begins, or of several that begin on one line the next number."""
    last = 0
    for line, text in items:
        last = max(line, last + 1)
        yield last, text


def json_items(source: ByteSource, codec: str, wanted: str | None = None) -> Iterator[tuple[int, str]]:
    """Each item of the document's array with the line where it begins. ``wanted`` names the array in an object that has several.

    Raises ``Malformed`` where the document is no JSON; what an item itself holds is not looked at.
    """
    return _Document(source, codec).items(wanted)


class _Document:
    """The text of a document as far as it is needed: what was read is let go."""

    def __init__(self, source: ByteSource, codec: str) -> None:
        self.file, self.codec = source.file, codec
        self.stream = source.text(codec)
        self.text, self.place, self.line, self.ended = "", 0, 1, False

    def items(self, wanted: str | None) -> Iterator[tuple[int, str]]:
        begin = self.peek()
        if begin == "[":
            yield from self.array()
        elif begin == "{":
            yield from self.arrays(wanted)
        else:
            self.refuse("the document is neither an array nor an object")
        if self.peek():
            self.refuse("text follows the end of the document")

    def arrays(self, wanted: str | None) -> Iterator[tuple[int, str]]:
        """The items of the one array among the members of an object."""
        found: list[str] = []
        for name in self.members():
            if self.peek() != "[" or wanted not in (None, name):
                self.value(keep=False)
                continue
            found.append(name)
            if len(found) > 1:
                message = f"{self.file.name}: {found[0]!r} and {found[1]!r} are both lists; say which in the mapping (`items`)"
                raise InvalidInput.of("which-items", message, "items", self.line)
            yield from self.array()
        if not found:
            what = "list" if wanted is None else f"list called {wanted!r}"
            raise InvalidInput.of("no-items", f"{self.file.name}: the object holds no {what}", "items")

    def members(self) -> Iterator[str]:
        self.take("{")
        if self.peek() == "}":
            self.take("}")
            return
        while True:
            if self.peek() != '"':
                self.refuse("a name in quotes is expected")
            try:
                name = msgspec.json.decode(self.value())
            except (msgspec.DecodeError, UnicodeError) as error:
                self.refuse(str(error))
            self.take(":")
            yield name
            if self.peek() != ",":
                return self.take("}")
            self.take(",")

    def array(self) -> Iterator[tuple[int, str]]:
        self.take("[")
        if self.peek() == "]":
            return self.take("]")
        while True:
            self.peek()
            line = self.line
            yield line, self.value()
            if self.peek() != ",":
                return self.take("]")
            self.take(",")

    # --- the text

    def peek(self) -> str:
        """The next character that is no space; nothing at the end."""
        while True:
            end = _SPACE.match(self.text, self.place).end()  # type: ignore[union-attr]
            self.pass_to(end)
            if self.place < len(self.text):
                return self.text[self.place]
            if not self.more():
                return ""

    def take(self, sign: str) -> None:
        if self.peek() != sign:
            self.refuse(f"{sign!r} is expected")
        self.place += 1

    def value(self, *, keep: bool = True) -> str:
        """The text of the next value, its end found by its brackets; ``keep=False`` passes over one of any length."""
        begin = self.peek()
        if begin == "":
            self.refuse("the document ends too early")
        if begin in "[{":
            return self.nested(keep)
        text = self.matched(_STRING if begin == '"' else _SCALAR)
        self.pass_to(self.place + len(text))
        return text

    def nested(self, keep: bool) -> str:
        depth, at = 0, self.place
        while True:
            mark = _MARK.search(self.text, at)
            if mark is None:
                at = len(self.text)
            elif mark[0] == '"':
                string = _STRING.match(self.text, mark.start())
                at = mark.start() if string is None else string.end()
                mark = string
            else:
                depth += 1 if mark[0] in "[{" else -1
                at = mark.end()
                if depth == 0:
                    break
            if mark is None:
                if not keep:  # once a chunk: forgetting copies the rest of the text
                    at -= self.let_go(at)
                at = self.longer(at)
        text = self.text[self.place : at]
        self.pass_to(at)
        return text if keep else ""

    def matched(self, pattern: re.Pattern[str]) -> str:
        """What a pattern matches here, read on until it cannot match more."""
        while True:
            found = pattern.match(self.text, self.place)
            if found is not None and (found.end() < len(self.text) or pattern is _STRING):
                return found[0]
            if len(self.text) - self.place > MAX_ITEM:
                self.too_long()
            if not self.more():
                if found is None:
                    self.refuse("the document ends too early" if self.text[self.place : self.place + 1] == '"' else "a value is expected")
                return found[0]

    def longer(self, at: int) -> int:
        """Read on within a value; the same place afterwards."""
        if at - self.place > MAX_ITEM or len(self.text) - self.place > MAX_ITEM + _CHUNK:
            self.too_long()
        before = self.place
        if not self.more():
            self.refuse("the document ends too early")
        return at - before + self.place

    def pass_to(self, place: int) -> None:
        self.line += self.text.count("\n", self.place, place)
        self.place = place

    def let_go(self, place: int) -> int:
        """Forget the text before a place; how much it was."""
        self.pass_to(place)
        self.text, self.place = self.text[place:], 0
        return place

    def more(self) -> bool:
        if self.ended:
            return False
        try:
            chunk = self.stream.read(_CHUNK)
        except UnicodeError as error:
            message = f"{self.file.name}: after line {self.line} the bytes are not {encoding_name(self.codec)} ({error})"
            raise InvalidInput.of("wrong-encoding", message, "encoding", self.line) from None
        self.ended = not chunk
        self.let_go(self.place)
        self.text += chunk
        return not self.ended

    def refuse(self, message: str) -> NoReturn:
        raise Malformed(f"{self.file.name} line {self.line}: {message}", file=self.file.name, line=self.line)

    def too_long(self) -> NoReturn:
        raise InvalidInput.of("too-large", f"{self.file.name}: an item is at most {MAX_ITEM >> 20} MiB", None, self.line)
