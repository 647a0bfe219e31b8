"""In which encoding a text file is written: the one that is named, what its bytes allow, and of what is left what they speak for.

What stays open is refused, with the readings that it may have; no encoding is taken because it happens to fit.
"""

from __future__ import annotations

import codecs
import math
import re

from graph_models.errors import InvalidInput
from service.imports.formats.encoding_likelihood import Reading, known_codecs, readings_of, words_of

BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
AUTO = "auto"
LOOKED_AT = 1 << 24
"""So many bytes of a file are looked at."""
MIN_UTF8 = 6
"""So many characters of two bytes are UTF-8 by no accident."""
FAR = math.log(10_000)
"""An encoding is taken where every other reading is less likely by this factor."""
RARE = math.log(100)
"""An encoding of old systems is less likely by this factor to begin with."""
MOST_STRANGE = 0.2
"""Of the letters of the reading that is taken, no more may be foreign to every language of its encoding; of Chinese and the like, this share of 3."""
SHOWN_READINGS = 4
MOST_ZEROS = 0.05
"""A text with more zero bytes than this share is none."""
_OWN = {
    "utf-8": "utf-8-sig", "ascii": "utf-8-sig", "gbk": "gb18030", "gb2312": "gb18030", "hz": "hz", "iso8859-1": "cp1252", "iso8859-9": "cp1254",
    "iso8859-11": "cp874", "tis-620": "cp874", "shift_jis": "cp932", "euc_kr": "cp949",
}  # fmt: skip
"""Encodings that are read by one that contains them; as on the web, Latin-1 is read as Windows-1252."""
_NO_TEXT = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "charmap"})
_SHOWN = {"utf-8-sig": "utf-8", **{f"cp{number}": f"windows-{number}" for number in (*range(1250, 1259), 874)}}
_TITLES = {"gb18030": "GB18030", "utf-8-sig": "UTF-8", "big5": "Big5"}
_ALWAYS = ("gb18030", "cp1252")
"""Readings that a refusal always shows, where there are any."""
_RUN = re.compile(rb"[\x80-\xff]+")
TAKEN = frozenset(
    {"gb18030", "big5", "cp950", "big5hkscs", "cp932", "euc_jp", "cp949", "cp874", "iso8859-2", "iso8859-5", "iso8859-7", "iso8859-9", "iso8859-15", "koi8-r",
     "koi8-u", *(f"cp{number}" for number in range(1250, 1259))}
)  # fmt: skip
"""Those that are taken without being named. All others are weighed against them: files in them are rare, and are told by their name."""
_CHINESE = frozenset({"gb18030", "big5", "cp950", "big5hkscs", "cp932", "euc_jp", "euc_jis_2004", "shift_jis_2004", "cp949", "johab"})


def codec_named(name: str) -> str:
    """The codec for a name or alias that Python knows. Raises ``InvalidInput`` for what names no encoding of text."""
    try:
        codec = codecs.lookup(name.strip() or "?").name
    except (LookupError, ValueError):
        codec = ""
    if not codec or codec.replace("-", "_") in _NO_TEXT or not getattr(codecs.lookup(codec), "_is_text_encoding", True):
        message = f"{name!r} is not an encoding that is read here; it may be {AUTO} or any name that Python has for one: utf-8, gb18030, big5, windows-1251 ..."
        raise InvalidInput.of("unknown-encoding", message, "encoding")
    return _OWN.get(codec, codec)


def encoding_name(codec: str) -> str:
    """How an encoding is shown."""
    return _SHOWN.get(codec, codec)


def detected(name: str, head: bytes, *, whole: bool) -> str:
    """The codec of a text of which ``head`` is the beginning (``whole``: it is all). ``InvalidInput`` shows the readings where it cannot be told."""
    for mark, codec in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return codec
    if b"\x00" in head:
        return _of_zero_bytes(name, head, whole)
    if head.isascii():
        return "utf-8-sig"
    if _decodes(head, "utf-8", whole):
        if not (_by_accident(head) and _decodes(head, "gb18030", whole)):
            return "utf-8-sig"
        message = f"{name}: the encoding cannot be told: UTF-8 reads {shown(head, 'utf-8')!r} and GB18030 reads {shown(head, 'gb18030')!r}"
        raise InvalidInput.of("ambiguous-encoding", f"{message}; say which in the mapping (`encoding`)", "encoding")
    words = words_of(head)
    found = [reading for reading in readings_of(words, known_codecs()) if _decodes(head, reading.codec, whole)] if words else []
    readings = sorted(found, key=lambda reading: (_rare(reading) - reading.likelihood, reading.codec not in TAKEN))
    if readings and (best := readings[0]).strange <= _most_strange(best):
        others = [reading for reading in readings if reading.text != best.text]
        if best.codec in TAKEN and all(best.likelihood - other.likelihood >= FAR - _rare(other) for other in others):
            return _OWN.get(best.codec, best.codec)
    raise _refusal(name, head, readings)


def _rare(reading: Reading) -> float:
    return 0.0 if reading.codec in TAKEN else RARE


def _most_strange(reading: Reading) -> float:
    return 2 * MOST_STRANGE if reading.codec in _CHINESE else MOST_STRANGE


def _decodes(data: bytes, codec: str, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(codec)("strict").decode(data, whole)
    except UnicodeError:
        return False
    return True


def _refusal(name: str, head: bytes, readings: list[Reading]) -> InvalidInput:
    if not readings:
        return InvalidInput.of(
            "wrong-encoding", f"{name}: the bytes are neither UTF-8 nor any other encoding that is told by itself; say which (`encoding`)", "encoding"
        )
    likely = [reading.codec for reading in readings]
    texts: dict[str, str] = {}
    for codec in [codec for codec in _ALWAYS if codec in likely] + likely:
        texts.setdefault(shown(head, codec), codec)
    some = list(texts.items())[:SHOWN_READINGS]
    told = " and ".join(f"{_TITLES.get(codec, encoding_name(codec).replace('windows', 'Windows'))} reads {text!r}" for text, codec in some)
    return InvalidInput.of("ambiguous-encoding", f"{name}: the encoding cannot be told: {told}; say which in the mapping (`encoding`)", "encoding")


def _of_zero_bytes(name: str, head: bytes, whole: bool) -> str:
    """A text with a few zero bytes, which are faults of their cells; or UTF-16 without a mark: only in its order of bytes are there separators."""
    without = head.replace(b"\x00", b"")
    if head.count(0) <= max(MOST_ZEROS * len(head), 1) and _decodes(without, "utf-8", whole):
        return "utf-8-sig"
    even = head[: len(head) & ~1]
    found = {}
    for codec in ("utf-16-le", "utf-16-be"):
        text = even.decode(codec, "replace")
        found[codec] = sum(text.count(sign) for sign in "\n,;\t|") if "\x00" not in text else 0
    best, other = sorted(found, key=lambda codec: -found[codec])
    if found[best] and found[best] > 4 * found[other]:
        return best
    place = head.index(0)
    line, column = head.count(b"\n", 0, place) + 1, place - head.rfind(b"\n", 0, place)
    message = f"{name} line {line}: byte {column} of the line is zero, which no text holds; where the file is UTF-16 without a mark, say utf-16le or utf-16be"
    raise InvalidInput.of("ambiguous-encoding", message, "encoding", line)


def _by_accident(head: bytes) -> bool:
    """A few common Chinese characters, none within a word of letters, may be UTF-8 by accident (联通 is the famous one)."""
    runs = [run[0] for run in _RUN.finditer(head)]
    total = sum(map(len, runs))
    two_bytes = all(len(run) % 2 == 0 and all(0xC2 <= lead < 0xE0 for lead in run[::2]) for run in runs)
    few = max(len(head) / 200, 1) <= total < 2 * MIN_UTF8
    return few and two_bytes and not re.search(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]", head)


def shown(head: bytes, codec: str) -> str:
    """The first cell that is not plain, as a codec reads it."""
    run = _RUN.search(head)
    assert run is not None
    begin = max(head.rfind(sign, 0, run.start()) for sign in (b"\n", b",", b";", b"\t", b"|")) + 1
    end = min((place for sign in (b"\n", b",", b";", b"\t", b"|") if (place := head.find(sign, run.end())) >= 0), default=len(head))
    return head[begin:end][:400].decode(codec, "replace").strip().strip('"')[:40]
