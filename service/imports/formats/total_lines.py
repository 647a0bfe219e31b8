"""Lines that are sums or means of other lines: the words with which they begin, in the languages that reports have, and numbers that add up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

_TOTAL_WORDS = """
en: total, totals, grand total, sub total, subtotal, sub-total, sum, sums, sum total, overall total, total amount, average, avg, avg.
zh: 合计, 总计, 小计, 共计, 总和, 累计, 合计数, 总计数, 总合计, 本页合计, 本页小计, 本月合计, 本年合计, 本年累计, 全年合计, 平均, 平均值, 均值, 平均分
zh-Hant: 合計, 總計, 小計, 總和, 累計, 平均數
ja: 合計, 総計, 小計, 計, 総合計, 累計, 平均
ko: 합계, 총계, 소계, 총합계, 누계, 평균
de: summe, gesamt, gesamtsumme, zwischensumme, insgesamt, total, endsumme, durchschnitt, mittelwert
fr: total, total général, total general, sous-total, sous total, somme, moyenne
es: total, total general, subtotal, suma, suma total, sumatoria, promedio
it: totale, totale generale, totale complessivo, subtotale, somma
pt: total, total geral, subtotal, soma, média
nl: totaal, eindtotaal, subtotaal, gemiddelde, gemiddeld
sv: summa, totalt, delsumma, totalsumma, medelvärde, genomsnitt
da: sum, i alt, total, subtotal, gennemsnit
no: sum, totalt, i alt, delsum, gjennomsnitt
fi: yhteensä, summa, välisumma, keskiarvo
pl: razem, suma, ogółem, łącznie, suma częściowa, średnia
cs: celkem, součet, mezisoučet, celkový součet, průměr
sk: spolu, celkom, súčet, medzisúčet, priemer
hu: összesen, végösszeg, mindösszesen, részösszeg, átlag
ro: total, total general, subtotal, suma
hr: ukupno, sveukupno, zbroj, međuzbroj, prosjek
sl: skupaj, vsota, povprečje
tr: toplam, genel toplam, ara toplam, ortalama
el: σύνολο, γενικό σύνολο, μερικό σύνολο, άθροισμα, μέσος όρος
ru: итого, всего, итог, общий итог, промежуточный итог, сумма, подытог, среднее
uk: разом, усього, всього, підсумок, загальний підсумок, середнє
bg: общо, всичко, сума, междинна сума, средно
ar: المجموع, الإجمالي, المجموع الكلي, المجموع الفرعي, الاجمالي, إجمالي, المتوسط
he: סה"כ, סך הכל, סה״כ, סכום, ממוצע
fa: جمع, جمع کل, مجموع, میانگین
hi: कुल, कुल योग, उप-योग, औसत
th: รวม, รวมทั้งหมด, ยอดรวม, รวมทั้งสิ้น, ค่าเฉลี่ย
vi: tổng, tổng cộng, tổng số, trung bình
id: total, jumlah, subtotal, total keseluruhan, rata-rata
"""
_BRACKETS = re.compile(r"[(\[【（].{0,20}?[)\]】）]$")
_AROUND = "·.…:：*=—–-_|,，;；#>《》\"'“”"


@lru_cache(maxsize=1 << 12)
def _bare(text: str) -> str:
    """Without spaces, marks around it, a unit in brackets and differences of width and case: ``合　计（万元）：`` is 合计."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).strip(_AROUND)
    return _BRACKETS.sub("", plain).strip(_AROUND).casefold()


TOTALS = frozenset(word.strip() for line in _TOTAL_WORDS.strip().splitlines() for word in line.partition(":")[2].split(","))
"""What a line of sums or means begins with, and hardly a party is called."""
_KNOWN = frozenset(map(_bare, TOTALS))


def is_total_word(text: str) -> bool:
    """Does a cell say that its line is a sum or a mean of others?"""
    return len(text) <= 40 and _bare(text) in _KNOWN


def totals_of(words: Sequence[str] | None) -> Callable[[Sequence[str | None]], bool]:
    """Does a line begin as a line of sums does? Without words of the mapping: as such lines do in the languages of ``TOTALS``."""
    wanted = _KNOWN if words is None else frozenset(map(_bare, words))
    begins = frozenset(word[:1] for word in wanted)

    def is_total(cells: Sequence[str | None]) -> bool:
        first = _first_words(cells)
        if first is None or (first.isascii() and first[0].isalnum() and first[0].casefold() not in begins):
            return False  # nearly every line is told so, at once
        return len(first) <= 40 and _bare(first) in wanted

    return is_total if wanted else lambda _: False


def _first_words(cells: Sequence[str | None]) -> str | None:
    """The first cell with words: a number or a date before it (of the line, of the day) says nothing."""
    first = cells[0] if cells else None
    if first and first[0].isalpha():
        return first
    return next((cell for cell in cells if cell and not cell[0].isdigit()), None)


class RunningSum:
    """The numbers of one column, line after line: is the next one the sum of those before it, or of those since the last such sum?"""

    __slots__ = ("_all", "_count", "_since", "_since_count")

    def __init__(self) -> None:
        self._all = self._since = 0.0
        self._count = self._since_count = 0

    def add(self, number: float) -> bool:
        """Take the next number in; a sum of at least two others is told, and not added to them."""
        if number and ((self._count > 1 and _equal(number, self._all)) or (self._since_count > 1 and _equal(number, self._since))):
            self._since, self._since_count = 0.0, 0
            return True
        self._all, self._since = self._all + number, self._since + number
        if number:
            self._count, self._since_count = self._count + 1, self._since_count + 1
        return False


def sums_in(numbers: Iterable[float | None]) -> list[int]:
    """Where a column says the sum of the numbers before: the places of these, counted from 0."""
    running = RunningSum()
    return [place for place, number in enumerate(numbers) if number is not None and running.add(number)]


def _equal(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * abs(other)
