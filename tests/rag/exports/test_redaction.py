"""With a removed document, a stored conversation loses all of it and nothing of the others."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rag.exports.answer_json import Provenance
from rag.exports.answer_schema import CitationExport
from rag.exports.conversation_record import REMOVED, answer_of, answers_of, record
from rag.exports.redaction import RemovedDocuments, redact
from rag.grounding.abstention import NOT_FOUND
from rag.grounding.citations import cite
from rag.grounding.lexical_scorer import LexicalScorer
from rag.text.analyzer import english_analyzer
from rag.types import Document, Dropped, Passage, StopReason, Turn
from tests.conftest import passage as any_passage
from tests.support import values

ANALYZE = english_analyzer().analyze
SCORER = LexicalScorer(ANALYZE)
PUBLIC, SECRET = 1, 2
FEES = "The entry fee is 20 euros. Children under six pay nothing. The office opens at nine."
PLAN = "Xylophonists pay 300 dollars. The takeover of Quuxcorp begins in May."

Record = dict[str, Any]


def document(id_: int, name: str = "", sha256: str = "") -> Document:
    name = name or {PUBLIC: "fees.md", SECRET: "takeover.md"}[id_]
    return values.document(id_, name, sha256=sha256 or f"sha of {id_}")


def passage(id_: int, text: str, *, heading: str = "", label: str = "") -> Passage:
    found = any_passage(text, document=document(id_).name, score=0.5)
    chunk = replace(found.chunk, id=10 + id_, document_id=id_, page_label=label, heading=heading)
    return replace(found, chunk=chunk)


BOTH = (passage(PUBLIC, FEES), passage(SECRET, PLAN, heading="Zugzwang", label="sheet Vexillology"))
GONE = RemovedDocuments.of([document(SECRET)], [document(PUBLIC)])


def answered(
    text: str,
    passages: Sequence[Passage] = BOTH,
    *,
    question: str = "What does it cost?",
    query: str = "",
    abstained: bool = False,
    dropped: Sequence[Dropped] = (),
    stop: StopReason = "end",
) -> Record:
    """Return the record of an answer with real citations."""
    answer = values.answer(
        question,
        query=query or question,
        text=text,
        sentences=() if text == NOT_FOUND else cite(text, question, passages, SCORER),
        abstained=abstained,
        passages=tuple(passages),
        dropped=tuple(dropped),
        stop_reason=stop,
        turns=(Turn(question, text, tuple(passages)),),
    )
    documents = {id_: document(id_) for id_ in (PUBLIC, SECRET)}
    kept: Record = json.loads(
        json.dumps(record(answer, Provenance(documents, "tiny", {}, "0.1.0", "2026-01-01T00:00:00+00:00")))
    )
    return kept


def without_secret(*records: Record) -> list[Record]:
    return redact(records, GONE, ANALYZE)


def said(kept: Record) -> list[str]:
    for sentence in kept["sentences"]:
        assert kept["answer"][sentence["start"] : sentence["end"]] == sentence["text"]
    return [sentence["text"] for sentence in kept["sentences"]]


def test_a_sentence_of_the_removed_document_goes_and_the_others_keep_their_citations() -> None:
    before = answered("The entry fee is 20 euros. Xylophonists pay 300 dollars. The office opens at nine.")
    (after,) = without_secret(before)
    assert after["answer"] == f"The entry fee is 20 euros. {REMOVED} The office opens at nine."
    assert said(after) == ["The entry fee is 20 euros.", "The office opens at nine."]
    kept = [before["sentences"][0], before["sentences"][2]]
    assert [s["citations"] for s in after["sentences"]] == [s["citations"] for s in kept]
    assert after["passages"][0] == before["passages"][0]
    assert after["redacted"] is True


def test_nothing_of_the_removed_passage_stays_but_its_number() -> None:
    dropped = (Dropped(BOTH[1], "no room"), Dropped(BOTH[0], "says the same as the passage from takeover.md"))
    (after,) = without_secret(answered("Xylophonists pay 300 dollars.", dropped=dropped))
    text = json.dumps(after)
    words = ("Xylophonist", "300", "Quuxcorp", "Zugzwang", "Vexillology", "takeover", "sha of 2")
    assert not [word for word in words if word in text]
    assert (after["passages"][1]["number"], after["passages"][1]["removed"]) == (2, True)
    assert after["dropped"][1]["text"] == FEES
    assert after["answer"] == REMOVED


def test_a_sentence_that_another_document_carries_alone_stays_without_the_quote_of_the_removed_one() -> None:
    twin = (BOTH[0], passage(SECRET, "The entry fee is 20 euros."))
    before = answered("The entry fee is 20 euros.", twin)
    assert {c["number"] for c in before["sentences"][0]["citations"]} == {1, 2}, "or this tests nothing"
    (after,) = without_secret(before)
    assert said(after) == ["The entry fee is 20 euros."]
    assert {c["number"] for c in after["sentences"][0]["citations"]} == {1}


def test_a_sentence_that_only_both_carry_together_goes() -> None:
    sources = (passage(PUBLIC, "The bridge was opened in 1932."), passage(SECRET, "Bradfield designed the bridge."))
    before = answered(
        "The bridge was opened in 1932, and Bradfield designed the bridge.", sources, question="The bridge?"
    )
    assert {c["number"] for c in before["sentences"][0]["citations"]} == {1, 2}, "or this tests nothing"
    assert without_secret(before)[0]["answer"] == REMOVED


def test_later_answers_lose_what_they_were_told_and_their_queries() -> None:
    first = answered("Xylophonists pay 300 dollars.")
    later = answered(
        "The entry fee is 20 euros. They play xylophones.",
        BOTH[:1],
        question="And they?",
        query="What do xylophonists play?",
    )
    earlier = answered("The office opens at nine.", BOTH[:1], question="When?")
    after = without_secret(earlier, first, later)
    assert after[0] == earlier
    assert (after[2]["answer"], after[2]["query"]) == (f"The entry fee is 20 euros. {REMOVED}", "And they?")
    assert after[2]["passages"] == later["passages"]


def test_of_a_refusal_the_draft_goes_and_the_refusal_stays() -> None:
    draft, refusal = answered("Xylophonists pay 300 dollars.", abstained=True), answered(NOT_FOUND, abstained=True)
    after = without_secret(draft, refusal)
    assert [each["answer"] for each in after] == [REMOVED, NOT_FOUND]
    assert all(each["abstained"] for each in after)
    assert "Xylo" not in json.dumps(after)


def test_an_older_version_goes_by_its_name_and_equal_content_stays_under_any_name() -> None:
    kept = answered("Xylophonists pay 300 dollars.")
    newer = RemovedDocuments.of([document(SECRET, sha256="another")], [document(PUBLIC)])
    assert redact([kept], newer, ANALYZE)[0]["answer"] == REMOVED
    renamed = RemovedDocuments.of([document(SECRET)], [document(PUBLIC), document(SECRET, "copy.md")])
    assert redact([kept], renamed, ANALYZE) == [kept]
    other = RemovedDocuments.of([document(SECRET, "other.md", "another")], [document(PUBLIC)])
    assert redact([kept], other, ANALYZE) == [kept], "its document was replaced or removed before, and not now"


def test_the_conversation_goes_on_and_tells_the_model_nothing_of_it() -> None:
    there = {"sha of 1": PUBLIC, "sha of 2": SECRET}
    records = [
        answered("The entry fee is 20 euros. Xylophonists pay 300 dollars."),
        answered("Xylophonists pay 300 dollars."),
    ]
    answers = answers_of(without_secret(*records), there)
    assert [turn.answer for answer in answers for turn in answer.turns] == ["The entry fee is 20 euros.", NOT_FOUND]
    told = [p.chunk.document_id for answer in answers for turn in answer.turns for p in turn.passages]
    assert told == [PUBLIC, PUBLIC]


def test_what_may_be_made_of_a_removed_document_goes_with_it() -> None:
    computed = {"kind": "lookup", "statement": "Xylophonists: 300 dollars.", "operands": [], "confidence": 0.9}
    made: Record = {
        "thinking": "Xylophonists, or not?",
        "left_out": ["- Xylophonists"],
        "notes": ["Gathered from 2 sections of takeover.md."],
        "computed": computed,
        "tool_calls": [{"name": "search", "arguments": {"query": "xylophonists"}, "passages": [1]}],
    }
    (after,) = without_secret({**answered("The entry fee is 20 euros. Xylophonists pay 300 dollars."), **made})
    left: Record = {"thinking": "", "left_out": [], "notes": [], "computed": None, "tool_calls": []}
    assert {name: after[name] for name in made} == left


def test_a_refusal_loses_a_nearest_statement_of_the_removed_document() -> None:
    refusal = answered(NOT_FOUND, BOTH, abstained=True)
    quoted = [{**refusal, "nearest": {**place, "quote": place["text"], "score": 0.5}} for place in refusal["passages"]]
    for each in quoted:
        each["nearest"] = {name: each["nearest"][name] for name in CitationExport.model_fields if name != "place"}
    left = [answer_of(each, {}).nearest for each in without_secret(*quoted)]
    assert [nearest and nearest.quote for nearest in left] == [
        FEES if FEES in p["text"] else None for p in refusal["passages"]
    ]
    assert None in left


def test_a_later_answer_loses_what_was_left_out_and_keeps_notes_on_what_remains() -> None:
    before = answered("Xylophonists pay 300 dollars.")
    noted = {"left_out": ["- Xylophonists"], "notes": ["1 item that no source has was left out."]}
    later = {**answered("The entry fee is 20 euros.", BOTH[:1]), **noted}
    _, after = without_secret(before, later)
    assert after["left_out"] == []
    assert after["notes"] == noted["notes"]


def test_a_sentence_goes_if_its_translation_has_a_word_that_only_the_removed_document_has() -> None:
    before = answered("The entry fee is 20 euros.")
    assert said(without_secret(before)[0]) == ["The entry fee is 20 euros."]
    before["sentences"][0]["translation"] = "The entry fee is 20 euros for xylophonists."
    assert without_secret(before)[0]["answer"] == REMOVED


WORDS = {
    PUBLIC: ["fee", "euros", "office", "opens", "nine", "children", "nothing", "20", "door", "Tuesday"],
    SECRET: ["takeover", "dollars", "quuxcorp", "begins", "may", "xylophone", "300", "merger", "fee", "door"],
    0: ["bananas", "yellow", "ravens", "bark"],
}
ONLY_SECRET = sorted(set(WORDS[SECRET]) - set(WORDS[PUBLIC]))
MARKS = st.sampled_from([". ", "! ", ".\n", ".\n\n- ", ".\n\n", " [1]. ", " [2]. ", ":\n- ", ".\n| "])


def sentences_of(*ids: int) -> st.SearchStrategy[str]:
    """Generate sentences of words of these documents."""
    words = st.sampled_from(sorted({word for id_ in ids for word in WORDS[id_]}))
    return st.lists(words, min_size=2, max_size=7).map(lambda chosen: " ".join(chosen).capitalize())


@st.composite
def conversations(draw: st.DrawFn) -> list[Record]:
    """Generate answers from both documents: with their sentences, with others, and with mixtures."""
    records = []
    for _ in range(draw(st.integers(1, 3))):
        texts = {id_: ". ".join(draw(st.lists(sentences_of(id_), min_size=1, max_size=4))) + "." for id_ in (1, 2)}
        passages = [passage(id_, texts[id_]) for id_ in draw(st.sampled_from([(1, 2), (2, 1), (2,), (1, 2, 1)]))]
        quoted = st.sampled_from([part.rstrip(".") for text in texts.values() for part in text.split(". ")])
        written = draw(st.lists(quoted | sentences_of(1, 2) | sentences_of(0, 1), min_size=1, max_size=5))
        text = "".join(sentence + draw(MARKS) for sentence in written).rstrip("|- \n")
        records.append(answered(text, passages, question="Who pays?", abstained=draw(st.booleans())))
    return records


@settings(max_examples=200)
@given(conversations())
def test_no_word_of_it_is_left_and_every_sentence_that_stays_is_as_it_was(records: list[Record]) -> None:
    after = without_secret(*records)
    assert without_secret(*after) == after, "redacting twice is redacting once"
    read = ""
    for old, new in zip(records, after, strict=True):
        read += " ".join(p["text"].lower() for p in old["passages"] if p["document"] == "takeover.md")
        left = json.dumps(new).lower()
        assert not [word for word in ONLY_SECRET if word in read and word in left]
        assert_stay_in_order(spans(new), spans(old))
        again = answer_of(new, {"sha of 1": PUBLIC})
        assert all(p.chunk.document_id == PUBLIC for turn in again.turns for p in turn.passages)


def spans(kept: Record) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the text at each sentence's place, with its quotes of the remaining document."""
    return [
        (kept["answer"][s["start"] : s["end"]], [c for c in s["citations"] if c["document"] == "fees.md"])
        for s in kept["sentences"]
    ]


def assert_stay_in_order(after: Sequence[object], before: Sequence[object]) -> None:
    rest = iter(before)
    assert all(each in rest for each in after)
