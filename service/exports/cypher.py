"""Export as a Cypher script, in the model of the Neo4j store: ``cypher-shell -f`` fills an empty database with it."""

from __future__ import annotations

from collections.abc import Iterator

from service.exports.source import Source
from service.stores.cypher_script import script


def cypher(source: Source) -> Iterator[bytes]:
    """Indexes, then every record, by the very statements with which the store writes them."""
    return (text.encode() for text in script(source.pages))
