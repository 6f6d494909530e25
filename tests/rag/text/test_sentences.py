"""Where sentences end."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.text_headings import text_headings
from ingest.segments import split_segments
from rag.text.sentences import sentence_spans, without_enumerator
from rag.understanding.parts import split_questions


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(text)]


def test_abbreviations_initials_and_decimals_do_not_end_a_sentence() -> None:
    text = "Dr. Smith met J. R. Tolkien on Jan. 5. It cost 3.5 million! Really? Yes."
    assert sentences(text) == ["Dr. Smith met J. R. Tolkien on Jan. 5.", "It cost 3.5 million!", "Really?", "Yes."]


@pytest.mark.parametrize(
    "text",
    [
        "Nach Art. 5 Abs. 2 DSGVO muss gezahlt werden.",
        "Under Art. 33 GDPR it must be told (incl. VAT).",
        "Selon l'art. 6 du RGPD, c'est permis.",
        "３．５％です。",
    ],
)
def test_a_reference_to_a_law_and_a_wide_number_are_in_one_sentence(text: str) -> None:
    assert sentences(text) == [text]
    assert sentences(f"{text} It is art. Five came.") == [text, "It is art.", "Five came."]


@pytest.mark.parametrize("text", ["." * 50_000 + "a", " " * 50_000 + "a", "# a" + "#" * 50_000 + "b", "!.”" * 20_000])
def test_odd_lines_take_no_more_than_their_length(text: str) -> None:
    started = time.thread_time()
    sentence_spans(text)
    list(split_segments(text))
    text_headings([text])
    split_questions(f"Who{text} did it?")
    assert time.thread_time() - started < 2


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


@pytest.mark.parametrize(
    ("item", "left"),
    [
        ("1. Pay the fee.", "Pay the fee."),
        ("(2) Pay the fee.", "Pay the fee."),
        ("3. Oktober 1990", "3. Oktober 1990"),
        ("1.5 litres", "1.5 litres"),
        ("Pay 1. then 2.", "Pay 1. then 2."),
    ],
)
def test_an_item_has_its_number_taken_off_and_a_date_keeps_its_day(item: str, left: str) -> None:
    assert without_enumerator(item) == left
