"""Languages are detected, and none is rather than a wrong one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.language import detect_language, passage_languages

ENGLISH = "The bridge was built by the city in 1932 and has been repaired several times since then."
GERMAN = "Die Brücke wurde 1932 von der Stadt gebaut und ist seitdem mehrmals ausgebessert worden."


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "en"),
        (GERMAN, "de"),
        ("El puente fue construido por la ciudad en 1932 y ha sido reparado varias veces.", "es"),
        ("Le pont a été construit par la ville en 1932 et a été réparé plusieurs fois depuis.", "fr"),
        ("Мост был построен городом в 1932 году и с тех пор несколько раз ремонтировался.", "ru"),
        ("Міст був побудований містом у 1932 році й відтоді кілька разів ремонтувався.", "uk"),
        ("تم بناء الجسر من قبل المدينة في عام ١٩٣٢ وتم إصلاحه عدة مرات منذ ذلك الحين.", "ar"),
        ("این پل در سال ۱۹۳۲ توسط شهر ساخته شد و از آن زمان چندین بار تعمیر شده است.", "fa"),
        ("这座桥由市政府于1932年建造。", "zh"),
        ("この橋は1932年に市によって建設された。", "ja"),
        ("이 다리는 1932년에 시에서 건설했습니다.", "ko"),
        ("यह पुल 1932 में शहर द्वारा बनाया गया था और तब से कई बार इसकी मरम्मत की गई है।", "hi"),
        ("ما هو", "ar"),
        ("谁?", "zh"),
    ],
)
def test_a_text_has_its_language(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    "text", ["", "  \n ", "1,234.50 | 17 %", "OK", "Müller, K.", "https://example.org/der/die/das", "????"]
)
def test_what_is_too_little_to_tell_has_none(text: str) -> None:
    assert detect_language(text) == ""


def test_some_words_of_another_script_do_not_decide() -> None:
    assert detect_language("微软公司的 Visual Studio Code 编辑器支持 Python 语言和许多扩展。") == "zh"
    assert detect_language(f"{ENGLISH} Its Chinese name is 大桥.") == "en"
    assert detect_language("中国公司任天堂的游戏ゼルダ在中国市场上非常受欢迎并且销量很高。") == "zh"


def test_code_and_names_take_the_language_of_their_document() -> None:
    code = "def f(x):\n    return [y for y in x if y != None]\n"
    names = "Schmidt, García, Dubois, Rossi, Andersen, Novák, Kowalski, Popescu, Nagy, Silva"
    assert passage_languages([ENGLISH, code, names, ENGLISH]) == ["en"] * 4
    assert passage_languages([GERMAN, code, names, GERMAN]) == ["de"] * 4
    assert passage_languages([code]) == [""]
    assert passage_languages([]) == []


def test_a_passage_that_is_clearly_in_another_language_keeps_it() -> None:
    assert passage_languages([ENGLISH, GERMAN, ENGLISH, "这座桥由市政府于1932年建造，之后多次维修。"]) == [
        "en",
        "de",
        "en",
        "zh",
    ]


def test_half_a_surrogate_pair_is_no_error() -> None:
    assert detect_language(f"{GERMAN} \ud800") == "de"


@given(st.text(max_size=300))
def test_any_text_has_a_code_or_none(text: str) -> None:
    language = detect_language(text)
    assert language == "" or (len(language) == 2 and language.islower())
    assert passage_languages([text, text])[0] == passage_languages([text, text])[1]
