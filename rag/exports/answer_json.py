"""Answers as plain JSON values: one shape for the CLI, exports and evaluation."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rag.grounding.abstention import explain
from rag.text.sentences import unfinished
from rag.types import Answer, Citation, Document, Dropped, Passage, Sentence, Signals

FORMAT = 1
"""Of an exported answer. Raised when an older `citewell verify` could not read it."""

CONVERSATION_FORMAT = 2
"""Of an exported conversation: several answers."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an exported answer comes from: what it takes to check it later. `created_at` is a time in ISO 8601."""

    documents: Mapping[int, Document]
    model: str
    settings: Mapping[str, Any]
    citewell: str
    created_at: str


def answer_json(answer: Answer, provenance: Provenance | None = None) -> dict[str, Any]:
    """The answer as one JSON object; numbers of passages are those that the citations use.

    With its provenance it is an export that `citewell verify` can check.
    """
    cut = unfinished(answer)
    documents = _Documents(answer, provenance)
    return {
        **(_provenance(provenance) if provenance else {}),
        "question": answer.question,
        "query": answer.query,
        "answer": answer.text,
        "abstained": answer.abstained,
        "refusal": explain(answer),
        "confidence": round(answer.confidence, 4),
        "missing": list(answer.missing),
        "signals": _signals(answer.signals),
        "stop_reason": answer.stop_reason,
        "not_found": [sentence.text for sentence in answer.not_found],
        "sentences": [_sentence(sentence, documents, unfinished=sentence is cut) for sentence in answer.sentences],
        "passages": [
            {"number": number, **_passage(passage), **documents.of_passage(number)}
            for number, passage in enumerate(answer.passages, start=1)
        ],
        "dropped": [_dropped(dropped) for dropped in answer.dropped],
        "forgotten_turns": answer.forgotten_turns,
        "timings": _timings(answer),
    }


class _Documents:
    """The sha256 of the documents of an answer's passages; nothing where the provenance is not told.

    Name and hash say which document it was. Where it lay on somebody's machine is nobody else's business.
    """

    def __init__(self, answer: Answer, provenance: Provenance | None) -> None:
        self._ids = [passage.chunk.document_id for passage in answer.passages]
        self._documents = provenance.documents if provenance else None

    def of_passage(self, number: int) -> dict[str, str]:
        """For the passage of this number, from 1."""
        if self._documents is None:
            return {}
        document = self._documents.get(self._ids[number - 1])  # it may have been removed since
        return {"sha256": document.sha256 if document else ""}


def _provenance(provenance: Provenance) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "citewell": provenance.citewell,
        "created_at": provenance.created_at,
        "model": provenance.model,
        "settings": dict(provenance.settings),
    }


def _signals(signals: Signals) -> dict[str, Any]:
    values = {**asdict(signals.certainty), "asked": signals.asked, "support": signals.support}
    return {name: None if value is None else round(value, 4) for name, value in values.items()}


def _timings(answer: Answer) -> dict[str, Any]:
    timings = answer.timings
    return {
        "rewrite_s": round(timings.rewrite_s, 4),
        "retrieve_s": round(timings.retrieve_s, 4),
        "first_token_s": round(timings.first_token_s, 4),
        "total_s": round(timings.total_s, 4),
        "prompt_tokens": timings.prompt_tokens,
        "output_tokens": timings.output_tokens,
        **{name: round(value, 4) for name, value in asdict(timings.generation).items()},
    }


def _sentence(sentence: Sentence, documents: _Documents, *, unfinished: bool) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "start": sentence.start,
        "end": sentence.end,
        "support": sentence.support,
        "missing": list(sentence.missing),
        "unfinished": unfinished,
        "citations": [_quoted(citation, documents) for citation in sentence.citations],
        "disputed_by": [_quoted(citation, documents) for citation in sentence.disputed],
    }


def _quoted(citation: Citation, documents: _Documents) -> dict[str, Any]:
    return {**_citation(citation), **documents.of_passage(citation.number)}


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "number": citation.number,
        "document": citation.document,
        "page": citation.page,
        "label": citation.label,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "score": citation.score,
    }


def _passage(passage: Passage) -> dict[str, Any]:
    chunk = passage.chunk
    return {
        "document": chunk.document,
        "page": chunk.page,
        "label": chunk.page_label,
        "start": chunk.start,
        "end": chunk.end,
        "text": chunk.text,
        "score": round(passage.score, 4),
    }


def _dropped(dropped: Dropped) -> dict[str, Any]:
    return {**_passage(dropped.passage), "reason": dropped.reason}
