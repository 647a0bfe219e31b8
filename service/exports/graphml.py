"""Export as GraphML: parties as nodes, facts between two parties as edges. ``networkx.read_graphml`` and Gephi open it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from graph_models.records.record_types import BY_NAME
from service.exports.cells import NUMBERS, fields_of, flat, values
from service.exports.source import Source

_EDGES = ("role", "relationship", "value_flow", "touchpoint", "assessment")
_WHOLE = frozenset({"market_tier", "importance"})
_BARRED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML text may hold."""
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""


def graphml(source: Source) -> Iterator[bytes]:
    """A directed multigraph. A party with several slices is the node of its newest; a fact without a source is none between two, and is left out."""
    keys = _keys()
    declared = [
        f'  <key id="{key}" for="{of}" attr.name={quoteattr(field)} attr.type="{_type(field)}"/>\n'
        for of, fields in keys.items()
        for field, key in fields.items()
    ]
    yield (_HEAD + "".join(declared) + '  <graph id="ecosystem" edgedefault="directed">\n').encode()
    for rows in source.pages("party"):
        newest = {record["id"]: record for record in values(rows)}
        yield "".join(_element("node", {"id": party}, record, keys["node"]) for party, record in newest.items()).encode()
    for type_name in _EDGES:
        for rows in source.pages(type_name):
            yield "".join(_edge(type_name, record, keys["edge"]) for record in values(rows) if "source" in record).encode()
    yield b"  </graph>\n</graphml>\n"


def _keys() -> dict[str, dict[str, str]]:
    """Element -> field -> the key under which it stands."""
    of_edges = dict.fromkeys(field for name in _EDGES for field in fields_of(name) if field not in ("source", "target"))
    wanted = {"node": [field for field in fields_of("party") if field != "id"], "edge": ["type", *of_edges]}
    return {of: {field: f"{of[0]}{place}" for place, field in enumerate(fields)} for of, fields in wanted.items()}


def _type(field: str) -> str:
    return "int" if field in _WHOLE else "double" if field in NUMBERS else "string"


def _edge(type_name: str, record: Mapping[str, Any], keys: Mapping[str, str]) -> str:
    # an edge's id is one among all types and slices
    begin = f"@{record['valid_from']}" if BY_NAME[type_name].is_state and "valid_from" in record else ""
    about = {"id": f"{type_name}:{record['id']}{begin}", "source": record["source"], "target": record["target"]}
    return _element("edge", about, {"type": type_name} | dict(record), keys)


def _element(name: str, about: Mapping[str, str], record: Mapping[str, Any], keys: Mapping[str, str]) -> str:
    attributes = " ".join(f"{key}={quoteattr(_allowed(value))}" for key, value in about.items())
    data = "".join(f'<data key="{keys[field]}">{escape(_allowed(str(flat(value))))}</data>' for field, value in record.items() if field in keys)
    return f"    <{name} {attributes}>{data}</{name}>\n"


def _allowed(text: str) -> str:
    return _BARRED.sub("\ufffd", text)
