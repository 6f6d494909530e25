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


def kept(answer: Answer, *ids: int) -> dict[str, object]:
    value: dict[str, object] = json.loads(json.dumps(record(answer, provenance(*ids))))
    return value


def test_an_answer_comes_back_equal_but_for_the_earlier_turns_which_have_records_of_their_own() -> None:
    back = answer_of(kept(ANSWER, 1, 2), {"sha of 1": 1, "sha of 2": 2})
    assert back == replace(ANSWER, turns=ANSWER.turns[-1:])


def test_the_language_and_the_translations_come_back() -> None:
    translated = replace(ANSWER.sentences[0], translation="The fee is 20 euros.")
    german = replace(ANSWER, language="de", sentences=(translated, ANSWER.sentences[1]))
    assert answer_of(kept(german, 1, 2), {"sha of 1": 1, "sha of 2": 2}) == replace(german, turns=ANSWER.turns[-1:])


def test_a_document_that_is_gone_or_changed_leaves_the_quotes_and_is_not_told_to_the_model_again() -> None:
    back = answer_of(kept(ANSWER, 1, 2), {"sha of 1": 7, "sha of the new 2": 2, "": 9})
    assert back.sentences == ANSWER.sentences
    assert [p.chunk.document_id for p in back.passages] == [7, NO_DOCUMENT]
    assert back.turns == (Turn("And the fee?", TEXT, ()),)
    unknown = answer_of(kept(ANSWER), {"": 9, "sha of 1": 7})
    assert [p.chunk.document_id for p in unknown.passages] == [NO_DOCUMENT, NO_DOCUMENT]


def test_of_a_refusal_the_model_is_told_no_draft() -> None:
    refused = replace(ANSWER, abstained=True, turns=(Turn("And the fee?", NOT_FOUND, (DOGS,)),))
    assert answer_of(kept(refused, 1, 2), {"sha of 1": 1, "sha of 2": 2}) == refused


def test_a_conversation_comes_back_as_the_model_was_told_it() -> None:
    there = {"sha of 1": 1, "sha of 2": 2}
    first = replace(ANSWER, question="The fee?", turns=(Turn("The fee?", TEXT, (FEE, DOGS)),))
    # Later the window was full: the sources of the earlier turns went, then the first turn itself.
    second = replace(ANSWER, turns=(replace(first.turns[0], passages=()), Turn("And the fee?", TEXT, (DOGS,))))
    third = replace(ANSWER, question="Why?", turns=(second.turns[1], Turn("Why?", TEXT)))
    answers = (first, second, third)
    assert answers_of([kept(answer, 1, 2) for answer in answers], there) == answers
    assert answers_of([], there) == ()


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


def test_a_computed_result_is_stored_exported_and_restored() -> None:
    answer = replace(ANSWER, computed=COMPUTED)
    stored = json.loads(json.dumps(record(answer, provenance(1, 2))))
    assert answer_of(stored, {document(1).sha256: 1, document(2).sha256: 2}).computed == COMPUTED
    assert stored["computed"]["operands"][0]["sha256"] == document(1).sha256
    assert "sha256" not in answer_json(answer)["computed"]["operands"][0]
    assert "computed" not in answer_json(ANSWER)


def test_kind_left_out_items_and_notes_are_restored_and_absent_rather_than_empty() -> None:
    noted = replace(ANSWER, plan=Plan(kind="list"), left_out=("- Ravens",), notes=("1 item was left out.",))
    value = json.loads(json.dumps(record(noted, provenance(1, 2))))
    assert (value["kind"], value["left_out"], value["notes"]) == ("list", ["- Ravens"], ["1 item was left out."])
    restored = answer_of(value, {})
    assert (restored.plan.kind, restored.left_out, restored.notes) == ("list", noted.left_out, noted.notes)
    assert not {"kind", "left_out", "notes"} & answer_json(ANSWER).keys()


def test_calls_of_tools_are_exported_and_restored_and_absent_where_there_were_none() -> None:
    added = ANSWER.passages[:1]
    calls = (
        ToolCalled("search", {"query": "fee"}, "", added),
        ToolCalled("calculate", {"expression": "a"}, "It must.", failed=True),
    )
    made = replace(ANSWER, tool_calls=calls)
    stored = kept(made, 1, 2)
    assert stored["tool_calls"] == [
        {"name": "search", "arguments": {"query": "fee"}, "result": "", "passages": [1], "failed": False},
        {"name": "calculate", "arguments": {"expression": "a"}, "result": "It must.", "passages": [], "failed": True},
    ]
    restored = answer_of(stored, {"sha of 1": 1, "sha of 2": 2})
    assert [(each.name, each.arguments, each.result, each.failed) for each in restored.tool_calls] == [
        (each.name, each.arguments, each.result, each.failed) for each in calls
    ]
    assert restored.tool_calls[0].passages == restored.passages[:1]
    assert "tool_calls" not in kept(ANSWER, 1, 2)
