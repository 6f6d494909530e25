"""Characters of all scripts in one form."""

from hypothesis import given
from hypothesis import strategies as st

from rag.text.characters import composed, script_runs, with_plain_digits


def test_digits_of_all_scripts_are_plain() -> None:
    assert with_plain_digits("عام ٢٠١٥") == "عام 2015"
    assert with_plain_digits("२०१५ ２０１５ ๒๕๖๐") == "2015 2015 2560"
    assert with_plain_digits("١٬٢٣٤٫٥") == "1,234.5"


def test_digits_stand_apart_from_letters_of_scripts_without_spaces() -> None:
    assert with_plain_digits("他在2015年得了308分") == "他在 2015 年得了 308 分"
    assert with_plain_digits("A380 und B2B größer") == "A380 und B2B größer"


def test_a_letter_and_its_accent_are_one_character() -> None:
    assert composed("Mu\u0308ller") == "Müller"
    assert composed("½ ™ ﬁ “quoted”") == "½ ™ ﬁ “quoted”"


@given(st.text())
def test_runs_join_to_the_text(text: str) -> None:
    assert "".join(run for run, _ in script_runs(text)) == text


@given(st.text(alphabet=st.characters(max_codepoint=0x7F)))
def test_ascii_stays_as_it_is(text: str) -> None:
    assert with_plain_digits(text) == composed(text) == text
