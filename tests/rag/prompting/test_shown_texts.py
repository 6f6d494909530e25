"""Texts that an answer may take figures and names from, and languages without names."""

from rag.prompting.prompt import Prompt
from rag.prompting.shown_texts import grounding
from rag.types import Passage, Turn
from rag.types.decoding import GroundedDecoding
from tests.support.values import chunk

CHUNK = chunk("Net sales", document="report.pdf", page=7, page_label="7", heading="Part I")
PROMPT = Prompt(
    messages=(),
    tokens=1,
    passages=(Passage(CHUNK, 1.0),),
    new=(),
    dropped=(),
    turns=(Turn("And in 2017?", "It was 32."),),
    forgotten_turns=0,
)
QUESTION = "How much did the company sell in the year 2018?"


def test_question_passages_conversation_and_results_are_shown() -> None:
    held_to = grounding(PROMPT, QUESTION, "names", "en", ["12 - 5 = 7"])
    assert held_to is not None
    assert not held_to.figures_only
    shown = " | ".join(held_to.texts)
    assert all(part in shown for part in (QUESTION, "Net sales", "report.pdf", "2017", "32", "12 - 5 = 7", "Part I"))


def test_figures_only_where_asked_for_and_where_capitals_do_not_tell_names() -> None:
    asked: tuple[tuple[GroundedDecoding, str], ...] = (("figures", "en"), ("names", "de"), ("names", "?"))
    assert all((held_to := grounding(PROMPT, QUESTION, *each)) and held_to.figures_only for each in asked)
