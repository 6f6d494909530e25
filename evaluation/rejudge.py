"""Judge recorded answers as the current code does: their text stays, citations and abstention are decided again.

So a change of citing, signals or threshold is measured in seconds, on answers that took hours to generate.
"""

from dataclasses import replace
from typing import Any

from evaluation.records import Record
from rag.answering.streamed_answer import judge
from rag.exports.answer_json import answer_json
from rag.grounding.abstention import Abstention, is_abstention
from rag.grounding.citations import cite
from rag.grounding.translated_answers import Asked, Translate, TranslatedSupport
from rag.interfaces import Scorer
from rag.text.item_lists import without_mark
from rag.types import Answer, Certainty, Chunk, Passage
from rag.understanding.planner import plan


def rejudge(record: Record, scorer: Scorer, abstention: Abstention) -> Record:
    """Return the record with the citations, confidence and verdict of the current code.

    Quotes are compared with the passages of the record, which were compared with the pages when it was made. How
    sure it was of yes or no stays as recorded: that needs the model.
    """
    recorded = record.answer
    passages = [_passage(value) for value in recorded["passages"]]
    text, question = recorded["answer"], recorded["question"]
    asked = Asked(question, recorded["query"].partition(" · ")[2], recorded.get("language", ""))
    sentences = () if is_abstention(text) else cite(text, question, passages, scorer)
    sentences = TranslatedSupport(_recorded_translation(recorded), scorer).judge(sentences, asked, passages)
    certainty = Certainty(recorded["signals"]["answerable"], recorded["signals"]["least_log_prob"])
    made = plan(question)
    decided = recorded["signals"].get("decided", 1.0)  # a record of before it was kept has none
    verdict = judge(abstention.at(None, decided), made, question, passages, sentences, certainty, asked.translated)
    judged = answer_json(
        Answer(
            question=question,
            query=recorded["query"],
            text=text,
            sentences=sentences,
            abstained=verdict.abstained,
            passages=tuple(passages),
            stop_reason=recorded["stop_reason"],
            forgotten_turns=recorded["forgotten_turns"],
            confidence=verdict.confidence,
            missing=verdict.missing,
            signals=verdict.signals,
            language=asked.language,
        )
    )
    unchanged = {name: recorded[name] for name in ("dropped", "timings")}
    exact = sum(_is_exact(citation, recorded["passages"]) for s in judged["sentences"] for citation in s["citations"])
    return replace(record, answer={**judged, **unchanged}, exact_quotes=exact)


def _recorded_translation(recorded: dict[str, Any]) -> Translate:
    """Return a translator that knows the sentences of the record: no model is asked."""
    translations = {
        without_mark(sentence["text"]): sentence.get("translation", "") for sentence in recorded["sentences"]
    }
    return lambda text, _language, _example, _cancelled: translations.get(text, "")


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
