"""Writes the pages of ``docs/`` that come from the code itself: the metrics and the settings. A test compares them with what is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph_models.metrics import METRICS
from graph_models.vocabulary import BUILT_IN, GROUPS
from service.settings import PREFIX, Settings

DOCS = Path(__file__).parents[1] / "docs"
GENERATED = "<!-- Written by tools/write_docs.py from the code; change it there. -->"


def metrics_page() -> str:
    """One section a family, one entry a metric, in the order of ``METRICS``."""
    lines = [
        "# Metrics",
        "",
        GENERATED,
        "",
        "Every metric answers one question. What is undefined is null with a reason, never 0. `GET W/metrics` answers the same list;",
        "`compute(ecosystem, name, **parameters)` gives a metric in Python. The graphs that they run on: [graphs.md](graphs.md).",
        "",
    ]
    families: dict[str, list[Any]] = {}
    for metric in METRICS:
        families.setdefault(metric.family, []).append(metric)
    for family, metrics in families.items():
        lines += [f"## {family.replace('_', ' ').capitalize()}", ""]
        for metric in metrics:
            lines += [f"### `{metric.name}`", "", f"**{metric.question}**", "", f"- Formula: {metric.formula}", f"- Undefined: {metric.undefined_when}"]
            if metric.parameters:
                lines.append("- Parameters: " + "; ".join(_parameter(parameter) for parameter in metric.parameters))
            lines += [f"- Reference: {metric.reference}", f"- Cost: {metric.cost}", ""]
    return "\n".join(lines).rstrip() + "\n"


def _parameter(parameter: Any) -> str:
    default = "" if parameter.default is None else f" = {parameter.default}"
    allowed = f" ({_range(parameter.range)})" if parameter.range else ""
    return f"`{parameter.name}`{default}{allowed}"


def _range(allowed: Any) -> str:
    return allowed if isinstance(allowed, str) else " | ".join(str(value) for value in allowed)


def settings_page() -> str:
    """One row a setting."""
    lines = [
        "# Settings",
        "",
        GENERATED,
        "",
        "Every setting is an environment variable. A setting that cannot be used stops the start with its name. `stakeholder-graph doctor` shows what is in force.",
        "",
        "| variable | default | what it does |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = field.default.get_secret_value() if hasattr(field.default, "get_secret_value") else field.default
        shown = "" if default is None else f"`{str(default).lower() if isinstance(default, bool) else default}`"
        lines.append(f"| `{PREFIX}{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(lines) + "\n"


def vocabulary_page() -> str:
    """Every kind with its labels, group by group."""
    lines = [
        "# Vocabulary",
        "",
        GENERATED,
        "",
        "Every kind is an entry of `graph_models/vocabulary.toml`. A workspace adds its own with `POST W/vocabulary`, in the same shape: no code is touched, and the new kind works in",
        "import, scores, reports and as a label or type in Neo4j.",
        "",
    ]
    for group in GROUPS:
        entries = getattr(BUILT_IN.terms, group)
        lines += [f"## `{group}`", ""]
        if not entries:
            lines += ["None of the product's own: a workspace adds them.", ""]
            continue
        lines += ["| id | English | 中文 |", "|---|---|---|", *(f"| `{entry.id}` | {entry.label.en} | {entry.label.zh} |" for entry in entries), ""]
    return "\n".join(lines).rstrip() + "\n"


PAGES: dict[str, Callable[[], str]] = {"metrics.md": metrics_page, "settings.md": settings_page, "vocabulary.md": vocabulary_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), "utf-8")
