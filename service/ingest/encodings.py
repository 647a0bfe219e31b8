"""In which encoding a text file is written: what its bytes allow, and of what is left what they speak for. What stays open is refused, with both readings."""

from __future__ import annotations

import codecs
import re

from graph_models.errors import InvalidInput

BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
LOOKED_AT = 1 << 24
"""So many bytes of a file are looked at."""
MIN_PAIRS = 4
"""Fewer Chinese characters than that may as well be accented letters."""
MIN_UTF8 = 6
"""So many characters of two bytes are UTF-8 by no accident."""
_RUN = re.compile(rb"[\x80-\xff]+")
_LETTERS = rb"\x8a\x8c\x8e\x9a\x9c\x9e\x9f\xc0-\xd6\xd8-\xf6\xf8-\xff"
_LETTER_OR_MARK = re.compile(rb"[\x80\x82-\x8c\x8e\x91-\x9c\x9e-\xff]")
_IN_WORD = re.compile(
    rb"(?<=[A-Za-z])[" + _LETTERS + rb"](?![\x80-\xff])|(?<![\x80-\xff])(?:[" + _LETTERS + rb"](?=[a-z])|[\xc0-\xd6\xd8-\xde](?=[A-Z]))"
    rb"|(?<=[a-z])[\xdf-\xf6\xf8-\xff]{2,3}(?=[a-z])"
)
_MARK = re.compile(rb"(?<![\x80-\xff])[\x80\x85\x91-\x97\x99\xa0\xa3\xa7\xa9\xab\xad\xae\xb0-\xb5\xb7\xba-\xbf](?![\x80-\xff])")
"""What stands by itself in Windows-1252: quotation marks, dashes, currencies, degrees."""
_COMMON_LEADS = range(0xB0, 0xD8)
"""The first bytes of GB2312's level 1, the 3,755 characters that nearly all Chinese text is made of."""


def detected(name: str, head: bytes, *, whole: bool) -> str:
    """The codec of a text of which ``head`` is the beginning (``whole``: it is all). ``InvalidInput`` shows two readings where it cannot be told."""
    for mark, codec in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return codec
    if b"\x00" in head:
        return _of_two_bytes(name, head)
    if head.isascii():
        return "utf-8-sig"
    runs = [run[0] for run in _RUN.finditer(head)]
    total = sum(map(len, runs))
    chinese, western = _decodes(head, "gb18030", whole), _decodes(head, "cp1252", whole)
    if _decodes(head, "utf-8", whole):
        if not (chinese and _by_accident(head, runs, total)):
            return "utf-8-sig"
        message = f"{name}: the encoding cannot be told: UTF-8 reads {_shown(head, 'utf-8')!r} and GB18030 reads {_shown(head, 'gb18030')!r}"
        raise InvalidInput.of("ambiguous-encoding", f"{message}; say which in the mapping (`encoding`)", "encoding")
    if chinese and (_speaks_chinese(runs, total) or not western):
        return "gb18030"
    if western and (_speaks_western(head, total) or (not chinese and len(_LETTER_OR_MARK.findall(head)) >= 0.9 * total)):
        return "cp1252"
    if not chinese and not western:
        raise InvalidInput.of("wrong-encoding", f"{name}: the bytes are neither UTF-8 nor GB18030 nor Windows-1252; say which encoding it is", "encoding")
    readings = " and ".join(f"{shown} reads {_shown(head, codec)!r}" for codec, shown, can in (
        ("gb18030", "GB18030", chinese), ("cp1252", "Windows-1252", western)) if can)  # fmt: skip
    raise InvalidInput.of("ambiguous-encoding", f"{name}: the encoding cannot be told: {readings}; say which in the mapping (`encoding`)", "encoding")


def _decodes(data: bytes, codec: str, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(codec)("strict").decode(data, whole)
    except UnicodeError:
        return False
    return True


def _of_two_bytes(name: str, head: bytes) -> str:
    """UTF-16 without a mark: in the right order of bytes there are line ends and separators, in the other one there are none."""
    even = head[: len(head) & ~1]
    found = {}
    for codec in ("utf-16-le", "utf-16-be"):
        text = even.decode(codec, "replace")
        found[codec] = sum(text.count(sign) for sign in "\n,;\t|") if "\x00" not in text else 0
    best, other = sorted(found, key=lambda codec: -found[codec])
    if found[best] and found[best] > 4 * found[other]:
        return best
    raise InvalidInput.of("ambiguous-encoding", f"{name}: the file holds zero bytes and is no text that can be told; if it is UTF-16, say utf-16le or utf-16be",
                          "encoding")  # fmt: skip


def _speaks_chinese(runs: list[bytes], total: int) -> bool:
    """Characters of two high bytes, seven of ten from the common ones, and hardly a high byte alone."""
    pairs = sum(len(run) // 2 for run in runs)
    common = sum(run[place] in _COMMON_LEADS and run[place + 1] >= 0xA1 for run in runs if len(run) % 2 == 0 for place in range(0, len(run), 2))
    alone = sum(len(run) == 1 for run in runs)
    return pairs >= MIN_PAIRS and common * 2 >= 0.7 * total and alone <= 0.05 * total


def _by_accident(head: bytes, runs: list[bytes], total: int) -> bool:
    """A few common Chinese characters, none within a word of letters, may be UTF-8 by accident (联通 is the famous one)."""
    two_bytes = all(len(run) % 2 == 0 and all(0xC2 <= lead < 0xE0 for lead in run[::2]) for run in runs)
    few = max(len(head) / 200, 1) <= total < 2 * MIN_UTF8
    return few and two_bytes and not re.search(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]", head)


def _speaks_western(head: bytes, total: int) -> bool:
    """High bytes as letters within words or as marks by themselves; in GB18030 these would be nothing but rare characters."""
    fitting = sum(len(found[0]) for pattern in (_IN_WORD, _MARK) for found in pattern.finditer(head))
    return fitting >= 0.9 * total


def _shown(head: bytes, codec: str) -> str:
    """The first cell that is not plain, as a codec reads it."""
    run = _RUN.search(head)
    assert run is not None
    begin = max(head.rfind(sign, 0, run.start()) for sign in (b"\n", b",", b";", b"\t", b"|")) + 1
    end = min((place for sign in (b"\n", b",", b";", b"\t", b"|") if (place := head.find(sign, run.end())) >= 0), default=len(head))
    return head[begin:end].decode(codec, "replace").strip().strip('"')[:40]
