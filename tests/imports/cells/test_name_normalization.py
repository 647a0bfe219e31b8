"""Normal forms bring spellings together, and never two names that differ in a letter, a mark, a digit or a symbol."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from service.imports.cells.name_normalization import company_name, plain_text

_WRITTEN_SYMBOLS = "#%&@*"
_SCRIPTS = (
    "abcXYZéöłıİßşñøæ"
    + "कखगलािीुूेै्ंअ"
    + "ابتثجحۀیکگ"
    + "אבגדשׁשׂ"
    + "αβγςσώ"
    + "абвгёйїґ"
    + "กขคาิีุู่้"
    + "あいウエガか゚ーッ"
    + "가각간"
    + "恒锐传动机"
    + "தமிழ்"
    + "বাংলা"
    + "ខ្មែរ"
)
_SIGNS = "0123456789٣३" + "+#%&@*$€№°™②½🍎🍐❤" + " -.,'’()/·、。（）\u200b\u00a0"
names = st.text(st.sampled_from(_SCRIPTS + _SIGNS), min_size=1, max_size=12)


def tells_apart(name: str) -> str:
    """What of a name tells it apart: letters, marks, digits, symbols, composed and case-folded."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LMNS" or char in _WRITTEN_SYMBOLS)


@pytest.mark.parametrize(("one", "other"), [
    ("Smith & Sons Limited", "SMITH AND SONS LTD."), ("ＡＢＣ  Company", "abc co"), ("上海申联机电有限责任公司", "上海申联机电有限公司"),
    ("红杉（中国）三期基金", "红杉(中国) 三期基金"), ("O'Neil S.A.", "O’NEIL SA"), ("Caf\u00e9 Nord", "Cafe\u0301 Nord"), ("Acme\u200b Ltd", "Acme Ltd"),
    ("㈱日立", "株式会社日立"), ("(株)日立", "株式会社日立"), ("Straße AG", "STRASSE AG"), ("ｶﾞｽ", "ガス"), ("A-B Corp", "A B Corporation"),
])  # fmt: skip
def test_spellings_of_one_name_have_one_form(one: str, other: str) -> None:
    assert company_name(one) == company_name(other)


@pytest.mark.parametrize(("one", "other"), [
    ("कला लिमिटेड", "कली लिमिटेड"), ("C++ Tools", "C# Tools"), ("C# Tools", "C Tools"), ("Studio 3.5", "Studio 35"), ("🍎", "🍐"), ("ışık", "isik"),
    ("Grün", "Grun"), ("m² GmbH", "m2 GmbH"), ("กา", "กี"), ("شرکت", "شركت"), ("100% Bio", "100 Bio"), ("恒锐", "恒銳"), ("A*", "A"),
    ("Smith Ltd", "Smith Inc"),
])  # fmt: skip
def test_names_of_two_have_two_forms(one: str, other: str) -> None:
    assert company_name(one) != company_name(other)


@settings(max_examples=400, deadline=None)
@given(names, names)
@example("ﬁ", "fi")
@example("1.5", "15")
def test_names_that_differ_in_a_letter_a_mark_a_digit_or_a_symbol_never_share_a_form(one: str, other: str) -> None:
    assume(tells_apart(one) != tells_apart(other))
    assert company_name(one) != company_name(other)
    assert plain_text(one) != plain_text(other)


@settings(max_examples=100, deadline=None)
@given(names)
def test_case_composition_and_spaces_never_part_a_name(name: str) -> None:
    for spelt in (unicodedata.normalize("NFD", name), name.casefold(), f"  {name} ", name.replace(" ", "   ")):
        assert plain_text(spelt) == plain_text(name)
        assert company_name(spelt) == company_name(name)


@settings(max_examples=100, deadline=None)
@given(names)
def test_a_form_is_its_own_form(name: str) -> None:
    assert company_name(company_name(name)) == company_name(name)
