"""An answer with all that most answers have, as it is kept and exported."""

import json
from dataclasses import replace
from typing import Any

from rag.exports.answer_json import Provenance
from rag.exports.conversation_record import record
from rag.types import (
    Answer,
    Certainty,
    Citation,
    Conversation,
    Document,
    Dropped,
    Exchange,
    GenerationStats,
    Passage,
    Sentence,
    Signals,
    Timings,
    Turn,
)
from tests.support import values

AT = "2026-01-01T00:00:00+00:00"
TEXT = "The fee is 20 euros. Ravens bark."


def _passage(id_: int, document: int, text: str) -> Passage:
    known: dict[str, Any] = {"id": id_, "document_id": document, "document": f"{document}.pdf"}
    return Passage(values.chunk(text, start=5, page=2, page_label="ii", heading="Fees", **known), 0.5)


FEE, DOGS, CATS = (
    _passage(11, 1, "The fee is 20 euros."),
    _passage(12, 2, "Dogs bark."),
    _passage(13, 2, "Cats do not."),
)
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
    signals=Signals(Certainty(1.5, -0.25), 0.5, 0.75, 0.875),
)
PLAIN = replace(
    ANSWER, question="The fee?", turns=(Turn("The fee?", ANSWER.text),), passages=(), dropped=(), sentences=()
)
"""An answer without sources."""

FOLLOWING = replace(PLAIN, question="Why?", turns=(*PLAIN.turns, Turn("Why?", ANSWER.text)))
"""The next answer of its conversation."""

TALK = Conversation(
    id="0a1b", owner="ann", name="Fees & <dogs>", settings={}, created_at=AT, updated_at=AT, exchanges=2
)


def document(id_: int) -> Document:
    """Return a document that the answer may cite."""
    return values.document(id_, f"{id_}.pdf", recipe="recipe", pages=3, chunks=2)


def provenance(*ids: int) -> Provenance:
    """Return where an answer came from that cites these documents."""
    return Provenance({n: document(n) for n in ids}, "tiny", {"passages": 3}, "0.1.0", AT)


def kept(answer: Answer, *ids: int) -> dict[str, Any]:
    """Return an answer as it is kept, with what was known of these documents."""
    value: dict[str, Any] = json.loads(json.dumps(record(answer, provenance(*ids))))
    return value


def exchange(number: int, **changes: Any) -> Exchange:
    """Return the answer, changed, as one of a conversation."""
    origin = replace(provenance(1, 2), settings={"passages": 3, "seed": None})
    return Exchange(number, AT, json.loads(json.dumps(record(replace(ANSWER, **changes), origin))))
