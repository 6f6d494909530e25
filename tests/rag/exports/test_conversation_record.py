"""A stored answer is restored unchanged, whatever has become of its documents."""

from dataclasses import replace

from rag.exports.answer_json import answer_json
from rag.exports.conversation_record import NO_DOCUMENT, answer_of, answers_of
from rag.grounding.abstention import NOT_FOUND
from rag.types import Computed, Operand, Plan, ToolCalled, Turn
from tests.support.kept_answers import ANSWER, DOGS, FEE, QUOTE, TEXT, document, kept

THERE = {"sha of 1": 1, "sha of 2": 2}


def test_an_answer_comes_back_equal_but_for_the_earlier_turns_which_have_records_of_their_own() -> None:
    back = answer_of(kept(ANSWER, 1, 2), THERE)
    assert back == replace(ANSWER, turns=ANSWER.turns[-1:])


def test_a_document_that_is_gone_or_changed_leaves_the_quotes_and_is_not_told_to_the_model_again() -> None:
    back = answer_of(kept(ANSWER, 1, 2), {"sha of 1": 7, "sha of the new 2": 2, "": 9})
    assert back.sentences == ANSWER.sentences
    assert [p.chunk.document_id for p in back.passages] == [7, NO_DOCUMENT]
    assert back.turns == (Turn("And the fee?", TEXT, ()),)
    unknown = answer_of(kept(ANSWER), {"": 9, "sha of 1": 7})
    assert [p.chunk.document_id for p in unknown.passages] == [NO_DOCUMENT, NO_DOCUMENT]


def test_of_a_refusal_the_model_is_told_no_draft() -> None:
    refused = replace(ANSWER, abstained=True, turns=(Turn("And the fee?", NOT_FOUND, (DOGS,)),))
    assert answer_of(kept(refused, 1, 2), THERE) == refused


def test_a_conversation_comes_back_as_the_model_was_told_it() -> None:
    first = replace(ANSWER, question="The fee?", turns=(Turn("The fee?", TEXT, (FEE, DOGS)),))
    # Later the window was full: the sources of the earlier turns went, then the first turn itself.
    second = replace(ANSWER, turns=(replace(first.turns[0], passages=()), Turn("And the fee?", TEXT, (DOGS,))))
    third = replace(ANSWER, question="Why?", turns=(second.turns[1], Turn("Why?", TEXT)))
    answers = (first, second, third)
    assert answers_of([kept(answer, 1, 2) for answer in answers], THERE) == answers
    assert answers_of([], THERE) == ()


COMPUTED = Computed(
    kind="change",
    statement="The fee rose by 5 (33.3%).",
    expression="(20 − 15) / 15 = 33.3%",
    results=("5", "33.3%"),
    operands=(
        Operand(
            document_id=1,
            document="1.pdf",
            page=2,
            start=16,
            end=18,
            text="20",
            quote_start=5,
            quote_end=25,
            quote=FEE.chunk.text,
            row="Fee",
            period="2019",
        ),
    ),
    confidence=0.95,
)


def test_all_that_an_answer_may_have_comes_back_and_is_absent_where_it_has_not() -> None:
    full = replace(
        ANSWER,
        sentences=(replace(ANSWER.sentences[0], translation="The fee.", meaning=0.5), ANSWER.sentences[1]),
        turns=(replace(ANSWER.turns[-1], kind="list"),),
        thinking="Ravens, or not?",
        language="de",
        plan=Plan(kind="list"),
        left_out=("- Ravens",),
        notes=("1 item was left out.",),
        computed=COMPUTED,
        nearest=QUOTE,
        kept_from="2026-01-02T00:00:00+00:00",
        tool_calls=(
            ToolCalled("search", {"query": "fee"}, "", (FEE,)),
            ToolCalled("calculate", {"expression": "a"}, "It must.", failed=True),
        ),
    )
    stored = kept(full, 1, 2)
    assert answer_of(stored, THERE) == full
    assert [call["passages"] for call in stored["tool_calls"]] == [[1], []]
    assert stored["computed"]["operands"][0]["sha256"] == document(1).sha256
    assert "sha256" not in answer_json(full)["computed"]["operands"][0]
    optional = "thinking language kind left_out notes computed nearest kept_from tool_calls"
    assert stored.keys() - kept(ANSWER, 1, 2).keys() == set(optional.split())
