"""Words of a text, by its language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.analyzer import content_text, content_words, english_analyzer, word_parts, words

PRINTED_ENGLISH = st.text(alphabet=st.sampled_from("abcdeXYZ 019.,;:'’“”–—-éüñ½™ﬁ%$€()/\n"))


@given(PRINTED_ENGLISH)
def test_english_is_analysed_as_by_the_analyzer_of_english_alone(text: str) -> None:
    assert words(text) == words(text, "en") == english_analyzer().analyze(text)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "die Häuser", "des Hauses"),
        ("es", "las poblaciones", "la población"),
        ("fr", "les nationales", "l'national"),
        ("ru", "новые книги", "новая книга"),
        ("ar", "المدارس", "مدارس"),
        ("tr", "kitaplar", "kitap"),
    ],
)
def test_forms_of_a_word_match_in_its_language(language: str, one: str, other: str) -> None:
    assert words(one, language) == words(other, language) != []


def test_stop_words_are_those_of_the_language() -> None:
    assert words("die war der Hut", "de") == ["hut"]
    assert words("die war der Hut", "en") == ["die", "war", "der", "hut"]
    assert words("هذا من", "ar") == []


def test_scripts_without_spaces_are_cut_into_overlapping_pieces() -> None:
    assert words("黑豹队", "zh") == ["黑豹", "豹队"]
    assert words("東京タワー", "ja") == ["東京", "京タ", "タワ", "ワー"]
    assert words("한국어", "ko") == ["한국", "국어"]
    assert words("水", "zh") == ["水"]
    assert words("แมวดำ", "th") == ["แมว", "มวด", "วดำ", "แมวด", "มวดำ"]


def test_a_mixed_text_is_analysed_run_by_run_whatever_its_language() -> None:
    for language in ("zh", "en", ""):
        assert words("使用Python语言 in 2015年", language) == ["使用", "python", "语言", "2015", "年"]
    assert words("شركة Panthers", "ar") == [*words("شركة", "ar"), "panther"]


def test_digits_of_other_scripts_are_the_same_numbers() -> None:
    assert words("٢٠١٥", "ar") == words("2015") == words("२०१५", "hi") == ["2015"]


def test_vowel_signs_do_not_cut_a_word() -> None:
    assert words("हिन्दी भाषा", "hi") == ["हिन्दी", "भाषा"]


@pytest.mark.parametrize(
    ("language", "question", "expected"),
    [
        ("de", "Wie viele Punkte gab die Verteidigung der Panthers ab?", ["Punkte", "Verteidigung", "Panthers", "ab"]),
        ("es", "¿Cuántos puntos dejaron escapar los Panthers?", ["puntos", "dejaron", "escapar", "Panthers"]),
        ("fr", "Quand la société a-t-elle été fondée ?", ["société", "fondée"]),
        ("ar", "متى تأسست الشركة؟", ["تأسست", "الشركة"]),
    ],
)
def test_content_words_of_other_languages(language: str, question: str, expected: list[str]) -> None:
    assert content_words(question, language) == expected


def test_scripts_without_spaces_have_content_but_no_words_to_name() -> None:
    assert content_words("黑豹队丢了多少分？", "zh") == []
    assert content_text("Panthers 丢了多少分？", "zh") == "Panthers 丢了多少分"


@given(st.text(max_size=200), st.sampled_from(["", "en", "de", "ar", "zh", "th", "tr", "hi", "cs", "xx"]))
def test_words_have_no_spaces_in_them(text: str, language: str) -> None:
    """The index stores them joined by spaces."""
    for found in (words(text, language), word_parts(text, language)):
        assert " ".join(found).split() == found
