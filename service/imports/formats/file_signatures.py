"""What a file is by its first bytes: a file whose bytes are not what its name says is read as what it is, or refused by naming it."""

from __future__ import annotations

import re

from graph_models.errors import UnsupportedMedia

LOOKED_AT = 1 << 16
_FOREIGN = (
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls), or one with a password: save it as .xlsx without a password"),
    (b"BZh", "packed with bzip2: unpack it, or pack it with gzip"),
    (b"\xfd7zXZ\x00", "packed with xz: unpack it, or pack it with gzip"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd: unpack it, or pack it with gzip"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it"),
    (b"Rar!\x1a\x07", "a RAR archive: unpack it"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"ARROW1\x00\x00", "an Arrow file (Feather): save it as Parquet"),
    (b"ORC", "an ORC file: save it as Parquet"),
    (b"{\\rtf", "a rich text document"),
)
"""The first bytes of what is not read here, and what it is."""
_JSON_LIST = re.compile(rb"\s*\[\s*(?:\{|\]|\[)")
_JSON_OBJECT = re.compile(rb'\s*\{\s*(?:"(?:[^"\\\n]|\\.){0,200}"\s*:|\})')
_SECOND_LINE = re.compile(rb"[^\n]*\}\s*\n\s*\{")
_MARKUP = re.compile(rb"\s*<")
_GRAPHML = re.compile(rb"<(?:\w{1,40}:)?graphml[\s>]")
_WEB_PAGE = re.compile(rb"<(?:!doctype html|html|table|head|body|meta)[\s>]", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_CELLS = re.compile(rb"[,;\t|][^\n\r]*[\n\r]")


def format_of(name: str, head: bytes, called: str | None) -> str | None:
    """The format of a file by its first bytes (unpacked), where they tell; else the one that its name says (``called``), or ``None``.

    Raises ``UnsupportedMedia`` for what is not read here.
    """
    for mark, what in _FOREIGN:
        if head.startswith(mark):
            raise UnsupportedMedia(f"{name}: this is {what}")
    if head.startswith(b"PK\x03\x04"):
        return _of_archive(name, head)
    if head.startswith(b"PAR1"):
        return "parquet"
    text = head.removeprefix(b"\xef\xbb\xbf")
    if _MARKUP.match(text):
        return _of_markup(name, text, called)
    if called in ("json", "ndjson", "csv", "xlsx") and _JSON_LIST.match(text):
        return "json"
    if called in ("json", "csv", "xlsx") and _JSON_OBJECT.match(text):
        return "ndjson" if _SECOND_LINE.match(text) or called == "ndjson" else "json"
    if called == "xlsx" and not _CONTROL.search(text) and _CELLS.search(text):
        return "csv"
    return called


def _of_markup(name: str, text: bytes, called: str | None) -> str | None:
    if _GRAPHML.search(text):
        return "graphml"
    if _WEB_PAGE.search(text):
        raise UnsupportedMedia(f"{name}: this is a web page, whatever its name says: open it in a spreadsheet program and save it as .xlsx or CSV")
    if called in ("csv", "graphml"):
        return called
    raise UnsupportedMedia(f"{name}: this is XML of a kind that is not read here")


def _of_archive(name: str, head: bytes) -> str:
    """A ZIP archive begins with the header of its first part; the kinds of office documents have their first parts in common."""
    if b"mimetypeapplication/vnd.oasis.opendocument" in head[:200]:
        raise UnsupportedMedia(f"{name}: this is an OpenDocument file, which is not read here: save it as .xlsx")
    if any(mark in head for mark in (b"word/", b"ppt/")) and b"xl/" not in head:
        raise UnsupportedMedia(f"{name}: this is a text document or a presentation, not a workbook")
    return "xlsx"
