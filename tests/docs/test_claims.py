"""What README and docs claim about the repository is compared with the repository: paths, commands, counts, code."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from service.cli.main import make_app

ROOT = Path(__file__).parents[2]
LISTED = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
TRACKED = [name for name in LISTED if name]
PAGES = sorted(name for name in TRACKED if name.endswith(".md") and name != "CHANGELOG.md")
FOLDERS = {part.split("/")[0] for part in TRACKED if "/" in part}
WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The code blocks of a page in one language."""
    return [re.sub(r"(?m)^ {0,3}", "", code) for code in re.findall(rf"```{language}\n(.*?)```", text_of(page), re.DOTALL)]


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_names_is_in_the_repository(page: str) -> None:
    known = {"/".join(name.split("/")[: depth + 1]) for name in TRACKED for depth in range(name.count("/") + 1)}
    named = {name.rstrip("/") for name in re.findall(r"`([A-Za-z0-9_.-]+/[A-Za-z0-9_./-]*)`", text_of(page)) if name.split("/")[0] in FOLDERS}
    named = {name for name in named if "__pycache__" not in name}
    absent = {name for name in named if name not in known and not any(other.startswith((f"{name}.", f"{name}_")) for other in known)}
    assert absent == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_that_a_page_names_is_in_the_makefile(page: str) -> None:
    targets = set(re.findall(r"(?m)^([a-z0-9-]+):", text_of("Makefile")))
    assert (
        set(re.findall(r"(?:`|^|\s)make ([a-z0-9-]+)(?=[`\s]|$)", "\n".join([*re.findall(r"`make [^`\n]+`", text_of(page)), *blocks(page, "sh")]))) <= targets
    )


@pytest.mark.parametrize("page", PAGES)
def test_every_command_and_option_that_a_page_names_is_there(page: str) -> None:
    root = get_command(make_app())
    commands = getattr(root, "commands")  # noqa: B009  # typer's own class of groups has no type for it
    for line in re.sub(r"\\\n\s*", " ", "\n".join(blocks(page, "sh"))).splitlines():
        match = re.search(r"stakeholder-graph ([a-z0-9-]+)(.*)", line)
        if match is None:
            continue
        command = commands[match[1]]
        words = match[2].split("#")[0].split()
        if getattr(command, "commands", None):
            command = command.commands[words[0]]
        options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}
        assert {word.split("=")[0] for word in words if re.match(r"--?[a-z]", word)} <= options, line


def test_every_mapping_of_the_examples_is_explained_and_counted() -> None:
    mappings = [name for name in TRACKED if name.startswith("examples/mappings/")]
    assert [name for name in mappings if Path(name).name not in text_of("docs/importing.md")] == []
    assert f"`examples/mappings/` has {WORDS[len(mappings)]} for public data sets" in re.sub(r"\s+", " ", text_of("docs/getting_started.md"))


def test_every_page_of_the_docs_can_be_reached_from_the_first() -> None:
    pages = {name.removeprefix("docs/") for name in TRACKED if re.fullmatch(r"docs/\w+\.md", name)} - {"index.md"}
    assert pages - set(re.findall(r"\]\((\w+\.md)\)", text_of("docs/index.md"))) == set()


@pytest.mark.parametrize("page", [page for page in PAGES if "```python\n" in text_of(page)])
def test_the_python_of_a_page_runs(page: str) -> None:
    scope: dict[str, object] = {}
    for code in blocks(page, "python"):
        exec(compile(code, page, "exec"), scope)
