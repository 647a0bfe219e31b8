"""Save what a running service answers: every GET of its OpenAPI document, the exports, reports and pages, one file an answer.

Two versions of the service on copies of one data directory must give the same files (``diff -r OLD NEW``) where a change
is only one of shape: ``python tools/save_answers.py http://127.0.0.1:8000 DIR [--workspace demo]``.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from hashlib import blake2b
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx

LEFT_OUT = ("/events", "/healthz", "/readyz", "/metrics", "/v1/version")
"""Streams, and what differs from start to start."""
COLLECTIONS = ("roles", "relationships", "value-flows", "touchpoints", "assessments", "documents", "exchange-rates")
PARTIES = 12


class Saver:
    """Asks one service and writes its answers below a directory."""

    def __init__(self, url: str, workspace: str, directory: Path) -> None:
        self.client = httpx.Client(base_url=url, timeout=300, follow_redirects=False)
        self.base = f"/v1/workspaces/{workspace}"
        self.directory = directory
        directory.mkdir(parents=True)

    def get(self, path: str, **query: str) -> Any:
        """Ask, save status and body under the name of the address, and return the body."""
        address = f"{path}?{urlencode(query)}" if query else path
        answer = self.client.get(address)
        name = re.sub(r"[^A-Za-z0-9._-]+", "_", address)[:120] + "-" + blake2b(address.encode(), digest_size=4).hexdigest()
        (self.directory / name).write_bytes(f"{address}\n{answer.status_code} {answer.headers.get('content-type')}\n".encode() + answer.content)
        return answer.json() if answer.headers.get("content-type", "").startswith("application/json") else None

    def everything(self) -> None:
        """All GETs, each with the ids that the service itself lists."""
        paths = [path for path, operations in self.get("/openapi.json")["paths"].items() if "get" in operations]
        names = self._names()
        for path in paths:
            if path.endswith(LEFT_OUT):
                continue
            for filled in _filled(path.replace("/v1/workspaces/{workspace}", self.base), names):
                self.get(filled)
        analysis = f"{self.base}/analyses/latest"
        for party, score in product(names["party_id"], names["explained"]):
            self.get(f"{analysis}/parties/{quote(party, safe='')}/explain", score=score, counterfactual="true")
        for party in names["party_id"]:
            for view in ("loops", "sinks", "tiers", "give-get", "ownership", "ties"):
                self.get(f"{analysis}/{view}", party=party)
        for form in ("ndjson", "csv", "xlsx", "graphml", "parquet", "cypher"):
            self.get(f"{self.base}/export", format=form)
        for locale in ("en", "zh"):
            self.get("/", locale=locale)

    def _names(self) -> dict[str, list[str]]:
        """For each name in a path the ids to fill in."""
        parties = [item["id"] for item in self.get(f"{self.base}/parties", limit=str(PARTIES))["items"]]
        ranked = [item["party_id"] for item in self.get(f"{self.base}/analyses/latest/scores/influence", limit=str(PARTIES))["items"]]
        metrics = self.get(f"{self.base}/metrics", limit="500")["items"]
        names = {"party_id": ranked, "analysis_id": ["latest"], "parties": parties, "name": [item["name"] for item in metrics]}
        names["explained"] = [item["name"] for item in metrics if item["explained"]]
        names["section"] = [item["section"] for item in self.get(f"{self.base}/rules")["items"]]
        for kind, field in (("reports", "report_id"), ("imports", "import_id"), ("scenarios", "scenario_id"), ("rankings", "ranking_id")):
            items = (self.get(f"{self.base}/{kind}", limit="5") or {}).get("items", [])
            names[field] = [str(item["id"]) for item in items if "id" in item]
        for collection in COLLECTIONS:
            names[collection] = [item["id"] for item in self.get(f"{self.base}/{collection}", limit="5")["items"]]
        return names


def _filled(path: str, names: dict[str, list[str]]) -> Iterator[str]:
    """The addresses of a path, one for each choice of ids."""
    fields = re.findall(r"{(\w+)}", path)
    collection = next((name for name in COLLECTIONS if f"/{name}/" in path), "parties")
    choices = [names.get(collection if field == "record_id" else field, []) for field in fields]
    for chosen in product(*choices):
        yield path.format(**{field: quote(value, safe="") for field, value in zip(fields, chosen, strict=True)})


def main() -> None:
    """Save all answers of one service."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--workspace", default="demo")
    options = parser.parse_args()
    Saver(options.url, options.workspace, options.directory).everything()
    print(json.dumps({"answers": len(list(options.directory.iterdir()))}))


if __name__ == "__main__":
    main()
