"""Writes the pictures of ``docs/architecture.md`` from the imports: ``python docs/make_architecture.py``. A test keeps them equal."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[1]
PAGE = Path(__file__).with_name("architecture.md")
PICTURE = re.compile(r"(<!-- picture (\w+) -->\n```text\n).*?(```\n)", re.DOTALL)


def layers_of(package: str) -> list[list[str]]:
    """The rooms of a package from the highest to the lowest, as the import contracts name them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract.get("containers") == [package])
    return [[room.strip() for room in layer.split("|")] for layer in layers]


def picture(package: str) -> str:
    """One line a room: its name, how many modules it has, and the rooms that it imports."""
    graph = grimp.build_graph(package)
    uses, sizes = defaultdict(set), defaultdict(int)
    for module in graph.modules:
        if "." not in module or not _is_file(module):
            continue
        room = module.split(".")[1]
        sizes[room] += 1
        uses[room] |= {other.split(".")[1] for other in graph.find_modules_directly_imported_by(module) if "." in other} - {room}
    order = [room for layer in layers_of(package) for room in layer]
    width = max(map(len, order))
    lines = []
    for layer in layers_of(package):
        for room in layer:
            below = ", ".join(other for other in order if other in uses[room])
            lines.append(f"{room:<{width}} {sizes[room]:>3}  {'-> ' + below if below else ''}".rstrip())
    return "\n".join(lines) + "\n"


def _is_file(module: str) -> bool:
    return (ROOT / f"{module.replace('.', '/')}.py").is_file()


def page(text: str) -> str:
    """The page with its pictures as the imports are now."""
    return PICTURE.sub(lambda match: match[1] + picture(match[2]) + match[3], text)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
