"""Makes the small files of these tests."""

from __future__ import annotations

import gzip
from pathlib import Path

from service.imports.formats.byte_source import FileOfSet


def made(directory: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> FileOfSet:
    """A file of an import; packed where its name says so."""
    data = content.encode(encoding) if isinstance(content, str) else content
    path = directory / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") and not data.startswith(b"\x1f\x8b") else data)
    return FileOfSet(path, name)
