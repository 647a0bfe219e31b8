"""Reads GraphML: every node and edge is a line, every declared key a column. Streamed; a document that declares entities is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from graph_models.errors import FieldError, InvalidInput
from service.imports.formats.byte_source import ByteSource, FileOfSet, opened
from service.imports.formats.table import LIST_SEPARATOR, Density, Line, ReadOptions, Table
from service.imports.formats.xml_events import CHUNK, Attributes, XmlEvents, local

FIXED = ("element", "id", "source", "target")
DIRECTED = "#directed"
"""Of an edge: true or false, as it says itself or as its graph does. A mapping need not mention it."""
_MAX_TEXT = 1 << 20
_MAX_KEYS = 10_000


@contextmanager
def graphml_table(file: FileOfSet, options: ReadOptions) -> Iterator[Table]:
    """The file as a table: ``element`` is node or edge. A key that is called like one of the first four columns is ``attr.`` and its name."""
    with opened(file) as source:
        document = _Document(source)
        document.read_head()
        shown = {"format": "graphml", "edges": document.direction}
        yield Table(file, document.columns, document.lines(), shown, source.position, source.size)


class _Document:
    """What was read of the document so far."""

    def __init__(self, source: ByteSource) -> None:
        self.source, self.file = source, source.file
        self.keys: dict[tuple[str, str], tuple[str, str | None]] = {}
        """(node or edge, key) -> its column and its default."""
        self.names: dict[str, None] = dict.fromkeys(FIXED)
        self.columns: list[str] = []
        self.places: dict[str, int] = {}
        self.defaults: dict[str, dict[int, str]] = {"node": {}, "edge": {}}
        self.rows: list[Line] = []
        self.row: list[str] | None = None
        self.fault: FieldError | None = None
        self.begun = 0
        self.key: tuple[str, str, str] | None = None
        self.data: str | None = None
        self.filled: set[str] = set()
        """The keys of the element that have their value."""
        self.texts: list[list[str]] = []
        """The text so far of the value that is read, and of each element in it that is open."""
        self.items: list[str] = []
        self.length = 0
        self.density = Density(self.file.name)
        self.graphs = 0
        self.direction = "undirected"
        self.events = XmlEvents(f"{self.file.name}: the document", self.start, self.end, self.characters, "unsupported-graph")

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
        chunk = self.source.stream.read(CHUNK)
        self.events.feed(chunk)
        return bool(chunk)

    # --- what the parser tells

    def start(self, tag: str, about: Attributes) -> None:
        name = local(tag)
        if self.texts:
            self.texts.append([])
        elif name == "key":
            self.declare(about)
        elif name == "graph":
            self.graph(about)
        elif name in ("node", "edge"):
            self.element(name, about)
        elif name in ("data", "default"):
            self.data, self.length = about.get("key", ""), 0
            self.texts.append([])
        elif name in ("hyperedge", "port"):
            self.unsupported(f"{name}s are not read")

    def end(self, tag: str) -> None:
        if self.texts:
            if text := "".join(self.texts.pop()).strip():
                self.items.append(text)
            if not self.texts:
                self.valued(local(tag))
            return
        name = local(tag)
        if name in ("node", "edge") and self.row is not None:
            self.rows.append((self.begun, self.fault or self.row))
            self.row = None
        elif name == "key":
            self.key = None

    def valued(self, name: str) -> None:
        """A value has ended. Several texts in it, as the labels of drawing programs, are a list."""
        items, self.items = self.items, []
        if len(items) > 1 and any(LIST_SEPARATOR in item for item in items):
            self.fault = self.fault or FieldError("nested-list", "a text of several in one value has a line end in it", self.data)
        elif name == "data":
            self.told(LIST_SEPARATOR.join(items))
        elif self.key is not None:
            self.keep(*self.key, LIST_SEPARATOR.join(items))

    def characters(self, text: str) -> None:
        if self.texts:
            self.length += len(text)
            if self.length > _MAX_TEXT:
                raise InvalidInput.of("too-large", f"{self.file.name}: a value is at most {_MAX_TEXT >> 20} MiB", None, self.events.line)
            self.texts[-1].append(text)

    def declare(self, about: Attributes) -> None:
        if self.graphs:
            self.unsupported("a key is declared after the graph began")
        name = about.get("attr.name") or about.get("id", "")
        column = f"attr.{name}" if name in FIXED or name == DIRECTED else name
        self.names[column] = None
        if len(self.names) > _MAX_KEYS:
            raise InvalidInput.of("too-many-columns", f"{self.file.name}: more than {_MAX_KEYS} keys are declared")
        self.key = about.get("for", "all"), about.get("id", ""), column
        self.keep(*self.key, None)

    def keep(self, domain: str, key: str, column: str, default: str | None) -> None:
        for element in ("node", "edge"):
            if domain in (element, "all"):
                self.keys[element, key] = column, default

    def graph(self, about: Attributes) -> None:
        self.graphs += 1
        if self.graphs > 1:
            self.unsupported("graphs in graphs, and several graphs in one document, are not read")
        self.direction = about.get("edgedefault", "undirected")
        self.columns = [*self.names, DIRECTED]
        self.places = {column: place for place, column in enumerate(self.columns)}
        for (element, _), (column, default) in self.keys.items():
            if default is not None:
                self.defaults[element][self.places[column]] = default

    def element(self, name: str, about: Attributes) -> None:
        if not self.graphs or self.row is not None:
            self.unsupported("graphs in graphs, and elements outside one, are not read")
        self.begun, self.fault = self.events.line, None
        self.filled.clear()
        self.row = [""] * len(self.columns)
        self.row[: len(FIXED)] = name, about.get("id", ""), about.get("source", ""), about.get("target", "")
        if name == "edge":
            self.row[self.places[DIRECTED]] = about.get("directed", "true" if self.direction == "directed" else "false")
        for place, default in self.defaults[name].items():
            self.row[place] = default
        self.density.add(len(self.row), len(FIXED) + len(self.defaults[name]))

    def told(self, value: str) -> None:
        if self.row is None or self.data is None:
            return
        found = self.keys.get((self.row[0], self.data))
        if self.data in self.filled:
            self.fault = FieldError("duplicate-name", f"the key {self.data!r} is there twice", self.data)
        elif found is None:
            self.fault = FieldError("unknown-key", f"the key {self.data!r} is not declared for a {self.row[0]}", self.data)
        else:
            self.row[self.places[found[0]]] = value
        self.filled.add(self.data)

    def unsupported(self, message: str) -> NoReturn:
        raise InvalidInput.of("unsupported-graph", f"{self.file.name}: {message}", None, self.events.line)
