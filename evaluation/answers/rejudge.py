"""Judges recorded answers as the program does now: what was written stays, citations and refusals are decided anew.

So a change of the citing, the signals or the threshold is measured in seconds, over texts that took hours.
"""

from dataclasses import replace
from typing import Any

from evaluation.answers.records import Record
from rag.exports.answer_json import answer_json
from rag.grounding.abstention import Abstention
from rag.grounding.citations import cite
from rag.interfaces import Scorer
from rag.prompting.prompt import is_refusal
from rag.types import Answer, Certainty, Chunk, Passage, Timings


def rejudge(record: Record, scorer: Scorer, abstention: Abstention) -> Record:
    """The record with the citations, the confidence and the verdict of now.

    Quotes are held against the passages of the record: the pages were held against them when it was made.
    """
    written = record.answer
    passages = [_passage(value) for value in written["passages"]]
    text, question = written["answer"], written["question"]
    sentences = () if is_refusal(text) else cite(text, question, passages, scorer)
    certainty = Certainty(written["signals"]["answerable"], written["signals"]["least_log_prob"])
    verdict = abstention.judge(question, passages, sentences, certainty)
    judged = answer_json(
        Answer(
            question=question,
            query=written["query"],
            text=text,
            sentences=sentences,
            abstained=verdict.refused,
            passages=tuple(passages),
            dropped=(),
            timings=Timings(),
            stop_reason=written["stop_reason"],
            forgotten_turns=written["forgotten_turns"],
            confidence=verdict.confidence,
            missing=verdict.missing,
            signals=verdict.signals,
        )
    )
    kept = {name: written[name] for name in ("dropped", "timings")}
    exact = sum(_is_exact(citation, written["passages"]) for s in judged["sentences"] for citation in s["citations"])
    return replace(record, answer={**judged, **kept}, exact_quotes=exact)


def _passage(value: dict[str, Any]) -> Passage:
    chunk = Chunk(
        id=0,
        document_id=0,
        document=value["document"],
        page=value["page"],
        page_label=value["label"],
        start=value["start"],
        end=value["end"],
        text=value["text"],
        heading="",
    )
    return Passage(chunk, value["score"])


def _is_exact(citation: dict[str, Any], passages: list[dict[str, Any]]) -> bool:
    passage = passages[citation["number"] - 1]
    start, end = (citation[edge] - passage["start"] for edge in ("start", "end"))
    return bool(passage["text"][start:end] == citation["quote"])
