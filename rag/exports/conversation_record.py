"""Store an answer with its conversation: its export, and the extras needed to continue the conversation.

A stored answer does not depend on the documents: when one is replaced, its quotes stay as they were. Only those of a
document that is removed go: see `redaction`. Which documents are still in the library is looked up on reading.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from rag.exports.answer_json import Provenance, answer_json
from rag.exports.answer_schema import (
    CONVERSATION_FORMAT,
    AnswerRecord,
    ChunkRecord,
    CitationExport,
    ComputedExport,
    ConversationExport,
    DroppedExport,
    ExchangeExport,
    PassageExport,
    RecordExtras,
    SentenceExport,
    SignalsExport,
    TimingsExport,
    ToolCallExport,
    read_stored,
)
from rag.grounding.abstention import NOT_FOUND
from rag.types import (
    Answer,
    Certainty,
    Chunk,
    Citation,
    Computed,
    Conversation,
    Dropped,
    Exchange,
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

NO_DOCUMENT = 0
"""Id of a document that is not in the library, or not as it was when it was quoted. No stored document has it."""

REMOVED = "[Removed with its source.]"
"""Placeholder in an answer for words that went with a removed document: a sentence by itself, never judged."""

Record = Mapping[str, Any]
"""The JSON object of an `AnswerRecord`."""


def record(answer: Answer, provenance: Provenance) -> dict[str, Any]:
    """Return the answer as JSON values, from which `answer_of` restores it."""
    extras = RecordExtras(
        passages=[_chunk_record(passage.chunk, provenance) for passage in answer.passages],
        dropped=[_chunk_record(dropped.passage.chunk, provenance) for dropped in answer.dropped],
        turns=[len(turn.passages) for turn in answer.turns],
    )
    return {**answer_json(answer, provenance), "kept": extras.to_json()}


def conversation_json(conversation: Conversation, exchanges: Sequence[Exchange], citewell: str) -> dict[str, Any]:
    """Return a conversation as one JSON object that `citewell verify` can check.

    Raises:
        LibraryError: a record is damaged.
    """
    return ConversationExport(
        format=CONVERSATION_FORMAT,
        citewell=citewell,
        conversation=conversation.name,
        created_at=conversation.created_at,
        answers=[
            read_stored(ExchangeExport, {**exchange.record, "thumb": exchange.thumb, "remark": exchange.remark})
            for exchange in exchanges
        ],
    ).to_json()


def answers_of(records: Iterable[Record], documents: Mapping[str, int]) -> tuple[Answer, ...]:
    """Restore the answers of a conversation, each with the turns that its prompt had.

    Raises:
        LibraryError: a record is damaged.
    """
    answers: list[Answer] = []
    own: list[Turn] = []
    for value in records:
        stored = read_stored(AnswerRecord, value)
        answer = _answer(stored, documents)
        own += answer.turns
        # The first turns of the prompt may not have been stored.
        in_prompt = stored.kept.turns[-len(own) :] if own else []
        turns = zip(own[len(own) - len(in_prompt) :], in_prompt, strict=True)
        answers.append(replace(answer, turns=tuple(turn if n else replace(turn, passages=()) for turn, n in turns)))
    return tuple(answers)


def answer_of(value: Record, documents: Mapping[str, int]) -> Answer:
    """Restore an answer. `documents` are the ids of those in the library by sha256; others become `NO_DOCUMENT`.

    Its `turns` are its own only, if it has one: see `answers_of`.

    Raises:
        LibraryError: the record is damaged.
    """
    return _answer(read_stored(AnswerRecord, value), documents)


def _answer(stored: AnswerRecord, documents: Mapping[str, int]) -> Answer:
    passages = _passages(stored.passages, stored.kept.passages, documents)
    dropped = _passages(stored.dropped, stored.kept.dropped, documents)
    return Answer(
        question=stored.question,
        query=stored.query,
        text=stored.answer,
        sentences=tuple(_sentence(sentence) for sentence in stored.sentences),
        abstained=stored.abstained,
        passages=passages,
        dropped=tuple(Dropped(p, each.reason) for p, each in zip(dropped, stored.dropped, strict=True)),
        timings=_timings(stored.timings),
        stop_reason=stored.stop_reason,
        forgotten_turns=stored.forgotten_turns,
        turns=(_turn(stored, passages),) if _is_remembered(stored) else (),
        confidence=stored.confidence,
        missing=tuple(stored.missing),
        signals=_signals(stored.signals),
        thinking=stored.thinking,
        computed=_computed(stored.computed, documents) if stored.computed else None,
        language=stored.language,
        nearest=_citation(stored.nearest) if stored.nearest else None,
        plan=Plan(kind=stored.kind),
        left_out=tuple(stored.left_out),
        notes=tuple(stored.notes),
        kept_from=stored.kept_from,
        tool_calls=tuple(_tool_call(call, passages) for call in stored.tool_calls),
    )


def _is_remembered(stored: AnswerRecord) -> bool:
    """Return False of what is as if it had not been asked: about the app, or stopped before anything supported."""
    is_stopped = stored.stop_reason == "cancelled" and not stored.abstained
    is_empty = is_stopped and all(sentence.support == "unsupported" for sentence in stored.sentences)
    return stored.kind != "about_app" and not is_empty


def _tool_call(stored: ToolCallExport, passages: Sequence[Passage]) -> ToolCalled:
    added = tuple(passages[number - 1] for number in stored.passages if 1 <= number <= len(passages))
    return ToolCalled(stored.name, stored.arguments, stored.result, added, stored.failed)


def _computed(stored: ComputedExport, documents: Mapping[str, int]) -> Computed:
    operands = tuple(
        Operand(**each.model_dump(exclude={"sha256"}), document_id=documents.get(each.sha256, NO_DOCUMENT))
        for each in stored.operands
    )
    values = stored.model_dump(exclude={"operands"})
    return Computed(**{**values, "results": tuple(stored.results), "operands": operands})


def _turn(stored: AnswerRecord, passages: tuple[Passage, ...]) -> Turn:
    """Return the exchange as later prompts have it: without removed documents, and no draft of a refusal.

    Nor does it show where something was removed: the model would write that too.
    """
    new = passages[len(passages) - stored.kept.turns[-1] :]
    text = stored.answer.replace(REMOVED, "").strip() if stored.redacted else stored.answer
    text = NOT_FOUND if stored.abstained or not text else text
    return Turn(stored.question, text, tuple(p for p in new if p.chunk.document_id != NO_DOCUMENT), stored.kind)


def _chunk_record(chunk: Chunk, provenance: Provenance) -> ChunkRecord:
    return ChunkRecord(id=chunk.id, heading=chunk.heading, sha256=provenance.sha256(chunk.document_id), line=chunk.line)


def _passages(
    exported: Sequence[PassageExport | DroppedExport], chunks: Sequence[ChunkRecord], documents: Mapping[str, int]
) -> tuple[Passage, ...]:
    return tuple(
        Passage(
            Chunk(
                id=chunk.id,
                document_id=documents.get(chunk.sha256, NO_DOCUMENT) if chunk.sha256 else NO_DOCUMENT,
                document=passage.document,
                page=passage.page,
                page_label=passage.label,
                start=passage.start,
                end=passage.end,
                text=passage.text,
                heading=chunk.heading,
                line=chunk.line,
            ),
            passage.score,
        )
        for passage, chunk in zip(exported, chunks, strict=True)
    )


def _sentence(sentence: SentenceExport) -> Sentence:
    return Sentence(
        start=sentence.start,
        end=sentence.end,
        text=sentence.text,
        citations=tuple(map(_citation, sentence.citations)),
        support=sentence.support,
        missing=tuple(sentence.missing),
        disputed=tuple(map(_citation, sentence.disputed_by)),
        translation=sentence.translation,
        meaning=sentence.meaning,
    )


def _citation(citation: CitationExport) -> Citation:
    return Citation(**{field.name: getattr(citation, field.name) for field in fields(Citation)})


def _timings(timings: TimingsExport) -> Timings:
    values = timings.model_dump()
    generation = {field.name: values.pop(field.name) for field in fields(GenerationStats)}
    return Timings(**values, generation=GenerationStats(**generation))


def _signals(signals: SignalsExport) -> Signals:
    certainty = Certainty(signals.answerable, signals.least_log_prob)
    return Signals(certainty, signals.asked, signals.support, signals.decided)
