"""Reads CSV and its relatives: any delimiter, any encoding that is named or certain, quoted line ends."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any

from graph_models.errors import FieldError, InvalidInput, Malformed
from service.imports.formats.byte_source import FileOfSet, encoding_of, opened, text_lines
from service.imports.formats.encoding_detection import encoding_name
from service.imports.formats.table import Cells, FaultyCells, Line, ReadOptions, Table, of_rows

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 50
_SAID = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""A first line that only says the delimiter, as spreadsheets write and hide it."""
_CELL_LIMIT = 1 << 20
csv.field_size_limit(_CELL_LIMIT)


@contextmanager
def delimited_table(file: FileOfSet, options: ReadOptions) -> Iterator[Table]:
    """The file as a table; streamed."""
    with opened(file) as source:
        codec = encoding_of(source, options.encoding)
        lines = text_lines(source, codec)
        sample = list(islice(lines, _first(options) + _SAMPLE))
        said = _SAID.fullmatch(sample[0]) if sample else None
        delimiter = options.delimiter or (said[1] if said else _delimiter(file, sample, options))
        rest = chain(sample[1:] if said else sample, lines)
        columns, rows, more = of_rows(file, _rows(file, rest, delimiter, options.quote, before=1 if said else 0), options)
        shown = {"format": "csv", "encoding": encoding_name(codec), "delimiter": delimiter} | more
        yield Table(file, columns, rows, shown, source.position, source.size)


def _rows(file: FileOfSet, lines: Iterator[str], delimiter: str, quote: str, before: int) -> Iterator[Line]:
    """The lines as cells; ``before``: so many lines came before them."""
    reader = _reader(lines, delimiter, quote)
    line = before
    try:
        for cells in reader:
            if any(cells):
                yield line + 1, _without_zeros(cells) if "\x00" in "".join(cells) else cells
            line = reader.line_num + before
    except csv.Error as error:
        raise Malformed(f"{file.name} line {line + 1}: {_words(str(error), quote)}", file=file.name, line=line + 1) from None


def _without_zeros(cells: Cells) -> FaultyCells:
    faults = {place: FieldError("zero-byte", "the cell holds a zero byte, which no text holds") for place, cell in enumerate(cells) if "\x00" in cell}
    return FaultyCells([cell.replace("\x00", "") for cell in cells], faults)


def _reader(lines: Iterator[str], delimiter: str, quote: str) -> Any:
    if quote == "none":
        return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE, strict=True)
    return csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=True)


def _words(message: str, quote: str) -> str:
    if "unexpected end of data" in message:
        return f"a cell begins with {quote} and no {quote} ends it; where {quote} is an ordinary character say `quote: none`"
    if "field limit" in message:
        return f"a cell is longer than {_CELL_LIMIT} characters"
    if "expected after" in message:
        return f"text follows the {quote} that ends a cell; where {quote} is an ordinary character say `quote: none`"
    return message


def _delimiter(file: FileOfSet, sample: Sequence[str], options: ReadOptions) -> str:
    """The one delimiter that cuts the header into cells; where several do, the one that cuts every sampled line into as many."""
    header = sample[_first(options) - 1] if len(sample) >= _first(options) else ""
    if options.header_row == "auto":
        header = max(sample, key=lambda line: max(map(line.count, DELIMITERS)), default="")
    if file.plain_name.lower().endswith((".tsv", ".tab")):
        return "\t"
    candidates = [delimiter for delimiter in DELIMITERS if delimiter in header]
    if len(candidates) > 1:
        candidates = [delimiter for delimiter in candidates if _is_even(sample[_first(options) - 1 :], delimiter, options.quote)] or candidates
    if len(candidates) > 1:
        shown = " or ".join(repr(delimiter) for delimiter in candidates)
        raise InvalidInput.of("ambiguous-delimiter", f"{file.name}: the delimiter may be {shown}; say which in the mapping (`delimiter`)", "delimiter")
    return candidates[0] if candidates else ","


def _first(options: ReadOptions) -> int:
    """The number of the first line that counts."""
    return 1 if options.header_row == "auto" else max(options.header_row, 1)


def _is_even(sample: Sequence[str], delimiter: str, quote: str) -> bool:
    # a quoted cell may go on beyond the sample: its end is not asked for
    complete = sample[:-1] if len(sample) > _SAMPLE else sample
    try:
        widths = {len(cells) for cells in _reader(iter(complete), delimiter, quote) if cells}
    except csv.Error:
        return False
    return len(widths) == 1 and widths != {1}
