"""Export as the lines of a batch: lossless, in a fixed order, so that export, import and export give the same bytes."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from service.exports.source import ORDER, Source


def json_lines(source: Source) -> Iterator[bytes]:
    """The own vocabulary, then every record, one a line."""
    own = source.own_vocabulary()
    if own is not None:
        yield msgspec.json.encode(own) + b"\n"
    for type_name in ORDER:
        for rows in source.pages(type_name):
            yield b"".join(row.body + b"\n" for row in rows if row.body is not None)
