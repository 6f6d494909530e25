"""A finished answer says how it was made, and what the next question may be told of it."""

import time

from rag.answering.draft import Draft
from rag.answering.finished_answers import finished_answer, timings_of
from rag.answering.prompt_search import Searched
from rag.grounding.abstention import NOT_FOUND, Verdict
from rag.grounding.translation.translated_answers import Asked
from rag.interfaces import TextDelta
from rag.prompting.prompt import Prompt
from rag.types import FACT_PLAN, Signals


def searched() -> Searched:
    prompt = Prompt(messages=(), tokens=7, passages=(), new=(), dropped=(), turns=(), forgotten_turns=2)
    return Searched(
        asked=Asked("Who?"), plan=FACT_PLAN, query="Who?", prompt=prompt, dropped=(), rewrite_s=0.0, retrieve_s=0.5
    )


def drafted() -> Draft:
    draft = Draft()
    draft.text, draft.last = "Nobody.", TextDelta("", 3, "end")
    return draft


def test_an_answer_that_stands_is_remembered_and_a_draft_is_not() -> None:
    timings = timings_of(searched(), drafted(), time.perf_counter(), time.perf_counter())
    for abstained, remembered in ((False, "Nobody."), (True, NOT_FOUND)):
        verdict = Verdict(abstained, 0.5, ("word",), Signals())
        answer = finished_answer(searched(), drafted(), (), verdict, ["- made up"], timings)
        assert [turn.answer for turn in answer.turns] == [remembered]
        assert answer.text == "Nobody."
        assert (answer.left_out, answer.missing, answer.forgotten_turns) == (("- made up",), ("word",), 2)
