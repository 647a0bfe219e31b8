"""The bytes of a file to be read: packed or not, in which encoding, and how far reading has come."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from graph_models.errors import InvalidInput, Malformed, TooLarge
from service.imports.formats.encoding_detection import AUTO, LOOKED_AT, codec_named, detected, encoding_name

GZIP_MAGIC = b"\x1f\x8b"
_NOT_BY_LINE = ("utf-16", "utf-32", "utf-7", "iso2022", "hz")
"""Codecs in which the byte of a line's end may be a part of another character."""
MOST_UNPACKED, FREE_UNPACKED = 200, 1 << 30
"""A packed file may be so many times larger when unpacked, and as large as this in any case: real data are packed to a tenth or a thirtieth."""
_LONGEST_LINE = 1 << 22
"""A file without line ends must not fill the memory."""


class FileOfSet(NamedTuple):
    """One file of an import: where it is, and the name that people and mappings know it by."""

    path: Path
    name: str

    @property
    def plain_name(self) -> str:
        """The name without the ending of the packing."""
        return self.name[:-3] if self.name.lower().endswith(".gz") else self.name


class ByteSource:
    """An open file: ``stream`` gives its unpacked bytes, ``position`` says how many bytes of the file itself were read."""

    def __init__(self, file: FileOfSet) -> None:
        self.file = file
        self._raw = open(file.path, "rb")  # noqa: SIM115 - closed by whoever opened the source
        self.size = file.path.stat().st_size
        self.packed = self._raw.read(2) == GZIP_MAGIC
        self._raw.seek(0)
        self.stream: IO[bytes] = cast(IO[bytes], io.BufferedReader(_Unpacked(file, self._raw, self.size), 1 << 17)) if self.packed else self._raw
        self._text: io.TextIOWrapper | None = None

    def text(self, codec: str) -> io.TextIOWrapper:
        """The stream as text; line ends are left as they are."""
        self._text = io.TextIOWrapper(self.stream, encoding=codec, errors="strict", newline="")
        return self._text

    def position(self) -> int:
        return self.size if self._raw.closed else self._raw.tell()

    def close(self) -> None:
        if self._text is not None:
            self._text.close()
        self.stream.close()
        self._raw.close()


class _Unpacked(io.RawIOBase):
    """The content of a gzip file, as far as it stands in proportion to the file: a bomb is refused."""

    def __init__(self, file: FileOfSet, raw: IO[bytes], size: int) -> None:
        self._file, self._size = file, size
        self._content = gzip.GzipFile(fileobj=raw)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        read = self._content.readinto(buffer)
        unpacked = self._content.tell()
        if unpacked > FREE_UNPACKED and unpacked > MOST_UNPACKED * self._size:
            raise TooLarge(f"{self._file.name}: the file unpacks to more than {MOST_UNPACKED} times its size, as no data do", file=self._file.name)
        return read

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._content.seek(offset, whence)

    def tell(self) -> int:
        return self._content.tell()

    def close(self) -> None:
        self._content.close()
        super().close()


@contextmanager
def opened(file: FileOfSet) -> Iterator[ByteSource]:
    """An open source; what goes wrong while its bytes are read or decoded becomes an error that names the file."""
    source = ByteSource(file)
    try:
        yield source
    except EOFError:
        raise Malformed(f"{file.name}: the gzip file is cut off; it ends before its own end mark", file=file.name) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise Malformed(f"{file.name}: the gzip file is damaged ({error})", file=file.name) from None
    finally:
        source.close()


def beginning(file: FileOfSet, size: int) -> bytes:
    """The first bytes of a file, unpacked."""
    with opened(file) as source:
        return source.stream.read(size)


def encoding_of(source: ByteSource, named: str | None) -> str:
    """The codec to read with: the named one, else what the bytes tell (``encodings.py``). Leaves the stream at its start."""
    if named is not None and named != AUTO:
        return codec_named(named)
    head = source.stream.read(LOOKED_AT)
    source.stream.seek(0)
    return detected(source.file.name, head, whole=len(head) < LOOKED_AT)


def text_lines(source: ByteSource, codec: str) -> Iterator[str]:
    """The lines of the text with their ends. Bytes that do not decode end the reading with an error that shows the line."""
    text = source.text(codec)
    line = 0
    try:
        while content := text.readline(_LONGEST_LINE):
            line += 1
            if len(content) == _LONGEST_LINE:
                raise Malformed(f"{source.file.name} line {line}: the line is longer than {_LONGEST_LINE} characters", file=source.file.name, line=line)
            yield content
    except UnicodeDecodeError:
        raise _undecodable(source.file, codec, line) from None
    except UnicodeError as error:
        raise Malformed(f"{source.file.name}: the text is not {encoding_name(codec)} ({error})", file=source.file.name) from None


def _undecodable(file: FileOfSet, codec: str, read: int) -> InvalidInput:
    """Decoding goes ahead of reading: find the very line, and show how the other encodings would read it."""
    name = encoding_name(codec)
    with opened(file) as again:
        for number, line in enumerate(() if codec.startswith(_NOT_BY_LINE) else again.stream, 1):
            if _decodes(line, codec) is None:
                others = [(other, _decodes(line, other)) for other in ("gb18030", "cp1252") if other != codec]
                readings = "; ".join(f"{encoding_name(other)} reads {text.strip()[:40]!r}" for other, text in others if text is not None)
                advice = f"; name the encoding in the mapping ({readings})" if readings else ""
                return InvalidInput.of("wrong-encoding", f"{file.name} line {number}: the bytes are not {name}{advice}", "encoding", number)
    return InvalidInput.of("wrong-encoding", f"{file.name}: after line {read} the bytes are not {name}", "encoding", read + 1)


def _decodes(line: bytes, codec: str) -> str | None:
    try:
        return line.decode(codec)
    except UnicodeError:
        return None
