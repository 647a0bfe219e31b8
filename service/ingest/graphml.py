"""Reads GraphML: every node and edge is a line, every declared key a column. Streamed; a document that declares entities is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn
from xml.parsers import expat

from graph_models.errors import FieldError, InvalidInput, Malformed
from service.ingest.sources import ByteSource, FileOfSet, opened
from service.ingest.tables import Line, ReadOptions, Table

FIXED = ("element", "id", "source", "target")
_CHUNK = 1 << 16
_MAX_TEXT = 1 << 20
_MAX_KEYS = 10_000


@contextmanager
def graphml_table(file: FileOfSet, options: ReadOptions) -> Iterator[Table]:
    """The file as a table: ``element`` is node or edge. A key that is called like one of the first four columns is ``attr.`` and its name."""
    with opened(file) as source:
        document = _Document(source)
        document.read_head()
        yield Table(file, document.columns, document.lines(), {"format": "graphml"}, source.position, source.size)


class _Document:
    """What was read of the document so far."""

    def __init__(self, source: ByteSource) -> None:
        self.source, self.file = source, source.file
        self.keys: dict[tuple[str, str], tuple[str, str | None]] = {}
        """(node or edge, key) -> its column and its default."""
        self.columns = list(FIXED)
        self.places: dict[str, int] = {}
        self.defaults: dict[str, dict[int, str]] = {"node": {}, "edge": {}}
        self.rows: list[Line] = []
        self.row: list[str] | None = None
        self.fault: FieldError | None = None
        self.begun = 0
        self.key: tuple[str, str, str] | None = None
        self.data: str | None = None
        self.text: list[str] | None = None
        self.length = 0
        self.graphs = 0
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.EntityDeclHandler = self.entity

    def read_head(self) -> None:
        """As far as the graph begins: by then all keys are declared."""
        while not self.graphs:
            if not self.feed():
                raise InvalidInput.of("no-graph", f"{self.file.name}: the document holds no graph")

    def lines(self) -> Iterator[Line]:
        while True:
            yield from self.rows
            self.rows.clear()
            if not self.feed():
                yield from self.rows
                return

    def feed(self) -> bool:
        chunk = self.source.stream.read(_CHUNK)
        try:
            self.parser.Parse(chunk, not chunk)
        except expat.ExpatError as error:
            self.refuse(str(error))
        except (ValueError, LookupError, UnicodeError) as error:  # an encoding that nobody knows
            self.refuse(str(error))
        return bool(chunk)

    # --- what the parser tells

    def start(self, tag: str, about: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name == "key":
            self.declare(about)
        elif name == "graph":
            self.graph()
        elif name in ("node", "edge"):
            self.element(name, about)
        elif name in ("data", "default"):
            self.data, self.text, self.length = about.get("key", ""), [], 0
        elif name in ("hyperedge", "port"):
            self.unsupported(f"{name}s are not read")

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name in ("node", "edge") and self.row is not None:
            self.rows.append((self.begun, self.fault or self.row))
            self.row = None
        elif name == "data" and self.text is not None:
            self.told("".join(self.text).strip())
        elif name == "default" and self.text is not None and self.key is not None:
            domain, key, column = self.key
            self.keep(domain, key, column, "".join(self.text).strip())
        elif name == "key":
            self.key = None
        if name in ("data", "default"):
            self.text = None

    def characters(self, text: str) -> None:
        if self.text is not None:
            self.length += len(text)
            if self.length > _MAX_TEXT:
                raise InvalidInput.of("too-large", f"{self.file.name}: a value is at most {_MAX_TEXT >> 20} MiB", None, self.parser.CurrentLineNumber)
            self.text.append(text)

    def entity(self, *_: object) -> None:
        self.unsupported("a document that declares entities is not read")

    def declare(self, about: dict[str, str]) -> None:
        if self.graphs:
            self.unsupported("a key is declared after the graph began")
        name = about.get("attr.name") or about.get("id", "")
        column = f"attr.{name}" if name in FIXED else name
        if column not in self.columns:
            self.columns.append(column)
        if len(self.columns) > _MAX_KEYS:
            raise InvalidInput.of("too-many-columns", f"{self.file.name}: more than {_MAX_KEYS} keys are declared")
        self.key = about.get("for", "all"), about.get("id", ""), column
        self.keep(*self.key, None)

    def keep(self, domain: str, key: str, column: str, default: str | None) -> None:
        for element in ("node", "edge"):
            if domain in (element, "all"):
                self.keys[element, key] = column, default

    def graph(self) -> None:
        self.graphs += 1
        if self.graphs > 1:
            self.unsupported("graphs in graphs, and several graphs in one document, are not read")
        self.places = {column: place for place, column in enumerate(self.columns)}
        for (element, _), (column, default) in self.keys.items():
            if default is not None:
                self.defaults[element][self.places[column]] = default

    def element(self, name: str, about: dict[str, str]) -> None:
        if not self.graphs or self.row is not None:
            self.unsupported("graphs in graphs, and elements outside one, are not read")
        self.begun, self.fault = self.parser.CurrentLineNumber, None
        self.row = [name, about.get("id", ""), about.get("source", ""), about.get("target", ""), *[""] * (len(self.columns) - len(FIXED))]
        for place, default in self.defaults[name].items():
            self.row[place] = default

    def told(self, value: str) -> None:
        if self.row is None or self.data is None:
            return
        found = self.keys.get((self.row[0], self.data))
        if found is None:
            self.fault = FieldError("unknown-key", f"the key {self.data!r} is not declared for a {self.row[0]}", self.data)
        else:
            self.row[self.places[found[0]]] = value

    def unsupported(self, message: str) -> NoReturn:
        raise InvalidInput.of("unsupported-graph", f"{self.file.name}: {message}", None, self.parser.CurrentLineNumber)

    def refuse(self, message: str) -> NoReturn:
        line = self.parser.ErrorLineNumber or 1
        raise Malformed(f"{self.file.name} line {line}: the document is not XML that can be read ({message})", file=self.file.name, line=line)
