"""The whole API under fuzz: whatever the OpenAPI document allows, and what it does not, gets an answer that the document declares and never a 5xx.

The document is read strictly: each status and each key must be named in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from service.core.settings import Settings
from tests.api.conftest import NDJSON, Server, lines, money, party, role
from tests.api.io.strict_schema import strict

EXAMPLES = 8
"""Of each operation, of what is allowed and of what is not."""
SEED = 20261124
DECLARED = [status_code_conformance, content_type_conformance, response_schema_conformance]
KNOWN = {"workspace": "fuzz", "record_id": "d1", "party": "d1", "party_id": "d1", "analysis_id": "latest", "metric": "influence", "name": "influence"}
SPARED = {("DELETE", "/v1/workspaces/{workspace}"), ("DELETE", "/v1/workspaces/{workspace}/parties/{record_id}")}
"""Later operations need what these take away."""


@schemathesis.serializer(NDJSON)
def ndjson(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service of its own with a small workspace, analysed."""
    directory = tmp_path_factory.mktemp("fuzz")
    with Server(Settings(store=f"sqlite:///{directory}", batch_bytes=1 << 20, upload_bytes=1 << 20)) as address:  # type: ignore[arg-type]
        with httpx.Client(base_url=address, timeout=60) as client:
            client.post("/v1/workspaces", json={"id": "fuzz", "name": "Fuzz", "focal_party_id": "firm", "default_as_of": "2025-12-31"}).raise_for_status()
            content = lines(party("firm"), party("d1"), role(), money(valid_from="2025-03-01"))
            client.post("/v1/workspaces/fuzz/batches", content=content, headers={"Content-Type": NDJSON}).raise_for_status()
            client.post("/v1/workspaces/fuzz/analyses", json={}).raise_for_status()
        yield address


def faults(case: Case, response: Any) -> list[str]:
    """What is wrong with an answer."""
    found = []
    if response.status_code >= 500 and not (response.status_code == 501 and response.json()["type"] == "/problems/needs-neo4j"):
        found.append(f"{response.status_code}: {response.text[:300]}")
    if response.status_code >= 400 and response.headers.get("content-type", [""])[0].split(";")[0] != "application/problem+json":
        found.append(f"{response.status_code} is no problem: {response.headers.get('content-type')}")
    try:
        case.validate_response(response, checks=DECLARED)
    except FailureGroup as group:
        found += [str(error)[:400] for error in group.exceptions]
    except Failure as error:
        found.append(str(error)[:400])
    return found


class Fuzz:
    """Asks, and remembers what was wrong."""

    def __init__(self, address: str) -> None:
        self.address, self.asked = address, 0
        self.wrong: dict[str, str] = {}

    def ask(self, operation: Any, mode: GenerationMode) -> None:
        name = f"{operation.method.upper()} {operation.path}"

        @seed(SEED)
        @settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy(generation_mode=mode), known=st.integers(0, 3))
        def ask(case: Case, known: int) -> None:
            if known:
                case.path_parameters.update({key: value for key, value in KNOWN.items() if key in case.path_parameters})
            response = case.call(base_url=self.address, timeout=60)
            self.asked += 1
            for fault in faults(case, response):
                self.wrong.setdefault(f"{name}: {fault}", case.as_curl_command()[:600])

        with suppress(Unsatisfiable):  # an operation without parameters and body has nothing that could be wrong
            ask()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_declared_and_none_is_a_server_error(address: str, mode: GenerationMode) -> None:
    fuzz = Fuzz(address)
    document = strict(httpx.get(f"{address}/openapi.json", timeout=60).json())
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = result.ok()
        if (operation.method.upper(), operation.path) not in SPARED and not operation.path.endswith("/events"):
            fuzz.ask(operation, mode)
    assert fuzz.wrong == {}, "\n\n".join(f"{fault}\n{command}" for fault, command in fuzz.wrong.items())
    assert fuzz.asked > 500
