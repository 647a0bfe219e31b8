"""Names as search words: the same in every store, so that the same question finds the same parties."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_models.records.party import Name, Party
from service.stores.interface.search_text import search_text, search_words

CHINESE = st.text("华东家电有限公司上海𠀀", min_size=1, max_size=12)
texts = st.text(min_size=1, max_size=30)


def words_of(name: str, *aliases: str, **identifiers: str) -> set[str]:
    names = [Name(text=text) for text in aliases] or None
    return set(search_text(Party(id="@", name=name, names=names, kind="organization", identifiers=identifiers or None)).split(" "))


def finds(q: str, words: set[str]) -> bool:
    wanted = search_words(q)
    return bool(wanted) and all(any(word.startswith(want[:-1]) for word in words) if want.endswith("*") else want in words for want in wanted)


def test_latin_words_have_neither_case_nor_accents() -> None:
    assert words_of("MÜLLER & Söhne", "Crème-Brûlée") == {"muller", "sohne", "creme", "brulee"}


def test_chinese_is_indexed_as_characters_and_pairs() -> None:
    assert words_of("华东家电") == {"华", "东", "家", "电", "华东", "东家", "家电"}


def test_mixed_names_are_parted_where_the_script_changes() -> None:
    assert words_of("TCL科技2号") == {"tcl", "科", "技", "科技", "2", "号"}


def test_identifiers_aliases_and_the_id_are_found_too() -> None:
    party = Party(id="crm-77", name="Able", names=[Name(text="能干")], kind="organization", identifiers={"vat": "DE 123"})
    assert set(search_text(party).split(" ")) == {"crm", "77", "able", "能", "干", "能干", "de", "123"}


def test_every_word_is_listed_once() -> None:
    assert search_text(Party(id="able", name="Able able ABLE", kind="organization")) == "able"


@pytest.mark.parametrize(
    ("q", "words"), [("Hua", ["hua*"]), ("华", ["华"]), ("华东家", ["华东", "东家"]), ("able 华东", ["able*", "华东"]), ("able able", ["able*"]), (" &* ", [])]
)
def test_a_search_asks_for_beginnings_of_latin_words_and_for_chinese_pairs(q: str, words: list[str]) -> None:
    assert search_words(q) == words


@given(texts)
def test_a_party_is_found_by_its_whole_name(name: str) -> None:
    assert finds(name, words_of(name)) or not search_words(name)


@given(CHINESE, st.data())
def test_any_part_of_a_chinese_name_finds_it(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    assert finds(name[start:end], words_of(name))


@given(st.text("abcdefgäöüéñß", min_size=1, max_size=10), st.data())
def test_the_beginning_of_a_latin_word_finds_it(word: str, data: st.DataObject) -> None:
    assert finds(word[: data.draw(st.integers(1, len(word)))], words_of(word))


@given(texts)
def test_composed_and_decomposed_characters_are_the_same_words(name: str) -> None:
    assert words_of(unicodedata.normalize("NFC", name)) == words_of(unicodedata.normalize("NFD", name))


@given(texts)
def test_words_hold_nothing_that_a_search_engine_reads_as_syntax(name: str) -> None:
    for word in (*words_of(name), *(word.removesuffix("*") for word in search_words(name))):
        assert word == "" or word.isalnum()


@given(texts, texts)
def test_searching_for_more_words_never_finds_more(first: str, second: str) -> None:
    words = words_of(second)
    if finds(f"{first} {second}", words) and search_words(first):
        assert finds(first, words)
