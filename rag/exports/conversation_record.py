"""An answer as it is kept with a conversation: its export, and what it takes to show and continue it as it was.

A kept answer does not depend on the library: when a document is replaced, its quotes stay as they were. Only of a
document that is removed they go: see `redaction`. Which documents are still there is looked up when it is read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from rag.exports.answer_json import CONVERSATION_FORMAT, Provenance, answer_json
from rag.prompting.prompt import NOT_FOUND
from rag.types import (
    Answer,
    Certainty,
    Chunk,
    Citation,
    Conversation,
    Dropped,
    Exchange,
    GenerationStats,
    Passage,
    Sentence,
    Signals,
    Timings,
    Turn,
)

GONE = 0
"""Id of a document that is no longer there, or not as it was when it was quoted. No stored document has it."""

REMOVED = "[Removed with its source.]"
"""What stands in an answer in place of words that went with a removed document: a sentence by itself, never judged."""

KEPT = "kept"
"""The part of a record that is not exported."""

Record = Mapping[str, Any]


def record(answer: Answer, provenance: Provenance) -> dict[str, Any]:
    """The answer as JSON values, from which `answer_of` makes it again."""
    return {
        **answer_json(answer, provenance),
        KEPT: {
            "passages": [_chunk_json(passage.chunk, provenance) for passage in answer.passages],
            "dropped": [_chunk_json(dropped.passage.chunk, provenance) for dropped in answer.dropped],
            "turns": [len(turn.passages) for turn in answer.turns],
        },
    }


def export_of(kept: Record) -> dict[str, Any]:
    """The part of a record that is an export: what `citewell verify` reads."""
    return {name: value for name, value in kept.items() if name != KEPT}


def conversation_json(conversation: Conversation, exchanges: Sequence[Exchange], citewell: str) -> dict[str, Any]:
    """A conversation as one JSON object that `citewell verify` can check."""
    return {
        "format": CONVERSATION_FORMAT,
        "citewell": citewell,
        "conversation": conversation.name,
        "created_at": conversation.created_at,
        "answers": [
            {**export_of(exchange.record), "thumb": exchange.thumb, "remark": exchange.remark} for exchange in exchanges
        ],
    }


def answers_of(records: Iterable[Record], documents: Mapping[str, int]) -> tuple[Answer, ...]:
    """The answers of a conversation again, each with the conversation up to it as the model was told it."""
    answers: list[Answer] = []
    own: list[Turn] = []
    for kept in records:
        answer = answer_of(kept, documents)
        own += answer.turns
        shown = kept[KEPT]["turns"][-len(own) :]  # the first that were told need not have been kept
        turns = zip(own[len(own) - len(shown) :], shown, strict=True)
        answers.append(replace(answer, turns=tuple(turn if n else replace(turn, passages=()) for turn, n in turns)))
    return tuple(answers)


def answer_of(kept: Record, documents: Mapping[str, int]) -> Answer:
    """The answer again. `documents` are the ids of those that are there now by their sha256; others become `GONE`.

    Its `turns` are its own only: see `answers_of`.
    """
    passages = _passages(kept["passages"], kept[KEPT]["passages"], documents)
    dropped = _passages(kept["dropped"], kept[KEPT]["dropped"], documents)
    return Answer(
        question=kept["question"],
        query=kept["query"],
        text=kept["answer"],
        sentences=tuple(_sentence(value) for value in kept["sentences"]),
        abstained=kept["abstained"],
        passages=passages,
        dropped=tuple(Dropped(p, value["reason"]) for p, value in zip(dropped, kept["dropped"], strict=True)),
        timings=_timings(kept["timings"]),
        stop_reason=kept["stop_reason"],
        forgotten_turns=kept["forgotten_turns"],
        turns=(_turn(kept, passages),),
        confidence=kept["confidence"],
        missing=tuple(kept["missing"]),
        signals=_signals(kept["signals"]),
    )


def _turn(kept: Record, passages: tuple[Passage, ...]) -> Turn:
    """What the model is told of this exchange later: nothing that has been removed since, and no draft of a refusal.

    Nor is it told where something was removed: it would write that too.
    """
    new = passages[len(passages) - kept[KEPT]["turns"][-1] :]
    told = kept["answer"].replace(REMOVED, "").strip() if kept.get("redacted") else kept["answer"]
    told = NOT_FOUND if kept["abstained"] or not told else told
    return Turn(kept["question"], told, tuple(p for p in new if p.chunk.document_id != GONE))


def _chunk_json(chunk: Chunk, provenance: Provenance) -> dict[str, Any]:
    document = provenance.documents.get(chunk.document_id)  # it may have been removed since
    return {"id": chunk.id, "heading": chunk.heading, "sha256": document.sha256 if document else ""}


def _passages(
    values: list[dict[str, Any]], kept: list[dict[str, Any]], documents: Mapping[str, int]
) -> tuple[Passage, ...]:
    return tuple(
        Passage(
            Chunk(
                id=more["id"],
                document_id=documents.get(more["sha256"], GONE) if more["sha256"] else GONE,
                document=value["document"],
                page=value["page"],
                page_label=value["label"],
                start=value["start"],
                end=value["end"],
                text=value["text"],
                heading=more["heading"],
            ),
            value["score"],
        )
        for value, more in zip(values, kept, strict=True)
    )


def _sentence(value: dict[str, Any]) -> Sentence:
    return Sentence(
        start=value["start"],
        end=value["end"],
        text=value["text"],
        citations=tuple(_citation(citation) for citation in value["citations"]),
        support=value["support"],
        missing=tuple(value["missing"]),
        disputed=tuple(_citation(citation) for citation in value["disputed_by"]),
    )


def _citation(value: dict[str, Any]) -> Citation:
    return Citation(**{field.name: value[field.name] for field in fields(Citation)})


def _timings(value: dict[str, Any]) -> Timings:
    generation = GenerationStats(**{field.name: value[field.name] for field in fields(GenerationStats)})
    own = {field.name: value[field.name] for field in fields(Timings) if field.name != "generation"}
    return Timings(**own, generation=generation)


def _signals(value: dict[str, Any]) -> Signals:
    certainty = Certainty(value["answerable"], value["least_log_prob"])
    return Signals(certainty, value["asked"], value["support"])
