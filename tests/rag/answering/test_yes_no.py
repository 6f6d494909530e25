"""The answer to a yes/no question begins as its sources have it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rag.answering.prompt_search import Searched
from rag.answering.yes_no import YesNo, as_certain, certainty_of, nearest_quotes
from rag.grounding.scorers import JUDGED_CHARACTERS
from rag.grounding.translated_answers import Asked
from rag.prompting.prompt import Prompt
from rag.types import Passage, Plan, QuestionKind, Sentence
from rag.types.decoding import Decoding
from tests.conftest import passage
from tests.support.fakes import ScriptedGenerator, WordEmbedder

SHOP = passage(
    "The shop sells bread. It is closed on Mondays. Cards are taken from five pounds on.", document="three-mills.md"
)
QUESTION = "Is the shop open on Mondays?"
SURE = Sentence(start=0, end=4, text="Yes.", citations=(), support="supported")


class Judge:
    """A `YesNoJudge` that is so sure of yes."""

    def __init__(self, probability: float | None) -> None:
        self.probability = probability
        self.asked: list[tuple[str, Sequence[str]]] = []
        self.words: Sequence[str] = ()

    def probability_of_yes(self, question: str, quotes: Sequence[str]) -> float | None:
        self.asked.append((question, quotes))
        return self.probability

    def beginning_with(self, decoding: Decoding, words: Sequence[str]) -> Decoding:
        self.words = words
        return replace(decoding, opening=tuple(map(len, words)))


def searched(
    *passages: Passage, question: str = QUESTION, translated: str = "", kind: QuestionKind = "yes_no"
) -> Searched:
    return Searched(
        asked=Asked(question, translated, "en", bool(translated)),
        plan=Plan(kind=kind),
        query=question,
        prompt=Prompt(messages=(), tokens=0, passages=passages, new=passages, dropped=(), turns=(), forgotten_turns=0),
        dropped=(),
        rewrite_s=0.0,
        retrieve_s=0.0,
    )


def test_the_sentences_nearest_to_the_question_are_judged_behind_what_they_are_about() -> None:
    judge = Judge(0.1)
    assert YesNo(judge, WordEmbedder()).probability_of_yes(searched(SHOP)) == 0.1
    ((question, quotes),) = judge.asked
    assert question == QUESTION
    assert quotes[0] == "three mills: It is closed on Mondays."
    assert len(quotes) == 3


def test_sentences_of_two_documents_are_judged_behind_their_own_titles_nearest_first_and_not_all() -> None:
    other = passage("The old mill is open on Mondays.", document="old-mill.md")
    long = passage(" ".join(f"Page {number} is about flour." for number in range(9)), document="flour.md")
    quotes = nearest_quotes("Is the old mill open on Mondays?", [SHOP, long, other], WordEmbedder())
    assert quotes[0] == "old mill: The old mill is open on Mondays."
    assert "three mills: It is closed on Mondays." in quotes
    assert len(quotes) == 4


def test_a_sentence_that_is_too_long_to_be_judged_is_left_out() -> None:
    judge = Judge(0.1)
    long = passage(f"The shop is {'open and ' * JUDGED_CHARACTERS}closed on Mondays. It is so. The bus stops here.")
    YesNo(judge, WordEmbedder()).probability_of_yes(searched(long))
    ((_, quotes),) = judge.asked
    assert len(quotes) == 2


@pytest.mark.parametrize(
    ("probability", "language", "words"),
    [
        (0.9, "en", ("Yes", "No")),
        (0.2, "en", ("No", "Yes")),
        (0.2, "de", ("Nein", "Ja")),
        (0.2, "", ("No", "Yes")),
        (0.9, "sw", ()),  # a language without such words here
        (None, "en", ()),
    ],
)
def test_the_likelier_word_is_asked_for_in_the_language_of_the_answer(
    probability: float | None, language: str, words: Sequence[str]
) -> None:
    judge = Judge(probability)
    decoding = YesNo(judge, WordEmbedder()).opened(Decoding(), probability, language)
    assert judge.words == words
    assert bool(decoding.opening) == bool(words)


def test_a_question_in_another_language_is_judged_by_its_translation() -> None:
    judge = Judge(0.1)
    YesNo(judge, WordEmbedder()).probability_of_yes(searched(SHOP, question="Ist geöffnet?", translated=QUESTION))
    assert [question for question, _ in judge.asked] == [QUESTION]


def test_nothing_is_decided_without_passages_an_embedder_or_a_judge_or_of_another_or_a_long_question() -> None:
    judge = Judge(0.9)
    assert YesNo(judge, WordEmbedder()).probability_of_yes(searched()) is None
    assert YesNo(judge, WordEmbedder()).probability_of_yes(searched(SHOP, kind="fact")) is None
    assert YesNo(judge, None).probability_of_yes(searched(SHOP)) is None
    long = searched(SHOP, question=f"{'Is it so that the shop is open and ' * 200}closed?")
    assert YesNo(judge, WordEmbedder()).probability_of_yes(long) is None
    without = YesNo(ScriptedGenerator(), WordEmbedder())
    assert without.probability_of_yes(searched(SHOP)) is None
    assert without.opened(Decoding(), 0.9, "en") == Decoding()
    assert not judge.asked


@pytest.mark.parametrize(
    ("probability", "certainty", "support"),
    [(0.9, 0.9, "supported"), (0.125, 0.875, "supported"), (0.6, 0.6, "weak"), (0.25, 0.75, "supported")],
)
def test_an_answer_that_is_not_sure_of_its_first_word_is_partly_supported(
    probability: float, certainty: float, support: str
) -> None:
    (marked,) = as_certain([SURE], probability)
    assert certainty_of(probability) == certainty
    assert certainty_of(None) == 1.0
    assert marked.support == support
    assert as_certain([SURE], None) == (SURE,)
    unsupported = replace(SURE, support="unsupported")
    assert as_certain([unsupported], probability) == (unsupported,)
