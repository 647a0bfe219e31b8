"""The parts of an Excel workbook: which sheets it has, their shared texts and formats, each read from the ZIP archive within bounds."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, NamedTuple

from graph_models.errors import InvalidInput, Malformed, TooLarge
from service.imports.formats.excel.cell_formats import DateSystem, Formats
from service.imports.formats.xml_events import CHUNK, Attributes, XmlEvents, local

MAX_UNPACKED_BYTES = 1 << 30
MAX_TEXT_BYTES = 256 << 20
"""Of the texts that cells share, which are held in memory."""
MAX_PART_BYTES = 16 << 20
"""Of a part that says how the others are read."""
_DAMAGED = (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, RuntimeError, KeyError, OverflowError, OSError)
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


class Sheet(NamedTuple):
    """One sheet of cells: its name, whether it is hidden, and the part that holds it."""

    name: str
    is_hidden: bool
    part: str


@contextmanager
def damaged_is_said(name: str) -> Iterator[None]:
    """What a broken archive raises becomes an error that names the file."""
    try:
        yield
    except _DAMAGED as error:
        reason = "it has a password" if "encrypted" in str(error) or "password" in str(error) else str(error) or type(error).__name__
        raise Malformed(f"{name}: the workbook is damaged ({reason})", file=name) from None


class Package:
    """An open workbook. Whatever reads of it does so within :func:`damaged_is_said`."""

    def __init__(self, name: str, stream: IO[bytes]) -> None:
        self.name = name
        self.archive = zipfile.ZipFile(stream)
        self._parts = {info.filename.replace("\\", "/").lower().lstrip("/"): info for info in self.archive.infolist()}
        if sum(info.file_size for info in self._parts.values()) > MAX_UNPACKED_BYTES:
            raise TooLarge(f"{name}: the workbook is larger than {MAX_UNPACKED_BYTES >> 20} MiB when unpacked; save the sheet as CSV", file=name)
        workbook = self._main_part()
        self.sheets, self.dates = self._contents(workbook)
        related = self._related(workbook)
        self.formats = Formats(self.dates)
        if (styles := next((part for kind, part in related.values() if kind == "styles"), None)) is not None and styles in self._parts:
            self._read(styles, self.formats.start, self.formats.end, lambda _: None, MAX_PART_BYTES)
        self._texts_part = next((part for kind, part in related.values() if kind == "sharedStrings" and part in self._parts), None)

    def close(self) -> None:
        self.archive.close()

    def size(self, part: str) -> int:
        """How large a part is when unpacked."""
        return self._parts[part].file_size

    def chunks(self, part: str) -> Iterator[bytes]:
        """The bytes of a part."""
        with self.archive.open(self._parts[part]) as content:
            while chunk := content.read(CHUNK):
                yield chunk

    def texts(self) -> list[str]:
        """The texts that cells share, by number."""
        found: list[str] = []
        if self._texts_part is None:
            return found
        reading = Texts(found.append)
        self._read(self._texts_part, reading.start, reading.end, reading.text, MAX_TEXT_BYTES)
        return found

    # --- what the parts say

    def _main_part(self) -> str:
        found = next((part for kind, part in self._related("").values() if kind == "officeDocument"), "xl/workbook.xml")
        if found.endswith(".bin"):
            raise InvalidInput.of("unsupported-workbook", f"{self.name}: this is a binary workbook (.xlsb), which is not read; save it as .xlsx")
        if found not in self._parts:
            raise Malformed(f"{self.name}: this is no workbook that can be read (it has no part {found!r})", file=self.name)
        return found

    def _contents(self, workbook: str) -> tuple[list[Sheet], DateSystem]:
        found: list[Attributes] = []
        dates = [DateSystem.FROM_1900]

        def start(name: str, about: Attributes) -> None:
            kind = local(name)
            if kind == "sheet":
                found.append({local(key): value for key, value in about.items()})
            elif kind == "workbookPr" and about.get("date1904", "0").lower() in ("1", "true"):
                dates[0] = DateSystem.FROM_1904

        self._read(workbook, start, lambda _: None, lambda _: None, MAX_PART_BYTES)
        related = self._related(workbook)
        sheets = []
        for about in found:
            kind, part = related.get(about.get("id", ""), ("", ""))
            if kind == "worksheet" and part in self._parts:
                sheets.append(Sheet(about.get("name", ""), about.get("state", "visible") != "visible", part))
        return sheets, dates[0]

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """The parts that a part names: relation -> its kind and where it is."""
        folder, _, base = part.rpartition("/")
        where = f"{folder}/_rels/{base}.rels".lstrip("/")
        related: dict[str, tuple[str, str]] = {}
        if where not in self._parts:
            return related

        def start(name: str, about: Attributes) -> None:
            if local(name) == "Relationship" and about.get("TargetMode") != "External":
                target = about.get("Target", "").replace("\\", "/")
                path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                related[about.get("Id", "")] = (about.get("Type", "").rpartition("/")[2], posixpath.normpath(path).lower())

        self._read(where, start, lambda _: None, lambda _: None, MAX_PART_BYTES)
        return related

    def _read(self, part: str, start: Callable[[str, Attributes], None], end: Callable[[str], None], text: Callable[[str], None], limit: int) -> None:
        if self.size(part) > limit:
            raise TooLarge(f"{self.name}: the part {part!r} is larger than {limit >> 20} MiB when unpacked; save the sheet as CSV", file=self.name)
        events = XmlEvents(f"{self.name}: the part {part!r}", start, end, text)
        for chunk in self.chunks(part):
            events.feed(chunk)
        events.feed(b"")


class Texts:
    """Puts the runs of each text together, formatted or not; how its signs are spoken (``rPh``) is no part of it."""

    def __init__(self, found: Callable[[str], object]) -> None:
        self._found = found
        self._parts: list[str] = []
        self._is_text, self._spoken = False, 0

    def start(self, name: str, _: Attributes) -> None:
        kind = local(name)
        if kind == "si":
            self._parts.clear()
        self._spoken += kind == "rPh"
        self._is_text = kind == "t" and not self._spoken

    def end(self, name: str) -> None:
        kind = local(name)
        self._is_text = False
        self._spoken -= kind == "rPh"
        if kind == "si":
            self._found(unescaped("".join(self._parts)))

    def text(self, text: str) -> None:
        if self._is_text:
            self._parts.append(text)


def unescaped(text: str) -> str:
    """``_x000D_`` is the sign of that number: so workbooks write what XML cannot hold."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
