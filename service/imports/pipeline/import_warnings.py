"""What is not wrong in an import and yet seldom meant: amounts without a currency among others that name one, a last amount that is the sum of all before."""

from __future__ import annotations

from typing import Any

from service.imports.buffers.chunk import Ready
from service.imports.mapping.bound_mapping import FILE_STEP
from service.stores.interface.record_batch import Block

SHOWN = 100
"""So many lines are named."""
_FLOWS = "value_flow"


class Watch:
    """Looks at chunk after chunk of one reading."""

    def __init__(self) -> None:
        self.blank: list[int] = []
        """Places of amounts without a currency, the first of them."""
        self.blanks = 0
        self.named: set[str] = set()
        self._sums: dict[int, tuple[int, float, int, float]] = {}
        """File -> how many amounts, their sum, where the last is, and how much it is."""

    def look(self, chunk: Ready) -> None:
        """Take a checked chunk into account."""
        for block in chunk.blocks:
            if block.type == _FLOWS and (amounts := block.hot.get("amount")):
                self._currencies(block, amounts)
                self._amounts(block, amounts)

    def _currencies(self, block: Block, amounts: Any) -> None:
        currencies = block.hot.get("currency") or [None] * block.size
        self.named.update(name for name in set(currencies) if name is not None)
        if None in currencies:
            blank = [place for place, amount, currency in zip(block.places, amounts, currencies, strict=True) if amount is not None and currency is None]
            self.blanks += len(blank)
            self.blank = sorted(self.blank + blank)[:SHOWN]

    def _amounts(self, block: Block, amounts: Any) -> None:
        for place, text in zip(block.places, amounts, strict=True):
            if text is not None:
                amount = float(text)
                count, total, last, _ = self._sums.get(place // FILE_STEP, (0, 0.0, 0, 0.0))
                if place > last:
                    self._sums[place // FILE_STEP] = (count + 1, total + amount, place, amount)
                else:
                    self._sums[place // FILE_STEP] = (-(1 << 40), total, last, 0.0)  # lines with several amounts, or in another order, are no table of sums

    def found(self) -> list[tuple[str, int, str]]:
        """Each warning: a code, a place, and words."""
        warnings: list[tuple[str, int, str]] = []
        if self.blank and self.named:
            more = f" (and {self.blanks - len(self.blank)} more lines)" if self.blanks > len(self.blank) else ""
            names = ", ".join(sorted(self.named)[:5])
            message = f"the amount has no currency and counts in the base currency, while others name {names}"
            warnings += [("blank-currency", place, message + (more if number == 0 else "")) for number, place in enumerate(self.blank)]
        for count, total, place, last in self._sums.values():
            if count > 2 and last and abs(total - 2 * last) <= 1e-9 * abs(last):
                warnings.append(("sum-of-lines", place, f"the amount {last:g} is the sum of all amounts before it: is the line a sum? see `totals`"))
        return warnings
