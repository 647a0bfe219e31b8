"""What docs/operations.md says of backups holds, and the glossary names what the code and the screens name."""

from __future__ import annotations

import re
import shutil
from contextlib import closing
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest

from service.core.settings import read_settings
from service.facts.batches import take_batch
from service.http.request_metrics import RequestMetrics
from service.processes.service_gauges import ServiceGauges
from service.stores.interface.store import At, Writing
from service.workspaces.context import Service

DOCS = Path(__file__).parents[2] / "docs"
PARTY = b'{"type":"party","id":"p","name":"P","kind":"organization"}'


def test_a_copied_data_directory_is_a_backup_with_workspaces_records_and_revisions(tmp_path: Path) -> None:
    original, copy = tmp_path / "data", tmp_path / "restored"
    with closing(Service(read_settings(store=f"sqlite:///{original}"))) as service:
        service.create_workspace({"id": "w", "name": "Wholesale"})
        take_batch(service, "w", PARTY, "abort", Writing())
    shutil.copytree(original, copy)
    with closing(Service(read_settings(store=f"sqlite:///{copy}"))) as service:
        assert service.workspace("w").name == "Wholesale"
        assert [row.id for row in service.store("w").find("party", {}, At(), None, 10).rows] == ["p"]
        assert service.store("w").head() == 1


def test_the_metrics_that_the_page_promises_are_served(tmp_path: Path) -> None:
    registry = CollectorRegistry()
    with closing(Service(read_settings(store=f"sqlite:///{tmp_path}"))) as service:
        service.create_workspace({"id": "w", "name": "W"})
        registry.register(ServiceGauges(service))
        RequestMetrics(registry).count("GET", 200, 0.1)
        text = generate_latest(registry).decode()
    promised = ("requests_total", "request_seconds_bucket", "jobs", "store_bytes", "ecosystem_files", "ecosystem_bytes", "workspaces")
    assert [name for name in promised if not re.search(rf"(?m)^stakeholder_graph_{name}[{{ ]", text)] == []


def test_every_term_of_the_glossary_has_a_chinese_name_and_one_meaning() -> None:
    rows = re.findall(r"(?m)^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", (DOCS / "glossary.md").read_text("utf-8"))
    terms = [row for row in rows if row[0] not in ("term",) and not row[0].startswith("-")]
    names = [name for term, _, _ in terms for name in re.split(r", ", term)]
    assert len(names) == len(set(names)) >= 60
    assert [term for term, chinese, _ in terms if not re.search(r"[\u4e00-\u9fff]", chinese)] == []
    assert [term for term, _, meaning in terms if not meaning.endswith(".")] == []
