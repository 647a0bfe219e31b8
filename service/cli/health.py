"""``doctor``: settings, versions, whether the store answers, and what is not safe about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer
from pydantic import SecretStr

from graph_models.errors import StakeholderGraphError
from service.cli.console import FAILED, AsJson, answer, opened_service, print_table, say
from service.core.logging import without_secrets
from service.core.settings import PREFIX, Settings, read_settings
from service.core.versions import VERSION, components, python_version
from service.stores.registry import unsafe_settings


def doctor(as_json: AsJson = False) -> None:
    """Show settings, versions, whether the store answers, and unsafe settings of a Neo4j. Leaves with 1 where something is wrong."""
    settings = read_settings()
    checks, unsafe = _checked(settings)
    found = {
        "status": "ok" if all(state == "ok" for state in checks.values()) else "unavailable",
        "version": VERSION,
        "python": python_version(),
        "engine": components(),
        "settings": {f"{PREFIX}{name.upper()}": _shown(name, getattr(settings, name)) for name in Settings.model_fields},
        "checks": checks,
        "unsafe": unsafe,
    }
    answer(found, as_json, lambda: _show(found))
    if found["status"] != "ok":
        raise typer.Exit(FAILED)


def _checked(settings: Settings) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Everything is looked at, also where something does not answer."""
    try:
        with opened_service() as service:
            checks = service.readiness()
    except StakeholderGraphError as error:
        return {"catalog": error.message}, []
    try:
        return checks, unsafe_settings(settings)
    except StakeholderGraphError as error:
        return checks | {"store": error.message}, []


def _shown(name: str, value: Any) -> Any:
    """A setting without what is secret in it: of an address only the password is, of a token all."""
    if isinstance(value, SecretStr):
        return without_secrets(value.get_secret_value()) if name == "store" else str(value)
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def _show(found: Mapping[str, Any]) -> None:
    say(f"stakeholder-graph {found['version']}, Python {found['python']}, " + ", ".join(f"{name} {version}" for name, version in found["engine"].items()))
    print_table("settings", ("setting", "value"), list(found["settings"].items()))
    print_table("checks", ("what", "state"), list(found["checks"].items()))
    for item in found["unsafe"]:
        say(f"not safe: {item['setting']} = {item['value'] or '(empty)'}: {item['why']}")
