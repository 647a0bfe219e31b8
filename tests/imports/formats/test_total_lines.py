"""Lines of sums and means are known by their words in the languages of reports, and by numbers that add up."""

from __future__ import annotations

import pytest

from service.imports.formats.total_lines import is_total_word, sums_in, totals_of


@pytest.mark.parametrize("word", [
    "合计", "合　计：", "小计", "总计", "平均", "合计（万元）", "合計", "Grand total", "GRAND TOTAL:", "Sub-total", "Sum", "Summe", "Totale", "Итого", "Σύνολο",
    "합계", "평균", "المجموع", "סה\"כ", "Toplam", "Összesen", "Razem", "Totaal", "รวม", "कुल", "Tổng cộng", "Total général", "*** Total ***", "Average",
])  # fmt: skip
def test_words_of_sums_in_the_languages_that_reports_have(word: str) -> None:
    assert is_total_word(word)
    assert totals_of(None)([word, "", "30"])


@pytest.mark.parametrize("name", ["TotalEnergies SE", "合计科技有限公司", "Summit Ltd", "Total Tools Pty", "Sumitomo", "media", "平均律乐器", ""])
def test_names_that_only_begin_like_a_sum_are_names(name: str) -> None:
    assert not is_total_word(name)
    assert not totals_of(None)([name, "x", "30"])


def test_a_number_or_a_date_before_the_word_says_nothing() -> None:
    assert totals_of(None)(["2024-12-31", "Grand total", "30"])
    assert totals_of(["合计"])(["15", None, "合计"])
    assert not totals_of(None)(["10248", "Kiwi", "Total"])


def test_words_of_the_mapping_stand_for_all_others() -> None:
    assert totals_of(["Report sum"])(["report  sum:", "3"])
    assert not totals_of(["Report sum"])(["Total", "3"])
    assert not totals_of([])(["Total", "3"])


def test_a_number_that_is_the_sum_of_those_before_is_found() -> None:
    assert sums_in([10, 20, 30]) == [2]
    assert sums_in([10, None, 20, 0, 30, 5, 7, 12, 42]) == [4, 7, 8]  # two parts with their sums, and the sum of both
    assert sums_in([0.1, 0.2, 0.3]) == [2]  # as binary numbers they do not quite add up
    assert sums_in([5, 5, 7, 0]) == []
    assert sums_in([-4, 9, 5]) == [2]
