"""Logs of the service: one line an event, as text or as JSON, on standard error, never with what is secret."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

from service.core.settings import Settings

ROOT = "stakeholder_graph"
_SECRET_NAMES = re.compile(r"password|secret|token|authorization|api[_-]?key", re.IGNORECASE)
_CREDENTIALS = re.compile(r"(\w[\w+.-]*://[^\s:/@]+:)[^\s@]+@")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


def logger(name: str) -> logging.Logger:
    """The logger of a module."""
    return logging.getLogger(f"{ROOT}.{name.removeprefix('service.')}")


def configure(settings: Settings) -> None:
    """Log from here on as the settings say; called once by whoever starts a process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if settings.log_format == "json" else _Text())
    root = logging.getLogger(ROOT)
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    root.propagate = False


def without_secrets(text: str) -> str:
    """The text with the password of every address in it covered."""
    return _CREDENTIALS.sub(r"\1***@", text)


def _extras(record: logging.LogRecord) -> dict[str, Any]:
    return {name: "***" if _SECRET_NAMES.search(name) else value for name, value in vars(record).items() if name not in _STANDARD}


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat()
        event: dict[str, Any] = {"time": time, "level": record.levelname.lower(), "logger": record.name, "event": record.getMessage()} | _extras(record)
        if record.exc_info:
            event["trace"] = self.formatException(record.exc_info)
        return without_secrets(json.dumps(event, ensure_ascii=False, default=str))


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        extras = "".join(f" {name}={value}" for name, value in _extras(record).items())
        trace = "\n" + self.formatException(record.exc_info) if record.exc_info else ""
        return without_secrets(f"{time} {record.levelname.lower():7} {record.getMessage()}{extras}{trace}")
