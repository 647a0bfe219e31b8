"""What is not safe about the settings of a Neo4j server, for ``doctor``: its defaults let a query run for ever and read files."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from service.core.settings import Neo4jAddress
from service.stores.neo4j.session import Neo4jSessions, run_all
from service.stores.neo4j.statements import statement

_SETTINGS = statement("store/safety_settings")
_TIMEOUT_S = 10.0


class Unsafe(NamedTuple):
    """A setting of the server, its value, and what follows from it."""

    setting: str
    value: str
    why: str


RULES: dict[str, tuple[Callable[[str], bool], str]] = {
    "db.transaction.timeout": (lambda value: value.strip() in ("0", "0s", ""), "a query may run for ever; set 60s"),
    "dbms.security.allow_csv_import_from_file_urls": (lambda value: value == "true", "LOAD CSV may read files of the server; set false"),
    "dbms.security.auth_enabled": (lambda value: value == "false", "anybody may connect; set true"),
    "dbms.security.procedures.allowlist": (
        lambda value: "*" in [name.strip() for name in value.split(",")],
        "every procedure may be called; list those that are needed",
    ),
    "dbms.security.procedures.unrestricted": (lambda value: value.strip() != "", "procedures run without access control; leave it empty"),
}
"""setting -> when it is not safe, and what follows."""


def unsafe_settings(address: Neo4jAddress) -> list[Unsafe]:
    """The settings that let a query do more than it should; ``StoreUnavailable`` where the server does not answer."""
    sessions = Neo4jSessions(address.uri, address.user, address.password.get_secret_value(), address.database, _TIMEOUT_S)
    try:
        found = sessions.read(lambda transaction: run_all(transaction, _SETTINGS), _TIMEOUT_S)
    finally:
        sessions.close()
    settings = {row["name"]: row["value"] or "" for row in found}
    return [Unsafe(name, value, RULES[name][1]) for name, value in settings.items() if RULES[name][0](value)]
