"""A set of line numbers, or of others that are whole: a bit each, so that all lines of a file of ten gigabytes are some megabytes."""

from __future__ import annotations

from collections.abc import Iterator

_PAGE = 16
"""A page is of so many bits of a line's number: 65,536 lines, 8 KiB."""


class LineSet:
    """Numbers from 0 on, however large; close ones share a page."""

    def __init__(self) -> None:
        self._pages: dict[int, bytearray] = {}

    def add(self, line: int) -> None:
        number, place = line >> _PAGE, line & ((1 << _PAGE) - 1)
        page = self._pages.get(number)
        if page is None:
            page = self._pages[number] = bytearray(1 << (_PAGE - 3))
        page[place >> 3] |= 1 << (place & 7)

    def __contains__(self, line: int) -> bool:
        page = self._pages.get(line >> _PAGE)
        place = line & ((1 << _PAGE) - 1)
        return page is not None and bool(page[place >> 3] >> (place & 7) & 1)

    def __len__(self) -> int:
        return sum(int.from_bytes(page).bit_count() for page in self._pages.values())

    def __iter__(self) -> Iterator[int]:
        """In order."""
        for number, page in sorted(self._pages.items()):
            for place, byte in enumerate(page):
                if byte:
                    yield from ((number << _PAGE) + 8 * place + bit for bit in range(8) if byte >> bit & 1)
