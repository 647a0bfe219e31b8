"""Encodings without a name: one is taken only where no other is nearly as likely, else refused with the readings; those with a name are all read.

The measure: sentences of 33 languages, whole and in pieces, in every encoding of Python that holds them. None is read wrong without a word.
"""

from __future__ import annotations

import random
from encodings.aliases import aliases
from pathlib import Path
from typing import Any

import pytest

from graph_models.errors import FieldError, InvalidInput, StakeholderGraphError
from service.imports.formats.byte_source import FileOfSet
from service.imports.formats.encoding_detection import codec_named, detected
from service.imports.formats.registry import open_table
from service.imports.formats.table import FaultyCells, ReadOptions
from tests.imports.files import made

SENTENCES = {
    "French": "La Société Générale d'Énergie fournit des équipements à Orléans. Le dépôt de Nîmes reçoit les pièces détachées. Où "
    "êtes-vous déjà allés cet été ? Évaluation du réseau et créances",
    "German": "Müller & Söhne GmbH, Köln. Bäckerei Groß in Düsseldorf. Die Übergabe der Maschinen erfolgt nächste Woche; Größe und "
    "Gewicht prüfen. Geschäftsführer Jäger",
    "Spanish": "Compañía Española de Petróleos, Málaga. El señor Muñoz envió la última facturación. ¿Dónde está el almacén de Logroño? "
    "Dirección y teléfono del órgano de gestión",
    "Portuguese": "Companhia de Navegação São João. A produção não está concluída; três opções são possíveis. Licitação pública em "
    "Brasília, São Paulo e Goiânia",
    "Italian": "Società per azioni con sede in Forlì. La qualità è più alta; perché non è già così? Città di Cefalù, libertà e attività",
    "Dutch": "Coöperatie Zuid-België levert geïmporteerde meubels. Eén café in Groningen; officiële prijzen en reünie",
    "Swedish": "Göteborgs Kök & Bad AB. Försäljning på fältet går bättre än väntat. Återförsäljare i Örebro, Västerås och Malmö",
    "Danish": "København Skibsværft. Udløbsdato på købsaftalen er næste måned. Ærø Færgefart, Ålborg og Sønderjylland",
    "Finnish": "Äänekosken Sähkö Oy. Työntekijät ovat päässeet sopimukseen. Hyvää yötä, määrä ja myyntiä Jyväskylässä",
    "Icelandic": "Íslensk orkuvinnsla. Þjónusta við viðskiptavini á Höfn í Hornafirði. Það er ekki svo auðvelt að þýða",
    "Polish": "Żółć i Łódź Sp. z o.o. Spółka akcyjna z siedzibą w Gdańsku. Płatność nastąpi później; księgowość wysłała fakturę. Źródło energii",
    "Czech": "Český Krumlov, Dům knihy s.r.o. Příští objednávka bude doručena v úterý. Společnost ručí za škodu, účetní závěrka",
    "Slovak": "Slovenská pošta, Žilina. Ďalšia objednávka príde v stredu. Spoločnosť ručí za škodu, ľahké vŕtačky, účtovníctvo",
    "Hungarian": "Győri Ágyútöltő Kft. Az értékesítés jövőre növekszik. Székesfehérvári üzem, műszaki ügyfélszolgálat és számlázás",
    "Romanian": "Societatea Română de Construcţii. Plăţile întârziate şi facturile în aşteptare. Oraşul Braşov, judeţul Timiş",
    "Croatian": "Županija Međimurska, Čakovec. Šećerana i pčelarstvo; račun plaćen u cijelosti, poduzeće više ne duguje. Đurđevac",
    "Slovene": "Občina Žalec, družba za čiščenje. Račun plačan; škoda še ni določena, četrtek in sreda",
    "Turkish": "İstanbul Büyükşehir Belediyesi. Müşteri ilişkileri güçlü; ağustos ayında satışlar düştü. Çiğli, Iğdır, Şanlıurfa",
    "Estonian": "Tööstuse Võrk OÜ. Järgmine müük toimub õhtul. Pärnu, Põltsamaa ja Jõhvi üürileandja",
    "Latvian": "Rīgas Ūdens. Nākamā piegāde būs ceturtdienā. Uzņēmums maksā šķērsļu dēļ, Jūrmala, Liepāja, ģimene",
    "Lithuanian": "Vilniaus šilumos tinklai. Įmonė moka už žalą. Šiaulių, Panevėžio ir Klaipėdos ūkiai, ąžuolų gatvė, įvykių",
    "Greek": "Ελληνική Εταιρεία Ύδρευσης. Η πληρωμή θα γίνει αύριο. Θεσσαλονίκη, Πάτρα και Ηράκλειο. Υπηρεσίες πελατών",
    "Russian": "Газпром нефть. Поставка оборудования в Нижний Новгород. Договор подписан вчера; общество с ограниченной ответственностью. Лукойл",
    "Ukrainian": "Київська енергетична компанія. Постачання обладнання до Львова. Договір підписано; їхні об'єкти є в Одесі",
    "Bulgarian": "Българска енергийна дружество. Доставка на оборудване в Пловдив. Договорът е подписан; къща, щъркел, юли",
    "Serbian": "Београдска електрана. Испорука опреме у Нови Сад. Уговор је потписан; љубав, њива, ћевап, ђак, џеп",
    "Hebrew": "חברת החשמל לישראל. אספקת ציוד לחיפה. החוזה נחתם אתמול. תל אביב ירושלים באר שבע",
    "Arabic": "شركة الكهرباء الوطنية. توريد المعدات إلى جدة. تم توقيع العقد أمس. الرياض والدمام ومكة المكرمة",
    "Thai": "บริษัท ไฟฟ้าแห่งชาติ จำกัด ส่งมอบอุปกรณ์ไปเชียงใหม่ สัญญาลงนามเมื่อวานนี้ กรุงเทพมหานคร",
    "Chinese": "华东家电有限公司，上海。设备供应合同已经签订。北京科技发展股份有限公司 客户服务中心 订单金额 深圳市",
    "Taiwanese": "台灣電力股份有限公司，臺北。設備供應合約已經簽訂。新竹科學園區 客戶服務中心 訂單金額 高雄市",
    "Japanese": "株式会社日立製作所、東京。設備の供給契約を締結しました。大阪電気工業株式会社 カスタマーサービス 取引先一覧",
    "Korean": "주식회사 한국전력공사, 서울. 설비 공급 계약을 체결하였습니다. 부산광역시 고객 서비스 센터 주문 금액",
}
NAMED = [*(f"cp{number}" for number in range(1250, 1259)), *(f"iso8859-{part}" for part in (2, 5, 7, 9, 15)), "koi8-r", "cp932", "euc_jp", "cp949", "big5"]
NO_TEXT = ("hex", "base64", "bz2", "zlib", "quopri", "uu", "rot", "utf", "mbcs", "ascii", "oem", "iso2022", "hz", "tactis",
           "cp037", "cp500", "cp1026", "cp1140", "cp273", "cp424", "cp875")  # fmt: skip
"""No encodings of text, those of seven bits, and those of mainframes, in which no comma is one."""
ALL = [codec for codec in sorted(set(aliases.values())) if not codec.startswith(NO_TEXT)]


def read(file: FileOfSet, **options: Any) -> tuple[list[str], list[Any], dict[str, str]]:
    with open_table(file, ReadOptions(**options)) as table:
        return table.columns, list(table.lines), table.shown


def _encoded(text: str, codec: str) -> bytes | None:
    try:
        data = text.encode(codec)
        return None if data.isascii() or data.decode(codec) != text else data
    except (UnicodeError, LookupError):
        return None


@pytest.mark.parametrize("language", SENTENCES)
def test_no_encoding_is_taken_that_reads_something_else(language: str) -> None:
    """Whole sentences in every encoding, and two pieces of some words in those that are in use."""
    order = random.Random(language)
    words = SENTENCES[language].split()
    for codec in ALL:
        sizes = (3, 8, len(words)) if codec_named(codec) in map(codec_named, NAMED) else (len(words),)
        for size in sizes:
            data = _encoded(f"name,n\n{' '.join(order.sample(words, min(size, len(words))))},1\n", codec)
            if data is None:
                continue
            try:
                taken = detected("a.csv", data, whole=True)
            except InvalidInput:
                continue
            assert data.decode(taken) == data.decode(codec), (codec, taken)


@pytest.mark.parametrize(
    ("language", "codec"),
    [("German", "cp1252"), ("French", "cp1252"), ("Spanish", "cp1252"), ("Swedish", "iso8859-15"), ("Polish", "cp1250"), ("Polish", "iso8859-2"),
     ("Czech", "cp1250"), ("Hungarian", "iso8859-2"), ("Turkish", "cp1254"), ("Turkish", "iso8859-9"), ("Lithuanian", "cp1257"), ("Greek", "cp1253"),
     ("Russian", "cp1251"), ("Russian", "koi8-r"), ("Russian", "iso8859-5"), ("Ukrainian", "cp1251"), ("Hebrew", "cp1255"), ("Arabic", "cp1256"),
     ("Thai", "cp874"), ("Chinese", "gb18030"), ("Taiwanese", "big5"), ("Japanese", "cp932"), ("Japanese", "euc_jp"), ("Korean", "cp949")],
)  # fmt: skip
def test_a_sentence_or_two_tell_the_encodings_that_are_in_use(language: str, codec: str) -> None:
    data = f"name,n\n{SENTENCES[language]},1\n".encode(codec)
    assert data.decode(detected("a.csv", data, whole=True)) == data.decode(codec)


@pytest.mark.parametrize("codec", NAMED)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_an_encoding_that_is_named_is_read(tmp_path: Path, codec: str, delimiter: str) -> None:
    cells = [word for text in SENTENCES.values() for word in text.replace(",", "").replace(";", "").split() if _encoded(word, codec) is not None][:20]
    file = made(tmp_path, "a.csv", delimiter.join(["n", "name"]) + "\n" + "".join(f"1{delimiter}{cell}\n" for cell in cells), codec)
    _, lines, shown = read(file, encoding=codec.replace("iso8859", "ISO-8859").replace("cp125", "windows-125"))
    assert [row[1] for _, row in lines] == cells
    assert shown["encoding"].replace("windows-", "cp") == codec_named(codec)


def test_aliases_are_those_of_python_and_what_is_no_encoding_of_text_is_refused() -> None:
    assert [codec_named(name) for name in ("UTF8", "latin-1", "windows-1251", "Shift_JIS", "GBK", "l2", "korean")] == [
        "utf-8-sig", "cp1252", "cp1251", "cp932", "gb18030", "iso8859-2", "cp949",
    ]  # fmt: skip
    for name in ("banana", "base64", "rot13", "idna", "punycode", "unicode_escape", ""):
        with pytest.raises(InvalidInput) as caught:
            codec_named(name)
        assert caught.value.errors[0].code == "unknown-encoding"


def test_the_same_word_again_and_again_says_no_more_than_once() -> None:
    with pytest.raises(InvalidInput):
        detected("a.csv", ("name\n" + "Crèteil\n" * 500).encode("cp1252"), whole=True)


def test_a_zero_byte_is_a_fault_of_its_cell(tmp_path: Path) -> None:
    _, lines, _ = read(made(tmp_path, "a.csv", b"id,n\na\x00b,1\nc,2\n"))
    assert [(line, list(cells)) for line, cells in lines] == [(2, ["ab", "1"]), (3, ["c", "2"])]
    assert isinstance(lines[0][1], FaultyCells)
    assert lines[0][1].faults == {0: FieldError("zero-byte", "the cell holds a zero byte, which no text holds")}
    assert len(read(made(tmp_path, "b.csv", "id,n\na,1\n".encode("utf-16-le")))[1]) == 1
    with pytest.raises(InvalidInput, match="byte 1 of the line is zero"):
        read(made(tmp_path, "c.csv", b"\x00" * 50))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_first_line_may_say_the_delimiter_and_lines_end_as_they_like(tmp_path: Path, end: str) -> None:
    columns, lines, shown = read(made(tmp_path, "a.csv", f"sep=;{end}id;n, m{end}1;2,5{end}"))
    assert (columns, lines, shown["delimiter"]) == (["id", "n, m"], [(3, ["1", "2,5"])], ";")


# --- bytes that are not what the name says

GRAPHML = '<?xml version="1.0"?><graphml><graph edgedefault="directed"><node id="a"/></graph></graphml>'


@pytest.mark.parametrize(
    ("name", "content", "format_"),
    [("a.csv", '[{"id": 1}]', "json"), ("a.json", '{"id": 1}\n{"id": 2}\n', "ndjson"), ("a.ndjson", '[\n{"id": 1}]', "json"), ("a.xlsx", "id;n\n1;2\n", "csv"),
     ("a.csv", GRAPHML, "graphml"), ("a.txt", GRAPHML, "graphml"), ("a.json", '{"rows": [{"id": 1}]}', "json")],
)  # fmt: skip
def test_a_file_is_read_as_what_it_is(tmp_path: Path, name: str, content: str, format_: str) -> None:
    assert read(made(tmp_path, name, content))[2]["format"] == format_


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("a.csv", b"%PDF-1.7", "PDF"), ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "old Excel"), ("a.xlsx", b"<html><table><tr>", "web page"),
     ("a.csv", b"SQLite format 3\x00", "SQLite"), ("a.csv", b"BZh91AY", "bzip2"), ("a.json", b"<note/>", "XML of a kind")],
)  # fmt: skip
def test_a_file_that_is_not_read_is_refused_by_what_it_is(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    with pytest.raises(StakeholderGraphError, match=words):
        read(made(tmp_path, name, content))
