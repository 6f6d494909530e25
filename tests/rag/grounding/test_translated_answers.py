"""A right sentence in another language than the passages stands, with its quote; a wrong one does not."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.grounding.citations import cite
from rag.grounding.scorers import ScorerByLanguage
from rag.grounding.translated_answers import Asked, Example, TranslatedSupport, lost_facts, respelt
from rag.runtime.progress import CancelEvent
from rag.types import Passage, Sentence
from tests.conftest import passages

SOURCE = "The bridge of Baden was built by Anna Weber in 1868. It was not painted before the war."
ASKED = Asked("Wer baute wann die Brücke von Baden?", "Who built the bridge of Baden, and when?", "de")
RIGHT = "Die Brücke von Baden wurde 1868 von Anna Weber gebaut."
SCORER = ScorerByLanguage()


def judged(
    text: str, translation: str, *texts: str, asked: Asked = ASKED, cancelled: CancelEvent | None = None
) -> Sentence:
    """Return the one sentence of an answer, judged by this translation."""
    seen: list[tuple[str, str, Example | None]] = []

    def translate(sentence: str, language: str, example: Example | None, _: CancelEvent | None) -> str:
        seen.append((sentence, language, example))
        return translation

    read: Sequence[Passage] = passages(list(texts or [SOURCE]))
    support = TranslatedSupport(translate, SCORER)
    (sentence,) = support.judge(cite(text, asked.question, read, SCORER), asked, read, cancelled)
    plain = text.removeprefix("4. ")
    assert all(call == (plain, "en", (asked.question, asked.translated)) for call in seen)
    return sentence


def test_a_right_sentence_is_supported_by_the_quote_in_the_original() -> None:
    sentence = judged(RIGHT, "The bridge of Baden was built by Anna Weber in 1868.")
    assert (sentence.text, sentence.support) == (RIGHT, "supported")
    assert sentence.translation == "The bridge of Baden was built by Anna Weber in 1868."
    assert sentence.citations[0].quote == "The bridge of Baden was built by Anna Weber in 1868."


@pytest.mark.parametrize(
    ("text", "translation", "missing"),
    [
        (
            "Die Brücke von Baden wurde 1869 von Anna Weber gebaut.",
            "The bridge of Baden was built by Anna Weber in 1869.",
            "1869",
        ),
        (
            "Die Brücke von Baden wurde 1869 von Anna Weber gebaut.",
            "The bridge of Baden was built by Anna Weber in 1868.",  # the model knows better
            "1869",
        ),
        (
            "Die Brücke von Baden wurde 1868 von Karl Huber gebaut.",
            "The bridge of Baden was built by Karl Huber in 1868.",
            "Karl",
        ),
        (
            "Die Brücke von Baden wurde 1868 nicht von Anna Weber gebaut.",
            "The bridge of Baden was built by Anna Weber in 1868.",
            "nicht",
        ),
    ],
    ids=["number", "number lost", "name", "negation lost"],
)
def test_a_wrong_fact_does_not_pass(text: str, translation: str, missing: str) -> None:
    sentence = judged(text, translation)
    assert sentence.support != "supported"
    assert missing in sentence.missing


def test_a_sentence_that_cannot_be_translated_stays_as_it_was_judged() -> None:
    sentence = judged("Die Stadt ist vor allem für ihre alten Bäder bekannt.", "")
    assert (sentence.support, sentence.translation) == ("unsupported", "")


def test_a_sentence_in_the_language_of_a_passage_is_not_translated() -> None:
    english = "The bridge of Baden was built by Anna Weber in 1868."
    assert judged(english, "never asked for").translation == ""
    assert judged(RIGHT, "never asked for", SOURCE * 2, f"{RIGHT} Sie ist aus Stein und Holz.").translation == ""


def test_a_block_of_code_is_not_translated() -> None:
    assert judged("```\nEs baut die Brücke von Baden wieder auf\n```", "never asked for").translation == ""


def test_a_stop_leaves_the_rest_as_it_was_judged() -> None:
    cancelled = CancelEvent()
    cancelled.set()
    assert judged(RIGHT, "never asked for", cancelled=cancelled).translation == ""


def test_a_translation_of_two_sentences_is_as_well_supported_as_the_weaker() -> None:
    sentence = judged(RIGHT, "The bridge of Baden was built by Anna Weber. Penguins live in Africa in 1868.")
    assert sentence.support == "unsupported"


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("Der Umsatz betrug 1.200 Millionen Euro im Jahr 2019.", "Revenue was 1,200 million euros in the year 2019."),
        ("Die Frist endet am 21.9.2020 um Mitternacht.", "The period ends on September 21, 2020 at midnight."),
        ("公众意见的截止日期是2020年9月21日。", "The deadline for public comments is September 21, 2020."),
        ("Der Verein hat 5 Mitglieder und 2 Gäste.", "The society has five members and two guests."),
        ("Die Wahl dauert 2-3 Wochen in jedem Land.", "The election takes 2 to 3 weeks in every country."),
        ("N'importe quel membre peut se présenter.", "Any member may stand as a candidate."),
        ("在20世纪80年代末，学生们封锁了演讲。", "In the late 1980s, students blocked the speech."),
        ("Había 12 parejas no casadas en el pueblo.", "There were 12 unmarried couples in the village."),
        ("Sie arbeitet ohne Verbindung zu dem Netz.", "It works in a connectionless mode of the network."),
        ("Der Antrag wurde von dem Ausschuss nicht angenommen.", "The application was not accepted by the committee."),
        ("El comité no aceptó la propuesta de los miembros.", "The committee rejected the proposal of the members."),
    ],
)
def test_what_is_spelt_otherwise_is_not_lost(text: str, translation: str) -> None:
    assert lost_facts(text, translation) == []


@pytest.mark.parametrize(
    ("text", "translation", "lost"),
    [
        ("Der Umsatz betrug 1.200 Millionen Euro im Jahr 2019.", "Revenue was 1,300 million euros in 2019.", ["1.200"]),
        ("Die Frist endet am 21.9.2020 um Mitternacht.", "The period ends in 2020 at midnight.", ["21", "9"]),
        ("Der Antrag wurde nicht angenommen.", "The application was accepted by the committee.", ["nicht"]),
        ("Der Antrag wurde von dem Ausschuss angenommen.", "The committee did not accept the application.", ["not"]),
        ("公众意见的截止日期是2020年9月21日。", "The deadline for public comments is in 2020.", ["9", "21"]),
    ],
)
def test_what_is_lost_is_named_as_it_was_written(text: str, translation: str, lost: list[str]) -> None:
    assert lost_facts(text, translation) == lost


@given(st.lists(st.integers(0, 10**9), max_size=5))
def test_figures_in_figures_are_never_lost(numbers: list[int]) -> None:
    text = " und ".join(map(str, numbers))
    assert lost_facts(text, text.replace("und", "and")) == []


@pytest.mark.parametrize(
    ("translation", "text", "expected"),
    [
        ("He became Kenia's second minister.", "Kenya has a minister.", "He became Kenya's second minister."),
        ("The EU was founded.", "The European Union was founded.", "The European Union was founded."),
        ("The EU was founded.", "The EU (European Union) was founded.", "The EU was founded."),
        ("The WHO was founded.", "The World Health Organization began.", "The World Health Organization was founded."),
        ("The FDA met.", "The Food and Drug Administration met.", "The Food and Drug Administration met."),
        ("The EU was founded.", "Eastern Ukraine is in the east.", "The EU was founded."),
        ("The ABC met.", "The American Broad Company and the Austrian Beer Club met.", "The ABC met."),
        ("He lives in Austria.", "He lives in Australia.", "He lives in Austria."),
    ],
)
def test_only_names_that_are_known_to_be_one_are_respelt(translation: str, text: str, expected: str) -> None:
    assert respelt(translation, "de", "en", [text]) == expected


def test_a_language_without_data_changes_nothing() -> None:
    assert respelt("He lives in Kenia.", "", "xx", ["Kenya"]) == "He lives in Kenia."
