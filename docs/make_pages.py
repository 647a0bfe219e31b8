"""Writes ``docs/metrics.md`` and ``docs/settings.md`` from the code: ``python docs/make_pages.py``. A test keeps them equal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph_models.analysis.registry import METRICS
from graph_models.views.network import STATISTICS
from service.core.settings import PREFIX, Settings

DOCS = Path(__file__).parent
METRICS_HEAD = """\
# Metrics

Made from the registry by `python docs/make_pages.py`; do not edit it. `GET W/metrics` answers the same list, and
`compute(ecosystem, name, **parameters)` gives a metric in Python. What is undefined is null with a reason, never 0.
The graphs that metrics run on: [graphs.md](graphs.md).
"""
NETWORK_HEAD = """\
## The network as a whole

What `.../network` of an analysis answers: one number a statistic, on the graph `tie` without weights where nothing else is said. An analysis of the default
set computes them with everything else and keeps them; of any other they are computed when they are asked for. Above 2,000 parties distances are sampled, and
`parameters` say so.
"""
SETTINGS_HEAD = """\
# Settings

Made from the class of the settings by `python docs/make_pages.py`; do not edit it. Every setting is an environment variable. One that
cannot be used stops the start and is named. `stakeholder-graph doctor` shows what is in force.

| variable | default | what it does |
|---|---|---|
"""


def metrics_page() -> str:
    """One section a family, one entry a metric, in the order of ``METRICS``."""
    lines = [METRICS_HEAD]
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
    lines += [NETWORK_HEAD]
    for statistic in STATISTICS:
        lines += [f"### `{statistic.name}`", "", f"**{statistic.question}**", "", f"- Formula: {statistic.formula}"]
        lines += [f"- Undefined: {statistic.undefined_when}", f"- Reference: {statistic.reference}", ""]
    return "\n".join(lines).rstrip() + "\n"


def _parameter(parameter: Any) -> str:
    default = "" if parameter.default is None else f" = {parameter.default}"
    allowed = parameter.range
    if not allowed:
        return f"`{parameter.name}`{default}"
    return f"`{parameter.name}`{default} ({allowed if isinstance(allowed, str) else ' | '.join(str(value) for value in allowed)})"


def settings_page() -> str:
    """One row a setting."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.default.get_secret_value() if hasattr(field.default, "get_secret_value") else field.default
        shown = "" if default is None else f"`{str(default).lower() if isinstance(default, bool) else default}`"
        rows.append(f"| `{PREFIX}{name.upper()}` | {shown} | {field.description} |\n")
    return SETTINGS_HEAD + "".join(rows)


PAGES: dict[str, Callable[[], str]] = {"metrics.md": metrics_page, "settings.md": settings_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), "utf-8")
