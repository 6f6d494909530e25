"""Citations: exact quotes from the right passage, and no support where there is none."""

import time

import pytest

from rag.grounding.citations import Citer, cite
from rag.grounding.lexical_scorer import LexicalScorer
from rag.grounding.near_meaning import NearMeaning
from rag.text.analyzer import english_analyzer
from rag.types import Answer, Passage, Sentence
from tests.conftest import passage, passages
from tests.support.fakes import WordEmbedder
from tests.support.values import answer

SCORER = LexicalScorer(english_analyzer().analyze)
TEXTS = [
    "Debian was founded by Ian Murdock in 1993. It is a free operating system.",
    "The Project Leader serves for one year. The Secretary keeps the records of the votes.",
]


def cited(answer: str, question: str = "what?") -> tuple[Sentence, ...]:
    return cite(answer, question, passages(TEXTS), SCORER)


def test_each_sentence_points_at_the_span_that_supports_it() -> None:
    first, second = cited("Ian Murdock founded Debian in 1993. The leader serves for one year.")
    assert (first.support, first.citations[0].number) == ("supported", 1)
    assert first.citations[0].quote == "Debian was founded by Ian Murdock in 1993."
    assert (second.support, second.citations[0].number) == ("supported", 2)
    assert second.citations[0].quote == "The Project Leader serves for one year."


def test_a_quote_is_exactly_at_its_offsets_of_the_page() -> None:
    page = "Some earlier text. " + TEXTS[0]
    shown = passage(TEXTS[0], start=len("Some earlier text. "))
    (sentence,) = cite("It is a free operating system.", "", [shown], SCORER)
    citation = sentence.citations[0]
    assert page[citation.start : citation.end] == citation.quote == "It is a free operating system."


def test_markers_are_removed_from_the_text() -> None:
    (sentence,) = cited("Debian is a free operating system [1].")
    assert (sentence.text, sentence.citations[0].number) == ("Debian is a free operating system.", 1)


def test_two_sources_that_say_the_same_are_both_cited() -> None:
    shown = passages(["The fee is 20 euros.", "Members pay: the fee is 20 euros.", "Unrelated."])
    (sentence,) = cite("The fee is 20 euros.", "", shown, SCORER)
    assert [citation.number for citation in sentence.citations] == [1, 2]


def test_spans_of_the_answer_are_those_of_its_sentences() -> None:
    answer = "Debian is free.\n\n- Ian Murdock founded Debian in 1993."
    for sentence in cited(answer):
        assert answer[sentence.start : sentence.end] == sentence.text


def test_a_sentence_that_no_span_carries_alone_is_cited_from_several() -> None:
    shown = passages(
        [
            "The ship left Bristol in May. It carried wool and tin. The captain was Anne Reed.",
            "Bristol has two harbours.",
        ]
    )
    (sentence,) = cite("The ship of captain Anne Reed left Bristol in May.", "", shown, SCORER)
    assert sentence.support == "supported"
    assert [citation.quote for citation in sentence.citations] == [
        "The ship left Bristol in May.",
        "The captain was Anne Reed.",
    ]


def test_what_a_doubtful_sentence_lacks_is_named() -> None:
    weak, nowhere = cited("Debian was founded by Ian Jackson in 1994. Of all fruit Harald likes 3 bananas.")
    assert (weak.support, weak.missing) == ("weak", ("1994", "Jackson"))
    assert (nowhere.support, nowhere.missing, nowhere.citations) == ("unsupported", ("3", "Harald"), ())
    (right,) = cited("Ian Murdock founded Debian in 1993.")
    assert right.missing == ()


@pytest.mark.parametrize(
    ("hostile", "sentences"),
    [
        ("| a |\n|" + "-" * 5000 + "x", 2),
        ("A" * 5000 + "." * 5000 + " B", 2),
        ("(" * 5000 + "A", 1),
        ("`" * 3000 + "a" + "`" * 2999, 1),
        ("[1" + ",1" * 3000, 1),
        ("```" + "\n" * 5000, 0),
        ("1," * 3000, 1),
    ],
)
def test_a_hostile_text_takes_no_long_time(hostile: str, sentences: int) -> None:
    started = time.thread_time()  # the processor's time, in which a busy machine is no slower; a fortieth is needed
    found = cite(hostile, hostile, [passage(hostile), passage(TEXTS[0])], SCORER)
    assert time.thread_time() - started < 2
    assert len(found) == sentences
    for citation in (each for sentence in found for each in sentence.citations):
        assert hostile[citation.start : citation.end] == citation.quote


def refused(question: str, texts: list[str]) -> Answer:
    citer = Citer(question, passages(texts), SCORER)
    blank = answer(question, abstained=True, passages=tuple(passages(texts)), stop_reason="none")
    return citer.with_nearest(blank)


def test_a_refusal_says_what_the_passages_do_say_that_is_nearest() -> None:
    nearest = refused("When was Debian founded by Bruce Perens?", TEXTS).nearest
    assert nearest is not None
    assert (nearest.quote, nearest.number) == ("Debian was founded by Ian Murdock in 1993.", 1)
    assert TEXTS[0][nearest.start : nearest.end] == nearest.quote


@pytest.mark.parametrize("texts", [["Bananas grow in warm countries."], ["When was Debian founded?"], []])
def test_a_refusal_has_no_nearest_statement_where_none_is_near(texts: list[str]) -> None:
    assert refused("When was Debian founded?", texts).nearest is None


TABLE = "Year | Income (euros) | Expenses (euros)\nYear: 2022 | Income (euros): 4800 | Expenses (euros): 4100\n"
TABLE += "Year: 2023 | Income (euros): 5250 | Expenses (euros): 4700"


@pytest.mark.parametrize("claim", ["The income in 2023 was 5250 euros", "Expenses in 2022: 4100 euros."])
def test_a_figure_of_a_table_is_supported_by_its_row_its_head_and_the_unit_in_it(claim: str) -> None:
    (sentence,) = cite(claim, "What was the income in 2023?", [passage(TABLE)], SCORER)
    assert (sentence.support, len(sentence.citations)) == ("supported", 1)


@pytest.mark.parametrize(
    "wrong",
    [
        "The income in 2023 was 5350 euros",
        "The income in 2022 was 5250 euros",
        "The income in 2023 was 4700 euros",
        "The income in 2023 was 5250 dollars",
        "The income in 2023 was not 5250 euros",
    ],
)
def test_another_figure_row_column_or_unit_of_a_table_is_not_supported(wrong: str) -> None:
    (sentence,) = cite(wrong, "What was the income in 2023?", [passage(TABLE)], SCORER)
    assert sentence.support != "supported"


RULES = (
    "## Openness\n\nThe club will never hide its debts. Minutes go to each member by post.\n\n"
    "The whole ledger stays open to the public at all times."
)
SEVERAL = "The club will not hide its debts, and its ledger stays open to the public at all times."


def summarised(sentence: str, *sources: Passage) -> Sentence:
    """Return a sentence of a summary, judged."""
    near = NearMeaning("", sources, SCORER, WordEmbedder())
    (judged,) = Citer("", sources, SCORER, near=near).sentences(sentence)
    return judged


def test_a_summarys_sentence_of_several_statements_is_supported_where_each_of_them_is() -> None:
    sentence = summarised(SEVERAL, passage(RULES))
    assert sentence.support == "supported"
    assert [one.quote for one in sentence.citations] == [
        "The club will never hide its debts.",
        "The whole ledger stays open to the public at all times.",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        "The club will not hide its debts, and its ledger stays closed to the public at all times.",
        "The club will not hide its debts, and its ledger stays open to the public for 30 days.",
    ],
)
def test_one_false_statement_of_several_leaves_the_sentence_unsupported(wrong: str) -> None:
    assert summarised(wrong, passage(RULES)).support != "supported"


def test_statements_of_different_passages_make_no_supported_sentence() -> None:
    claim = "The club will not hide its debts, and the harbour is closed in winter."
    assert summarised(claim, passage(RULES), passage("The harbour is closed in winter.")).support != "supported"


def test_only_a_summary_is_supported_statement_by_statement() -> None:
    (sentence,) = cite(SEVERAL, "", [passage(RULES)], SCORER)
    assert sentence.support == "weak"


def test_the_number_of_an_item_is_no_figure_of_what_it_says() -> None:
    items = cited("1. Ian Murdock founded Debian in 1993.\n7. The Secretary keeps the records of the votes.")
    assert [item.support for item in items] == ["supported", "supported"]


def test_a_yes_or_no_is_no_part_of_what_the_quote_says() -> None:
    (denied,) = cited("No, the Project Leader serves for one year.")
    assert (denied.support, denied.text) == ("supported", "No, the Project Leader serves for one year.")
    (alone,) = cited("Nein. The Project Leader serves for one year.")
    assert alone.support == "supported"
    assert cited("Yes.") == ()


def test_what_stands_in_brackets_behind_a_sentence_is_a_part_of_it() -> None:
    text = "- The Project Leader serves for one year. (See section 5.2.)\n- (None.)"
    leader, none = cited(text)
    assert leader.text == "- The Project Leader serves for one year. (See section 5.2.)"
    assert none.text == "- (None.)"


def test_an_item_before_one_no_deeper_introduces_nothing() -> None:
    items = "- Beekeeping:\n- Debian was founded by Ian Murdock in 1993."
    assert [sentence.support for sentence in cited(items)] == ["unsupported", "supported"]
    assert [sentence.support for sentence in cited(items.replace("\n-", "\n  -"))] == ["supported"]
