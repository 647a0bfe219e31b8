"""Export as a Cypher script, in the model of the Neo4j store: ``cypher-shell -f`` fills an empty database with it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from service.exports.source import Source
from service.stores.neo4j.script import script


def cypher(source: Source) -> Iterator[bytes]:
    """Indexes, then every record, by the very statements with which the store writes them. Own terms are no part of the graph: they come as a comment."""
    own = source.own_vocabulary()
    if own is not None:
        yield b"// The workspace's own terms, as a record that an import takes:\n// " + msgspec.json.encode(own) + b"\n\n"
    yield from (text.encode() for text in script(source.pages))
