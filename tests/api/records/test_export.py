"""Exports over HTTP: each format with its media type and name, the lossless ones imported again, and what is asked wrongly refused."""

from __future__ import annotations

import io
import zipfile

import pytest

from service.exports.registry import FORMATS
from tests.api.conftest import Workspace, assert_problem, money


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_each_format_comes_with_its_media_type_and_name(firm: Workspace, form: object) -> None:
    firm.write(money())
    answer = firm.ask("GET", f"/export?format={form.name}&as_of=2025-12-31")  # type: ignore[attr-defined]
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == form.media  # type: ignore[attr-defined]
    assert answer.headers["content-disposition"] == f'attachment; filename="export.{form.ending}"'  # type: ignore[attr-defined]
    content = b"".join(zipfile.ZipFile(io.BytesIO(answer.content)).read(name) for name in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()) if (
        answer.content[:2] == b"PK"
    ) else answer.content  # fmt: skip
    assert b"d1" in content


def test_another_format_or_day_is_refused(firm: Workspace) -> None:
    assert_problem(firm.ask("GET", "/export?format=pdf"), 422, "invalid", field="format")
    assert_problem(firm.ask("GET", "/export?format=csv&as_of=banana"), 422, "invalid", field="as_of")
