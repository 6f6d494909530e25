"""Answers as plain JSON values: one shape for the CLI, exports and evaluation."""

from dataclasses import asdict
from typing import Any

from rag.sentences import unfinished
from rag.types import Answer, Citation, Dropped, Passage, Sentence


def answer_json(answer: Answer) -> dict[str, Any]:
    """The answer as one JSON object; numbers of passages are those that the citations use."""
    timings, cut = answer.timings, unfinished(answer)
    return {
        "question": answer.question,
        "query": answer.query,
        "answer": answer.text,
        "abstained": answer.abstained,
        "stop_reason": answer.stop_reason,
        "sentences": [_sentence(sentence, unfinished=sentence is cut) for sentence in answer.sentences],
        "passages": [{"number": number, **_passage(p)} for number, p in enumerate(answer.passages, start=1)],
        "dropped": [_dropped(dropped) for dropped in answer.dropped],
        "forgotten_turns": answer.forgotten_turns,
        "timings": {
            "rewrite_s": round(timings.rewrite_s, 4),
            "retrieve_s": round(timings.retrieve_s, 4),
            "first_token_s": round(timings.first_token_s, 4),
            "total_s": round(timings.total_s, 4),
            "prompt_tokens": timings.prompt_tokens,
            "output_tokens": timings.output_tokens,
            **{name: round(value, 4) for name, value in asdict(timings.generation).items()},
        },
    }


def _sentence(sentence: Sentence, *, unfinished: bool) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "support": sentence.support,
        "unfinished": unfinished,
        "citations": [_citation(citation) for citation in sentence.citations],
    }


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
