"""Where sentences end."""

from hypothesis import given
from hypothesis import strategies as st

from rag.text.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(text)]


def test_abbreviations_initials_and_decimals_do_not_end_a_sentence() -> None:
    text = "Dr. Smith met J. R. Tolkien on Jan. 5. It cost 3.5 million! Really? Yes."
    assert sentences(text) == ["Dr. Smith met J. R. Tolkien on Jan. 5.", "It cost 3.5 million!", "Really?", "Yes."]


def test_list_items_headings_and_blank_lines_do() -> None:
    text = "# Title\nSome text\nthat goes on\n\n- item one\n- item two\n1. First thing. 2. Next"
    assert sentences(text) == [
        "# Title",
        "Some text\nthat goes on",
        "- item one",
        "- item two",
        "1. First thing.",
        "2. Next",
    ]


def test_quotes_and_brackets_stay_with_their_sentence() -> None:
    assert sentences('He said "no." Then (oddly.) He left.') == ['He said "no."', "Then (oddly.)", "He left."]


def test_chinese_sentences_end_without_a_space() -> None:
    assert sentences("今天很热。明天会下雨。") == ["今天很热。", "明天会下雨。"]


@given(st.text(alphabet=st.sampled_from('aB1 .!?\n\t-#(")…。é🦉'), max_size=120))
def test_spans_are_ordered_trimmed_and_cover_all_that_is_not_white_space(text: str) -> None:
    at = 0
    for span in sentence_spans(text):
        assert at <= span.start < span.end <= len(text)
        assert not text[at : span.start].strip()
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        at = span.end
    assert not text[at:].strip()


def test_each_row_of_a_table_is_a_sentence() -> None:
    text = "Sales grew. See below:\nNet sales | 2018: 7 | 2017: 6\nCosts | 2018: 3"
    assert [text[span.start : span.end] for span in sentence_spans(text)] == [
        "Sales grew.",
        "See below:",
        "Net sales | 2018: 7 | 2017: 6",
        "Costs | 2018: 3",
    ]


def test_sentences_of_other_scripts_end_at_their_own_marks() -> None:
    assert sentences("ما هذا؟ هذا كتاب. نعم!") == ["ما هذا؟", "هذا كتاب.", "نعم!"]
    assert sentences("これは本です。はい！そうですか？") == ["これは本です。", "はい！", "そうですか？"]
    assert sentences("यह किताब है। वह घर है।") == ["यह किताब है।", "वह घर है।"]
    assert sentences("یہ کتاب ہے۔ وہ گھر ہے۔") == ["یہ کتاب ہے۔", "وہ گھر ہے۔"]


def test_ordinals_and_abbreviations_of_other_languages_do_not_end_a_sentence() -> None:
    german = ["Am 3. Oktober 1990, z.B. im 20. Jahrhundert, war Dr. Kohl da.", "Er blieb bis 12. August 1998."]
    assert sentences(" ".join(german)) == german
    assert sentences("La Sra. García llegó. Pagó 50 Uds. Fin") == ["La Sra. García llegó.", "Pagó 50 Uds. Fin"]
    assert sentences("Mme. Curie naquit en 1867. Elle mourut.") == ["Mme. Curie naquit en 1867.", "Elle mourut."]


def test_a_number_ends_a_sentence_in_english() -> None:
    assert sentences("They scored 12. August was hot.") == ["They scored 12.", "August was hot."]
