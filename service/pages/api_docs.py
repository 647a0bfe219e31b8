"""The API's documentation as one plain page, made from its OpenAPI: it needs no script from elsewhere, so it works offline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from service.pages.templating import Locale, page


def docs_page(openapi: Mapping[str, Any], locale: Locale) -> str:
    """Every operation with its parameters and examples."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation.get("tags", ["other"])[0], []).append(_operation(path, method, operation))
    return page("docs.html", locale, groups=groups)


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    requests = [(media, _text(content.get("example"))) for media, content in operation.get("requestBody", {}).get("content", {}).items()]
    answers = [(status, media, _text(content.get("example"))) for status, answer in operation["responses"].items() if status != "default"
               for media, content in answer.get("content", {}).items()]  # fmt: skip
    return {
        "path": path, "method": method.upper(), "summary": operation.get("summary", ""), "description": operation.get("description", ""),
        "parameters": operation.get("parameters", []), "requests": requests, "answers": answers,
    }  # fmt: skip


def _text(example: Any) -> str:
    return example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, indent=2)
