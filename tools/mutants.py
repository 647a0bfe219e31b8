"""Mutants of a module: copies with one small mistake each, as a programmer might make it (Jia, Harman 2011, doi:10.1109/TSE.2010.62).

A mutant is named by the place it changes and by what it makes of it, not by a line number, so that its name outlives other changes.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitAnd,
}  # fmt: skip
OPPOSITES = {"min": "max", "minimum": "maximum", "fmin": "fmax", "nanmin": "nanmax", "any": "all", "floor": "ceil", "left": "right"}
OPPOSITE = OPPOSITES | {value: key for key, value in OPPOSITES.items()}


class Mutant(NamedTuple):
    """One mistake: in ``scope`` (function or class), ``before`` became ``after``; ``number`` tells equal changes of a scope apart."""

    module: str
    scope: str
    before: str
    after: str
    number: int
    line: int
    tree: Callable[[], ast.Module]
    """Makes the changed module, when it is run."""

    @property
    def name(self) -> str:
        return f"{self.module}::{self.scope}::{self.before} -> {self.after}::{self.number}"


def mutants(module: str, source: str) -> list[Mutant]:
    """All mutants of a module, in the order of its text."""
    original = ast.parse(source)
    equal: Counter[tuple[str, str, str]] = Counter()
    found = []
    for path, scope, node in _places(original):
        for change in _changes(node):
            changed = change(copy.deepcopy(node))
            if changed is None:
                continue
            before, after = _text(node), _text(changed)
            equal[scope, before, after] += 1
            tree = partial(_changed, source, path, changed)
            found.append(Mutant(module, scope, before, after, equal[scope, before, after], getattr(node, "lineno", 0), tree))
    return found


def _changed(source: str, path: Path, node: ast.AST) -> ast.Module:
    tree = ast.parse(source)
    _put(tree, path, node)
    return ast.fix_missing_locations(tree)


Path = tuple[tuple[str, int | None], ...]


def _places(tree: ast.Module) -> Iterator[tuple[Path, str, ast.AST]]:
    """Every place that runs, with the way to it and the name of the function or class around it; no docstring, annotation or decorator."""

    def inside(node: ast.AST, path: Path, scope: str) -> Iterator[tuple[Path, str, ast.AST]]:
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "decorator_list", "type_params", "type_comment"):
                continue
            for number, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if not isinstance(child, ast.AST) or _is_text(child) or _is_list_of_names(child):
                    continue
                there = (*path, (field, number))
                named = f"{scope}.{child.name}".lstrip(".") if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) else scope
                yield there, named, child
                yield from inside(child, there, named)

    return inside(tree, (), "")


def _is_text(node: ast.AST) -> bool:
    """A docstring, or what a message is made of."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str))


def _is_list_of_names(node: ast.AST) -> bool:
    """``__all__``, which linters check."""
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__"


def _at(tree: ast.AST, path: Path) -> ast.AST:
    node: Any = tree
    for field, number in path:
        node = getattr(node, field)
        node = node if number is None else node[number]
    return node  # type: ignore[no-any-return]


def _put(tree: ast.AST, path: Path, node: ast.AST) -> None:
    field, number = path[-1]
    holder: Any = _at(tree, path[:-1])
    if number is None:
        setattr(holder, field, node)
    else:
        getattr(holder, field)[number] = node


def _text(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 160 else f"{text[:157]}..."


Change = Callable[[Any], ast.AST | None]


def _changes(node: ast.AST) -> list[Change]:
    """The mistakes that can be made at a place."""
    changes: list[Change] = []
    match node:
        case ast.Compare():
            changes += [lambda n, at=at: _compared(n, at) for at in range(len(node.ops))]
        case ast.BoolOp():
            changes += [_other_word]
        case ast.BinOp() | ast.AugAssign() if type(node.op) in CALCULATED:
            changes += [_other_operator]
        case ast.UnaryOp():
            changes += [lambda n: n.operand]
        case ast.Constant():
            changes += [_other_constant]
        case ast.If() | ast.While() | ast.IfExp():
            changes += [_negated]
        case ast.comprehension():
            changes += [lambda n, at=at: _other_filter(n, at) for at in range(len(node.ifs))]
        case ast.Return() if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            changes += [lambda _: ast.Return(ast.Constant(None))]
        case ast.Name() | ast.Attribute():
            changes += [_opposite]
        case ast.Break() | ast.Continue():
            changes += [lambda n: ast.Continue() if isinstance(n, ast.Break) else ast.Break()]
    if isinstance(node, ast.AugAssign) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)) or _sets_an_item(node):
        changes.append(lambda _: ast.Pass())
    return changes


def _sets_an_item(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], (ast.Subscript, ast.Attribute))


def _compared(node: ast.Compare, at: int) -> ast.Compare:
    node.ops[at] = COMPARED[type(node.ops[at])]()
    return node


def _other_word(node: ast.BoolOp) -> ast.BoolOp:
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    return node


def _other_operator(node: ast.BinOp | ast.AugAssign) -> ast.AST:
    node.op = CALCULATED[type(node.op)]()
    return node


def _other_constant(node: ast.Constant) -> ast.Constant | None:
    """Another truth, the next number, another word; a sentence is a message, which no test need quote."""
    match node.value:
        case bool():
            return ast.Constant(not node.value)
        case int() | float():
            return ast.Constant(node.value + 1)
        case str() if node.value and " " not in node.value:
            return ast.Constant(f"{node.value}x")
    return None


def _negated(node: ast.If | ast.While | ast.IfExp) -> ast.AST:
    node.test = ast.UnaryOp(ast.Not(), node.test)
    return node


def _other_filter(node: ast.comprehension, at: int) -> ast.comprehension:
    node.ifs[at] = ast.UnaryOp(ast.Not(), node.ifs[at])
    return node


def _opposite(node: ast.Name | ast.Attribute) -> ast.AST | None:
    if isinstance(node, ast.Name):
        return ast.Name(OPPOSITE[node.id], node.ctx) if node.id in OPPOSITE and isinstance(node.ctx, ast.Load) else None
    if node.attr not in OPPOSITE or not isinstance(node.ctx, ast.Load):
        return None
    node.attr = OPPOSITE[node.attr]
    return node
