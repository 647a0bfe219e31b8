"""The rules of a workspace: the product's, with the sections that it changed, each kept in versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from graph_models.ecosystem.rules import SHIPPED, Rules
from graph_models.errors import InvalidInput
from service.catalog.catalog import Versioned, VersionedFamily
from service.workspaces.context import Service

FAMILY: VersionedFamily = "rules"


def rules_of(service: Service, workspace_id: str, versions: Mapping[str, int] | None = None) -> Rules:
    """The rules as they are now; ``versions``: some sections as they were (for what was made by them)."""
    newest: dict[str, int | None] = dict.fromkeys(service.catalog.names(workspace_id, FAMILY))
    rules = SHIPPED
    for section, version in (newest | dict(versions or {})).items():
        if version != 0:
            kept = service.catalog.version(workspace_id, FAMILY, section, version)
            rules = rules.changed(section, msgspec.json.decode(kept.body), kept.version)
    return rules


def shown(rules: Rules, section: str) -> dict[str, Any]:
    """A section as it is answered; version 0 is the product's."""
    return {"section": section, "version": rules.versions.get(section, 0), "values": msgspec.to_builtins(rules.section(section))}


def save(service: Service, workspace_id: str, section: str, values: Any) -> dict[str, Any]:
    """Keep the values of a section that differ from the product's; a new version where they changed.

    ``NotFound`` where there is no such section; ``InvalidInput`` names each value that is unknown or out of range.
    """
    SHIPPED.section(section)
    if not isinstance(values, Mapping):
        raise InvalidInput.of("wrong-type", "the rules of a section are an object of names and values", None)
    SHIPPED.changed(section, values, 1)
    kept: Versioned = service.catalog.put_version(workspace_id, FAMILY, section, msgspec.json.encode(values, order="sorted"))
    return shown(SHIPPED.changed(section, msgspec.json.decode(kept.body), kept.version), section)
