"""All formats in which a workspace leaves, in one visible list. A new format is one function in a module beside this one, and one line in ``FORMATS``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from graph_models.errors import InvalidInput
from graph_models.records.closed_lists import unknown_value
from graph_models.records.vocabulary import Vocabulary
from service.exports.cypher import cypher
from service.exports.graphml import graphml
from service.exports.json_lines import json_lines
from service.exports.parquet import parquet
from service.exports.source import Source
from service.exports.tables import csv_files, workbook
from service.facts.instants import day_asked
from service.stores.interface.store import At, Store


class Format(NamedTuple):
    """One format: its name in requests, the ending and media type of its files, what it is, and what writes it."""

    name: str
    ending: str
    media: str
    description: str
    write: Callable[[Source], Iterator[bytes]]


FORMATS: tuple[Format, ...] = (
    Format("ndjson", "ndjson", "application/x-ndjson", "The lines of a batch: lossless, imported again as they are", json_lines),
    Format("csv", "zip", "application/zip", "A ZIP of one CSV a type of record, for spreadsheets", csv_files),
    Format("xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "A workbook with one sheet a type of record", workbook),
    Format("graphml", "graphml", "application/graphml+xml", "Parties as nodes, facts as edges, for networkx and Gephi", graphml),
    Format("parquet", "parquet", "application/vnd.apache.parquet", "One typed table of all records, imported again as it is", parquet),
    Format("cypher", "cypher", "application/x-cypher-query", "A script that fills an empty Neo4j database", cypher),
)


def format_named(name: str) -> Format:
    """``InvalidInput`` where there is no such format."""
    found = next((each for each in FORMATS if each.name == name), None)
    if found is None:
        raise InvalidInput(f"{name!r} is no format of an export", errors=[unknown_value(name, [each.name for each in FORMATS], "format")])
    return found


def exported(store: Store, vocabulary: Vocabulary, form: Format, as_of: str | None = None, locale: str = "en") -> Iterator[bytes]:
    """Blocks of the file: every slice and event believed now, or with ``as_of`` what reads so on that day.

    What is wrong with ``as_of`` is raised at once, not when the first block is taken.
    """
    day = None if as_of is None else day_asked(as_of)
    return form.write(Source(store, vocabulary, At(day, store.head()), locale))
