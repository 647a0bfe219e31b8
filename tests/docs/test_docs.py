"""The documentation is under test: what the product has is in docs, and what comes from the code is what the code says."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from graph_models.analysis.registry import METRICS
from graph_models.records.vocabulary import BUILT_IN, GROUPS
from service.app import create_app
from service.cli.main import COMMANDS
from service.core.settings import PREFIX, Settings, read_settings
from service.reports.registry import KINDS, SECTIONS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = runpy.run_path(str(DOCS / "make_pages.py"))["PAGES"]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_comes_from_the_code_is_what_the_code_says(name: str) -> None:
    assert page(name) == PAGES[name](), "run: python docs/make_pages.py"


def test_the_pictures_of_the_rooms_are_what_the_imports_say() -> None:
    made = runpy.run_path(str(DOCS / "make_architecture.py"))["page"]
    assert page("architecture.md") == made(page("architecture.md")), "run: python docs/make_architecture.py"


def test_every_setting_is_documented() -> None:
    assert [name for name in Settings.model_fields if f"`{PREFIX}{name.upper()}`" not in page("settings.md")] == []


def test_every_metric_is_documented() -> None:
    assert [metric.name for metric in METRICS if f"### `{metric.name}`" not in page("metrics.md")] == []


def test_every_kind_of_the_vocabulary_is_documented() -> None:
    text = page("vocabulary.md")
    assert [entry.id for group in GROUPS for entry in getattr(BUILT_IN.terms, group) if f"`{entry.id}`" not in text] == []


def test_every_command_is_documented() -> None:
    assert re.findall(r"^## `([a-z0-9-]+)`$", page("cli.md"), re.MULTILINE) == list(COMMANDS)


def test_every_report_and_section_is_documented() -> None:
    assert re.findall(r"^\| `([a-z_]+)` \|", page("report.md"), re.MULTILINE) == list(SECTIONS)
    assert all(kind in page("report.md") for kind in KINDS)


def test_every_endpoint_is_documented(tmp_path: Path) -> None:
    app = create_app(read_settings(store=f"sqlite:///{tmp_path}", worker=False))
    resources = set()
    for route in app.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            named = [part for part in route.path.split("/") if part and not part.startswith("{") and part not in ("v1", "workspaces")]
            resources.update(named[-1:])
    text = page("api.md")
    assert sorted(name for name in resources if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)) == []


def test_every_page_is_in_the_index() -> None:
    index = page("index.md")
    assert [path.name for path in sorted(DOCS.glob("*.md")) if path.name != "index.md" and f"({path.name})" not in index] == []


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    broken = [
        (str(source.relative_to(ROOT)), target)
        for source in pages
        for target in LINK.findall(source.read_text("utf-8"))
        if "://" not in target and not (source.parent / target).exists()
    ]
    assert broken == []


def test_the_changelog_keeps_a_changelog() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)[0] == "Unreleased"
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_example_in_python_gives_what_it_says() -> None:
    code = re.search(r"```python\n(.*?)```", page("getting_started.md"), re.DOTALL)
    assert code is not None
    scope: dict[str, object] = {}
    exec(code[1].replace('result.values["acme"]', 'found = result.values["acme"]'), scope)
    assert scope["found"] == 1.0
