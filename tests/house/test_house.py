"""The house keeps its rules: small modules, small functions, arrows downward, no Cypher in Python, no store asked for its name."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import grimp
import networkx
import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("graph_models", "service")
MAX_MODULE_LINES = 400
MAX_MODULES = 15
LATE_IMPORTS = {"graph_models/kernels/compiled.py", "graph_models/networkx_backend/dispatch.py"}
MAX_FUNCTION_LINES = 50
MAX_KERNEL_LINES = 120
NO_SUBJECT = re.compile(r"utils?|helpers?|common|misc")
CYPHER = re.compile(r"\b(MATCH|MERGE|UNWIND|DETACH DELETE|OPTIONAL MATCH)\b\s*[\(\[$a-z]")


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def place(path: Path, line: int | None = None) -> str:
    return str(path.relative_to(ROOT)) + (f":{line}" if line else "")


def code_lines(source: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function that hold code: no docstring, comment or blank line."""
    lines = source.splitlines()[node.lineno - 1 : node.end_lineno]
    tokens = tokenize.generate_tokens(io.StringIO("\n".join(line[node.col_offset :] for line in lines) + "\n").readline)
    ignored = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    held = {line for token in tokens if token.type not in ignored for line in range(token.start[0], token.end[0] + 1)}
    if ast.get_docstring(node, clean=False) is not None:
        text = node.body[0]
        held -= set(range(text.lineno - node.lineno + 1, (text.end_lineno or text.lineno) - node.lineno + 2))
    return len(held)


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    long = {place(path): count for path in modules() if (count := len(path.read_text("utf-8").splitlines())) > MAX_MODULE_LINES}
    assert not long


def test_no_function_is_longer_than_its_limit() -> None:
    long = []
    for path in modules():
        source = path.read_text("utf-8")
        limit = MAX_KERNEL_LINES if "kernels" in path.parts else MAX_FUNCTION_LINES
        long += [
            f"{place(path, node.lineno)} {node.name}: {code_lines(source, node)}"
            for node in ast.walk(ast.parse(source))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and code_lines(source, node) > limit
        ]
    assert not long


def test_every_module_says_what_it_is_about() -> None:
    assert not [place(path) for path in modules() if path.read_text("utf-8").strip() and ast.get_docstring(tree(path)) is None]


def test_no_module_is_named_for_having_no_subject() -> None:
    assert not [place(path) for path in modules() if NO_SUBJECT.fullmatch(path.stem)]


def test_no_cypher_in_python_strings() -> None:
    found = [
        place(path, node.lineno)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CYPHER.search(node.value)
    ]
    assert not found


def test_nobody_above_the_stores_asks_which_store_it_is() -> None:
    asks = re.compile(r"""isinstance\([^)]*(Neo4jStore|EmbeddedStore)|(store|backend)\.?\w*\s*==\s*["'](neo4j|sqlite|embedded)""")
    found = [
        place(path, number)
        for path in modules()
        if "stores" not in path.parts
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if asks.search(line)
    ]
    assert not found


def test_the_environment_is_read_in_the_settings_only() -> None:
    """Setting a default for a library before its import (``os.environ.setdefault``) reads nothing."""
    found = []
    for path in (path for path in modules() if path.name != "settings.py"):
        nodes = list(ast.walk(tree(path)))
        defaults = {id(node.value) for node in nodes if isinstance(node, ast.Attribute) and node.attr == "setdefault"}
        found += [
            place(path, node.lineno) for node in nodes if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv") and id(node) not in defaults
        ]
    assert not found


def test_no_pydantic_web_or_database_in_the_models() -> None:
    barred = {"pydantic", "fastapi", "starlette", "apsw", "sqlite3", "neo4j", "httpx", "service"}
    found = []
    for path in (ROOT / "graph_models").rglob("*.py"):
        for node in ast.walk(tree(path)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [place(path, node.lineno) for name in names if name.split(".")[0] in barred]
    assert not found


def test_no_kind_is_compared_by_name_outside_the_vocabulary() -> None:
    """``kind == "person"`` in code would make the vocabulary more than data."""
    from graph_models.records.vocabulary import BUILT_IN

    ids = {entry for group in (BUILT_IN.party_kinds, BUILT_IN.roles, BUILT_IN.relationship_kinds, BUILT_IN.value_kinds) for entry in group}
    found = []
    for path in (path for path in modules() if path.name != "vocabulary.py"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Compare) and isinstance(node.left, (ast.Name, ast.Attribute)):
                name = node.left.id if isinstance(node.left, ast.Name) else node.left.attr
                values = {item.value for item in ast.walk(node) if isinstance(item, ast.Constant) and isinstance(item.value, str)}
                if name in ("kind", "role") and values & ids:
                    found.append(place(path, node.lineno))
    assert not found


def test_the_import_contracts_hold() -> None:
    done = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_no_path_of_a_machine_and_no_registry_host_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split("\0")
    hosts = ("py" + "pi", "python" + "hosted", "registry.npm" + "js", "repo1.ma" + "ven", "repo.ma" + "ven.apache")
    barred = re.compile("|".join(["/wo" + "rk/", "/ro" + "ot/", *(re.escape(host) + r"\.org" for host in hosts)]))
    found = []
    for name in filter(None, listed):
        path = ROOT / name
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "ignore")
            found += [f"{name}:{text[: match.start()].count(chr(10)) + 1}" for match in barred.finditer(text)]
    assert not found


def test_no_folder_holds_more_than_fifteen_modules() -> None:
    rooms = Counter(path.parent for path in modules() if path.name != "__init__.py")
    assert {place(room): count for room, count in rooms.items() if count > MAX_MODULES} == {}


@pytest.fixture(scope="module")
def imports() -> networkx.DiGraph:
    """Which module imports which, those inside functions and for types included."""
    found = networkx.DiGraph()
    for package in PACKAGES:
        graph = grimp.build_graph(package)
        found.add_edges_from((module, other) for module in graph.modules for other in graph.find_modules_directly_imported_by(module))
    return found


def test_no_modules_import_each_other_in_a_circle(imports: networkx.DiGraph) -> None:
    assert [sorted(circle) for circle in networkx.strongly_connected_components(imports) if len(circle) > 1] == []


def test_no_folders_import_each_other_in_a_circle(imports: networkx.DiGraph) -> None:
    """A folder and one inside it are one subject."""
    rooms = networkx.DiGraph()
    for module, other in imports.edges:
        room, other_room = (name.rpartition(".")[0] for name in (module, other))
        if not f"{room}.".startswith(f"{other_room}.") and not f"{other_room}.".startswith(f"{room}."):
            rooms.add_edge(room, other_room)
    assert [sorted(circle) for circle in networkx.strongly_connected_components(rooms) if len(circle) > 1] == []


def test_the_models_import_at_the_top_of_a_module() -> None:
    """Others wait for what is large (numba), or come through networkx while it is itself being imported."""
    found = {
        place(path, node.lineno)
        for path in sorted((ROOT / "graph_models").rglob("*.py"))
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom) and place(path) not in LATE_IMPORTS
    }
    assert found == set()
