"""A stored answer is restored unchanged, whatever has become of its documents."""

import json
from dataclasses import replace
from typing import Any

from rag.exports.answer_json import Provenance, answer_json
from rag.exports.conversation_record import NO_DOCUMENT, answer_of, answers_of, record
from rag.grounding.abstention import NOT_FOUND
from rag.types import (
    Answer,
    Certainty,
    Citation,
    Computed,
    Document,
    Dropped,
    GenerationStats,
    Operand,
    Passage,
    Plan,
    Sentence,
    Signals,
    Timings,
    ToolCalled,
    Turn,
)
from tests.support import values

TEXT = "The fee is 20 euros. Ravens bark."


def passage(id_: int, document: int, text: str) -> Passage:
    known: dict[str, Any] = {"id": id_, "document_id": document, "document": f"{document}.pdf"}
    return Passage(values.chunk(text, start=5, page=2, page_label="ii", heading="Fees", **known), 0.5)


FEE, DOGS, CATS = passage(11, 1, "The fee is 20 euros."), passage(12, 2, "Dogs bark."), passage(13, 2, "Cats do not.")
QUOTE = Citation(number=1, document="1.pdf", page=2, label="ii", start=5, end=25, quote=FEE.chunk.text, score=0.1 + 0.2)
AGAINST = Citation(number=2, document="2.pdf", page=2, label="ii", start=5, end=15, quote=DOGS.chunk.text, score=1 / 3)
ANSWER = Answer(
    question="And the fee?",
    query="fee at the door",
    text=TEXT,
    sentences=(
        Sentence(start=0, end=20, text=TEXT[:20], citations=(QUOTE,), support="supported"),
        Sentence(
            start=21,
            end=33,
            text=TEXT[21:],
            citations=(),
            support="unsupported",
            missing=("Ravens",),
            disputed=(AGAINST,),
        ),
    ),
    abstained=False,
    passages=(FEE, DOGS),
    dropped=(Dropped(CATS, "no room"),),
    timings=Timings(
        rewrite_s=0.25,
        retrieve_s=0.5,
        first_token_s=1.0,
        total_s=2.0,
        prompt_tokens=300,
        output_tokens=12,
        generation=GenerationStats(
            waiting_s=0.0, prefill_s=0.5, decode_s=1.0, reused_tokens=200, drafted_tokens=4, accepted_tokens=3
        ),
    ),
    stop_reason="end",
    forgotten_turns=1,
    turns=(Turn("The fee?", "20 euros.", (FEE,)), Turn("And the fee?", TEXT, (DOGS,))),
    confidence=0.75,
    missing=("door",),
    signals=Signals(Certainty(1.5, -0.25), 0.5, 0.75),
)


def document(id_: int) -> Document:
    return values.document(id_, f"{id_}.pdf", recipe="recipe", pages=3, chunks=2)


def provenance(*ids: int) -> Provenance:
    return Provenance({n: document(n) for n in ids}, "tiny", {"passages": 3}, "0.1.0", "2026-01-01T00:00:00+00:00")


THERE = {"sha of 1": 1, "sha of 2": 2}


def kept(answer: Answer, *ids: int) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(json.dumps(record(answer, provenance(*ids))))
    return value


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
        turns=ANSWER.turns[-1:],
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
