"""Reads NDJSON of anything: one object a line, nested objects flattened to ``a.b``, lists of plain values to lines of one cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from service.imports.formats.byte_source import FileOfSet, encoding_of, opened, text_lines
from service.imports.formats.encoding_detection import encoding_name
from service.imports.formats.json_objects import Shape, flat, names_of, ordered
from service.imports.formats.table import ReadOptions, Table


@contextmanager
def json_lines_table(file: FileOfSet, options: ReadOptions) -> Iterator[Table]:
    """The file as a table. It is read twice: columns are all the names that any line has, in the order in which they appear."""
    shape = Shape(options.lists, options.lines_of)
    with opened(file) as source:
        codec = encoding_of(source, options.encoding)
        columns = names_of(file, flat(_numbered(text_lines(source, codec)), shape))
    with opened(file) as source:
        shown = {"format": "ndjson", "encoding": encoding_name(codec)}
        yield Table(file, columns, ordered(file, flat(_numbered(text_lines(source, codec)), shape), columns), shown, source.position, source.size)


def _numbered(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(lines, 1) if line and not line.isspace())
