"""All settings of the service in one class, read from ``STAKEHOLDER_GRAPH_*`` by whoever starts it and handed down from there."""

from __future__ import annotations

import os
import re
from functools import cached_property
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "STAKEHOLDER_GRAPH_"
MIB = 1024 * 1024
NEO4J_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
_HOST_NAME = re.compile(r"\[[0-9a-f:.]+\]|[^\s:@/?#\[\]*]+")
_TOKEN = re.compile(r"[\x21-\x7e]{16,}")


class Neo4jAddress(NamedTuple):
    """Where a Neo4j is and how to enter it; the password never shows in a text of this."""

    uri: str
    user: str
    password: SecretStr
    database: str


class BadSetting(ValueError):
    """A setting cannot be used; the message names it as it is written in the environment, and never its value."""


class Settings(BaseSettings):
    """How one service runs. Every field is ``STAKEHOLDER_GRAPH_<NAME>`` in the environment."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True)

    store: SecretStr = Field(
        SecretStr("sqlite:///data"),
        description="Where records are kept: sqlite:////absolute/directory, sqlite:///relative/directory, or neo4j://user:password@host:7687/database.",
    )
    data: Path | None = Field(
        None,
        description="Directory of the service's own files (catalog, snapshots, reports, uploads). Default: the directory of the embedded store, else ./data.",
    )
    hosts: str = Field(
        "localhost,127.0.0.1,[::1]",
        description="The names by which the service is called, with commas between; a request whose Host is another is refused. Must be set with another "
        "address than this machine's own (`serve --host`).",
    )
    token: SecretStr | None = Field(
        None,
        description="Whoever asks the service sends it (`Authorization: Bearer TOKEN`); browsers get a page that asks for it. At least 16 characters. "
        "Must be set with another address than this machine's own. Default: nobody is asked for one.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What is logged: this and everything graver.")
    log_format: Literal["text", "json"] = Field("text", description="How it is logged: text for people, json (one object a line) for machines.")
    batch_bytes: Annotated[int, Field(ge=1024)] = Field(64 * MIB, description="Largest body of a batch, before and after it is unpacked.")
    upload_bytes: Annotated[int, Field(ge=1024)] = Field(1024 * MIB, description="Largest file of an import.")
    deadline_s: Annotated[float, Field(gt=0, le=600)] = Field(30.0, description="Seconds after which a store must have answered one request.")
    query_timeout_s: Annotated[float, Field(gt=0, le=600)] = Field(60.0, description="The longest timeout_s that a Cypher query may ask for.")
    queries_at_work: Annotated[int, Field(ge=1, le=64)] = Field(4, description="Questions in Cypher that run at once, on connections of their own.")
    queries_waiting: Annotated[int, Field(ge=0)] = Field(16, description="Questions in Cypher that wait for these, within their timeout_s; more are 429.")
    query_bytes: Annotated[int, Field(ge=1024)] = Field(20 * MIB, description="Largest answer to a question in Cypher; what is larger is cut, and says so.")
    fast_path: bool = Field(True, description="Answer neighborhoods inside the server's protocol, past the framework. Off: all requests take the same way.")
    connections: Annotated[int, Field(ge=1)] = Field(500, description="Connections at once; more are closed.")
    connections_per_address: Annotated[int, Field(ge=1)] = Field(
        100, description="Connections at once of one address; more are closed. Behind a proxy: of all."
    )
    head_bytes: Annotated[int, Field(ge=1024)] = Field(32 * 1024, description="Largest head of a request; a larger one is 431.")
    head_line_bytes: Annotated[int, Field(ge=256)] = Field(16 * 1024, description="Longest line of a head: its address, or one header; a longer one is 431.")
    head_lines: Annotated[int, Field(ge=8)] = Field(100, description="Most headers of a request; more are 431.")
    head_s: Annotated[float, Field(gt=0)] = Field(10.0, description="Seconds in which the head of a request must come; else 408.")
    body_gap_s: Annotated[float, Field(gt=0)] = Field(30.0, description="Longest wait for the next bytes of a body; else 408.")
    body_s: Annotated[float, Field(gt=0)] = Field(600.0, description="Seconds in which a whole body must come; else 408.")
    idle_s: Annotated[int, Field(ge=1)] = Field(75, description="Seconds that a connection is kept open between two requests.")
    write_stall_s: Annotated[float, Field(gt=0)] = Field(60.0, description="Seconds that a client may take nothing of its answer; then it is closed.")
    jobs_per_workspace: Annotated[int, Field(ge=1)] = Field(30, description="Jobs of one workspace, queued and running; more are 429.")
    jobs_in_all: Annotated[int, Field(ge=1)] = Field(200, description="Jobs of all workspaces, queued and running; more are 429.")
    analysis_deadline_s: Annotated[float, Field(gt=0)] = Field(1800.0, description="Longest time of an analysis, ranking or scenario; then it has failed.")
    import_deadline_s: Annotated[float, Field(gt=0)] = Field(3600.0, description="Longest time of an import or a rollback; then it has failed.")
    report_deadline_s: Annotated[float, Field(gt=0)] = Field(600.0, description="Longest time of a report; then it has failed.")
    worker: bool = Field(True, description="Run the worker process beside the API. Without it jobs stay queued until another service takes them.")
    keep_jobs_days: Annotated[int, Field(ge=1)] = Field(30, description="Finished jobs are forgotten after so many days.")
    ecosystem_cache_mb: Annotated[int, Field(ge=0)] = Field(
        8192,
        description="What the files of loaded ecosystems may take on the disk, in all workspaces; the longest unused go, the newest stays. 0: none are kept.",
    )
    analysis_memory_mb: Annotated[int, Field(ge=64)] | None = Field(
        None,
        description="What one analysis may need, by an estimate; a request that would need more is refused. Default: three quarters of the machine's memory.",
    )

    @field_validator("store")
    @classmethod
    def _store_is_an_address(cls, value: SecretStr) -> SecretStr:
        address = _split(value.get_secret_value())
        if address.scheme == "sqlite":
            if address.netloc or len(address.path) < 2:
                raise ValueError("an embedded store is sqlite:////absolute/directory or sqlite:///relative/directory")
        elif address.scheme in NEO4J_SCHEMES:
            if not address.hostname or not address.username or address.password is None:
                raise ValueError("a Neo4j store is neo4j://user:password@host:7687/database, special characters percent-encoded")
        else:
            raise ValueError("a store begins with sqlite: or neo4j:")
        return value

    @field_validator("hosts")
    @classmethod
    def _hosts_are_names(cls, value: str) -> str:
        names = _listed(value)
        if not names or not all(_HOST_NAME.fullmatch(name) for name in names):
            raise ValueError("names of hosts without scheme and port, with commas between: graph.example.org,10.0.0.7,[::1]")
        return value

    @field_validator("token")
    @classmethod
    def _token_is_hard_to_guess(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("at least 16 letters, digits and signs of ASCII, without blanks")
        return value

    @cached_property
    def allowed_hosts(self) -> frozenset[str]:
        """The names by which the service may be called, in small letters."""
        return frozenset(_listed(self.hosts))

    @property
    def store_kind(self) -> str:
        """The name of the store in ``STORES``."""
        return "sqlite" if _split(self.store.get_secret_value()).scheme == "sqlite" else "neo4j"

    @cached_property
    def store_directory(self) -> Path | None:
        """Where the embedded store has its files, one a workspace; ``None`` where the store is a server."""
        address = _split(self.store.get_secret_value())
        return None if address.netloc else Path(unquote(address.path[1:])).absolute()

    @cached_property
    def neo4j(self) -> Neo4jAddress:
        """The Neo4j of the store's address."""
        address = _split(self.store.get_secret_value())
        where = f"{address.scheme}://{address.netloc.rpartition('@')[2]}"
        return Neo4jAddress(where, unquote(address.username or ""), SecretStr(unquote(address.password or "")), unquote(address.path.strip("/")) or "neo4j")

    @cached_property
    def data_directory(self) -> Path:
        """Where the service has its own files."""
        if self.data is not None:
            return self.data.absolute()
        return self.store_directory or Path("data").absolute()

    def job_deadline_s(self, kind: str) -> float:
        """How long a job of a kind may take."""
        by_kind = {"import": self.import_deadline_s, "rollback": self.import_deadline_s, "report": self.report_deadline_s}
        return by_kind.get(kind, self.analysis_deadline_s)

    @property
    def analysis_bytes(self) -> int:
        """What one analysis may need."""
        if self.analysis_memory_mb is not None:
            return self.analysis_memory_mb * MIB
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 3 // 4


def needed_beyond_this_machine(settings: Settings) -> list[str]:
    """The settings without which a service that others reach does not start, by their names in the environment."""
    return [PREFIX + name.upper() for name in ("hosts", "token") if name not in settings.model_fields_set]


def is_of_this_machine(host: str) -> bool:
    """Does only this machine reach a server on this address?"""
    if host == "localhost":
        return True
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _listed(text: str) -> list[str]:
    return [name.strip().lower().rstrip(".") for name in text.split(",") if name.strip()]


def _split(text: str) -> SplitResult:
    try:
        address = urlsplit(text)
        _ = address.port, address.hostname
    except ValueError:
        raise ValueError("this is no address") from None
    return address


def read_settings(**given: Any) -> Settings:
    """The settings of this process; ``BadSetting`` names the first that cannot be used."""
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        raise BadSetting(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None
