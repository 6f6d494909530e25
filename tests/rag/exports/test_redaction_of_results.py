"""A computed result and a nearest statement leave with the document that they are from."""

from rag.exports.answer_schema import CitationExport
from rag.exports.conversation_record import answer_of
from rag.grounding.abstention import NOT_FOUND
from tests.rag.exports.test_redaction import BOTH, FEES, answered, without_secret


def test_a_result_computed_from_a_removed_document_goes() -> None:
    before = answered("The entry fee is 20 euros. Xylophonists pay 300 dollars.")
    computed = {
        "kind": "lookup",
        "statement": "Xylophonists: 300 dollars.",
        "operands": [],
        "confidence": 0.9,
    }
    (after,) = without_secret({**before, "computed": computed})
    assert after["computed"] is None


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


def test_what_was_left_out_and_the_notes_go() -> None:
    noted = {"left_out": ["- Xylophonists"], "notes": ["Gathered from 2 sections of takeover.md."]}
    (after,) = without_secret({**answered("The entry fee is 20 euros. Xylophonists pay 300 dollars."), **noted})
    assert (after["left_out"], after["notes"]) == ([], [])


def test_calls_of_tools_go_with_what_they_read() -> None:
    before = answered("The entry fee is 20 euros. Xylophonists pay 300 dollars.")
    calls = [{"name": "search", "arguments": {"query": "xylophonists"}, "passages": [1]}]
    (after,) = without_secret({**before, "tool_calls": calls})
    assert after["tool_calls"] == []


def test_a_later_answer_loses_what_was_left_out_and_keeps_notes_on_what_remains() -> None:
    before = answered("Xylophonists pay 300 dollars.")
    noted = {"left_out": ["- Xylophonists"], "notes": ["1 item that no source has was left out."]}
    later = {**answered("The entry fee is 20 euros.", BOTH[:1]), **noted}
    _, after = without_secret(before, later)
    assert after["left_out"] == []
    assert after["notes"] == noted["notes"]
