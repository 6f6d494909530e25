"""Whether an answer stands: several signals, one confidence, one threshold."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.grounding.abstention import (
    NOT_FOUND,
    STRICTNESS,
    UNDECIDED,
    Abstention,
    Verdict,
    confidence,
    explain,
    is_abstention,
    refusal,
)
from rag.text.analyzer import words
from rag.types import Answer, Certainty, Citation, Sentence, Signals
from tests.conftest import passages
from tests.support.values import answer

SHOWN = passages(["The tower is 324 metres high.", "It was painted by Rollo in 1902."])
ODDS = st.floats(-30, 30)
SHARE = st.floats(0, 1)


def abstention(strictness: float = STRICTNESS) -> Abstention:
    return Abstention(words, strictness)


def sentence(score: float) -> Sentence:
    text = SHOWN[0].chunk.text
    cited = Citation(number=1, document="a.pdf", page=1, label="1", start=0, end=len(text), quote=text, score=score)
    if not score:
        return Sentence(start=0, end=len(text), text=text, citations=(), support="unsupported")
    return Sentence(start=0, end=len(text), text=text, citations=(cited,), support="supported")


SURE = Certainty(answerable=6.0, min_log_prob=-0.05)


def test_an_answer_that_a_passage_supports_and_the_model_is_sure_of_stands() -> None:
    verdict = abstention().judge("How high is the tower?", SHOWN, [sentence(1.0)], SURE)
    assert not verdict.abstained
    assert verdict.confidence > 0.5


def test_what_nothing_supports_never_stands_and_what_the_model_doubts_only_without_strictness() -> None:
    for strictness in (0.0, STRICTNESS):
        verdict = abstention(strictness).judge("How high is the tower?", SHOWN, [sentence(0.0)], SURE)
        assert (verdict.abstained, verdict.confidence) == (True, 0.0)
    doubt = Certainty(answerable=-6.0, min_log_prob=-3.0)
    for strictness, abstained in ((0.0, False), (STRICTNESS, True)):
        verdict = abstention(strictness).judge("How high is the tower?", SHOWN, [sentence(1.0)], doubt)
        assert verdict.abstained is abstained


@given(ODDS, ODDS, st.floats(-20, 0), SHARE, SHARE, SHARE, SHARE)
def test_more_of_any_signal_never_lowers_the_confidence(
    one: float, other: float, least: float, asked: float, more_asked: float, support: float, more_support: float
) -> None:
    low, high = sorted((one, other))
    less = Signals(Certainty(low, least), min(asked, more_asked), min(support, more_support))
    more = Signals(Certainty(high, least / 2), max(asked, more_asked), max(support, more_support))
    assert 0.0 <= confidence(less) <= confidence(more) <= 1.0


@given(ODDS, st.floats(-20, 0), SHARE, st.floats(0.05, 0.95), st.floats(0.5, 1))
def test_an_answer_that_is_hopeless_before_decoding_would_be_an_abstention_after_it(
    odds: float, least: float, support: float, strictness: float, decided: float
) -> None:
    judge = abstention().at(strictness, decided)
    if judge.is_hopeless(Certainty(odds)):
        assert judge.judge("Is it high?", SHOWN, [sentence(support)], Certainty(odds, least)).abstained


NO_PROBE = Certainty(answerable=None, min_log_prob=-0.05)


def test_a_model_without_a_probe_is_judged_by_the_other_signals() -> None:
    judge = abstention().judge
    assert not judge("How high is the tower?", SHOWN, [sentence(1.0)], NO_PROBE).abstained
    assert judge("How high is the tower?", SHOWN, [sentence(0.0)], NO_PROBE).abstained
    doubt = Certainty(answerable=None, min_log_prob=-8.0)
    verdict = judge("Which emperor slept in Baden?", SHOWN, [sentence(0.6)], doubt)
    assert verdict.abstained
    assert verdict.missing == ("emperor", "slept", "Baden")


ANSWER = answer(
    "Who built it?", text="Rollo built it.", sentences=(sentence(1.0),), abstained=True, passages=tuple(SHOWN)
)

UNDECIDED_SIGNALS = Signals(SURE, 1.0, 1.0, 0.3)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (replace(ANSWER, abstained=False), ""),
        (replace(ANSWER, passages=(), sentences=()), "Nothing was found for it."),
        (replace(ANSWER, sentences=()), "do not seem to answer it."),
        (replace(ANSWER, sentences=(sentence(0.0),)), "Nothing in them supports what the model wrote"),
        (replace(ANSWER, missing=("Baden", "1904")), "answer exactly this.*Not in any of them: Baden, 1904.$"),
        (
            replace(ANSWER, signals=UNDECIDED_SIGNALS, missing=("Baden",)),
            "not say it clearly.*Not in any of them: Baden.$",
        ),
    ],
    ids=["no abstention", "nothing found", "not written", "unsupported", "unsure", "yes or no"],
)
def test_an_abstention_says_why(made: Answer, reason: str) -> None:
    assert re.search(reason, explain(made)) if reason else explain(made) == ""


def test_an_abstention_is_worded_in_the_language_of_the_question() -> None:
    german = replace(ANSWER, language="de", missing=("Baden",))
    assert refusal(german) == "Das konnte ich in den Dokumenten nicht finden."
    assert explain(german).endswith("In keiner davon: Baden.")
    assert refusal(ANSWER) == refusal(replace(ANSWER, language="sw")) == NOT_FOUND


def test_where_only_yes_or_no_is_unclear_that_is_said() -> None:
    assert refusal(replace(ANSWER, signals=UNDECIDED_SIGNALS)) == UNDECIDED
    unwritten = replace(UNDECIDED_SIGNALS, support=0.0)
    assert refusal(replace(ANSWER, signals=unwritten, sentences=())) == UNDECIDED
    for answerable, decided in ((-6.0, 0.3), (-1.0, 0.1)):
        doubt = replace(UNDECIDED_SIGNALS, certainty=Certainty(answerable, -0.05), decided=decided)
        assert refusal(replace(ANSWER, signals=doubt)) == NOT_FOUND, "the passages do not seem to answer it at all"
    sure = replace(UNDECIDED_SIGNALS, decided=0.9)
    assert refusal(replace(ANSWER, signals=sure, sentences=(sentence(0.0),))) == NOT_FOUND, "its words are unsupported"
    assert refusal(replace(ANSWER, signals=UNDECIDED_SIGNALS, passages=())) == NOT_FOUND


def test_an_answer_that_may_as_well_be_the_opposite_is_refused_sooner() -> None:
    def judged(decided: float) -> Verdict:
        return abstention().at(None, decided).judge("Is it high?", SHOWN, [sentence(1.0)], Certainty(0.5, -0.05))

    assert not judged(1.0).abstained
    assert judged(0.5).abstained
    assert judged(0.5).confidence == judged(1.0).confidence / 2


def test_a_question_is_compared_with_the_passages_in_their_language() -> None:
    question, translated = "Wer hat den Leuchtturm bemalt?", "Who painted the tower?"
    shown = passages(["The tower of the city was painted by Rollo in 1902 with the help of many other people."])
    verdict = abstention().judge(question, shown, [sentence(1.0)], SURE, translated)
    assert verdict.signals.question_coverage == 1.0


def test_a_model_that_repeats_an_earlier_abstention_abstains() -> None:
    assert is_abstention(NOT_FOUND)
    assert is_abstention(f" {NOT_FOUND.upper().rstrip('.')}!\n")
    assert not is_abstention(f"{NOT_FOUND} The tower is 324 metres high.")


def test_words_are_missing_in_the_language_of_the_passages() -> None:
    german = passages(["Die Brücken der Stadt wurden im Jahr 1932 von der Familie Rollo gebaut und bemalt."])
    verdict = abstention().judge("Wer bemalte die Brücke und den Leuchtturm der Stadt?", german, [sentence(1.0)], SURE)
    assert verdict.missing == ("Leuchtturm",)
    assert verdict.signals.question_coverage == pytest.approx(0.75)


def test_what_a_question_tells_to_do_is_not_missing() -> None:
    shown = passages(["The tower of the city was painted by Rollo in 1902 with the help of many other people."])
    assert abstention().missing("Who painted it? Please list them all.", shown) == ()
    assert abstention().missing("Explain the mast of the list.", shown) == ("mast", "list")


def test_no_word_is_missing_of_a_question_in_another_language() -> None:
    question = "Wer hat den Turm im Jahr 1902 mit neuer Farbe bemalt?"
    long = passages(["The tower of the city was painted by Rollo in 1902 with the help of many other people."])
    assert abstention().judge(question, long, [sentence(1.0)], SURE).missing == ()
