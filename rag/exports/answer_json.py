"""Write an answer as JSON values: one shape for the CLI, exports, stored conversations and evaluation."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rag.exports.answer_schema import (
    FORMAT,
    AnswerExport,
    CitationExport,
    ComputedExport,
    DroppedExport,
    OperandExport,
    PassageExport,
    ProvenanceExport,
    SentenceExport,
    SignalsExport,
    TimingsExport,
    ToolCallExport,
)
from rag.grounding.abstention import explain
from rag.models.named_models import for_others
from rag.settings import Settings
from rag.text.sentences import unfinished
from rag.types import (
    FACT_PLAN,
    Answer,
    Citation,
    Computed,
    Document,
    Passage,
    Sentence,
    Signals,
    Timings,
    ToolCalled,
)


@dataclass(frozen=True, slots=True)
class Provenance:
    """The origin of an exported answer, needed to verify it later. `created_at` is a time in ISO 8601."""

    documents: Mapping[int, Document]
    model: str
    settings: Mapping[str, Any]
    citewell: str
    created_at: str

    def sha256(self, document_id: int) -> str:
        """Return the sha256 of a document; "" if it has been removed since the answer was written."""
        document = self.documents.get(document_id)
        return document.sha256 if document else ""


def answer_settings(settings: Settings, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of an answer by name, `chosen` ones before those of the app; models as others know them."""
    values = settings.model_dump(mode="json", include=_LISTED) | dict(chosen)
    return {name: for_others(value) if name in _MODELS and value else value for name, value in values.items()}


_LISTED = set(
    """model weights embedder embedder_query_prefix embedder_document_prefix reranker entailment_model chunk_tokens
    passages candidates dense_weight context_tokens system_prompt seconds_to_answer rewrite_followups
    translate_queries strictness max_new_tokens temperature top_k top_p beams repetition_penalty max_repeats seed stop
    thinking thinking_tokens grounded_decoding tools""".split()
)
_MODELS = {"model", "embedder", "reranker", "entailment_model"}

_NO_PROVENANCE = Provenance({}, "", {}, "", "")
_EACH_SHA256 = {"__all__": {"sha256"}}
_PROVENANCE_FIELDS: dict[str, Any] = {
    **dict.fromkeys(ProvenanceExport.model_fields, True),
    "nearest": {"sha256"},
    "passages": _EACH_SHA256,
    "computed": {"operands": _EACH_SHA256},
    "sentences": {"__all__": {"citations": _EACH_SHA256, "disputed_by": _EACH_SHA256}},
}


def answer_json(answer: Answer, provenance: Provenance | None = None) -> dict[str, Any]:
    """Return the answer as one JSON object; citations refer to passages by number.

    With its provenance it is an export that `citewell verify` can check.
    """
    if provenance is None:
        return export_answer(answer, _NO_PROVENANCE).model_dump(exclude_unset=True, exclude=_PROVENANCE_FIELDS)
    return export_answer(answer, provenance).to_json()


def export_answer(answer: Answer, provenance: Provenance) -> AnswerExport:
    """Return the answer as an export.

    Documents are known by name and sha256. Where they lie on somebody's machine is nobody else's business.
    """
    cut = unfinished(answer)
    sha256s = [provenance.sha256(passage.chunk.document_id) for passage in answer.passages]
    return AnswerExport(
        format=FORMAT,
        citewell=provenance.citewell,
        created_at=provenance.created_at,
        model=provenance.model,
        settings=dict(provenance.settings),
        question=answer.question,
        query=answer.query,
        answer=answer.text,
        abstained=answer.abstained,
        refusal=explain(answer),
        confidence=round(answer.confidence, 4),
        missing=list(answer.missing),
        signals=_signals(answer.signals),
        stop_reason=answer.stop_reason,
        not_found=[sentence.text for sentence in answer.not_found],
        sentences=[_sentence(sentence, sha256s, unfinished=sentence is cut) for sentence in answer.sentences],
        passages=[
            _passage(passage, number, sha256)
            for number, (passage, sha256) in enumerate(zip(answer.passages, sha256s, strict=True), start=1)
        ],
        dropped=[DroppedExport(reason=each.reason, **_shown(each.passage)) for each in answer.dropped],
        forgotten_turns=answer.forgotten_turns,
        timings=_timings(answer.timings),
        **_absent_if_empty(
            computed=answer.computed and _computed(answer.computed, provenance),
            language=answer.language,
            thinking=answer.thinking,
            kind="" if answer.plan.kind == FACT_PLAN.kind else answer.plan.kind,
            left_out=list(answer.left_out),
            notes=list(answer.notes),
            kept_from=answer.kept_from,
            tool_calls=[_tool_call(call, answer.passages) for call in answer.tool_calls],
            nearest=answer.nearest and _citation(answer.nearest, sha256s),
        ),
    )


def _absent_if_empty(**values: Any) -> dict[str, Any]:
    """Return the fields that are absent rather than empty, as in exports older than they are."""
    return {name: value for name, value in values.items() if value}


def _computed(computed: Computed, provenance: Provenance) -> ComputedExport:
    values = asdict(computed)
    operands = [
        OperandExport(sha256=provenance.sha256(operand.pop("document_id")), **operand) for operand in values["operands"]
    ]
    return ComputedExport(**{**values, "results": list(values["results"]), "operands": operands})


def _tool_call(call: ToolCalled, passages: Sequence[Passage]) -> ToolCallExport:
    return ToolCallExport(
        name=call.name,
        arguments=dict(call.arguments),
        result=call.result,
        passages=[passages.index(passage) + 1 for passage in call.passages if passage in passages],
        failed=call.failed,
    )


def _signals(signals: Signals) -> SignalsExport:
    certainty = signals.certainty
    return SignalsExport(
        answerable=_rounded(certainty.answerable),
        least_log_prob=_rounded(certainty.min_log_prob),
        asked=round(signals.question_coverage, 4),
        support=round(signals.support, 4),
        decided=round(signals.decided, 4),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _timings(timings: Timings) -> TimingsExport:
    values = asdict(timings)
    values |= values.pop("generation")
    del values["rerank_s"], values["prompt_s"]  # for traces of a running program
    if not timings.check_s:
        del values["check_s"]
    return TimingsExport(**{name: round(value, 4) for name, value in values.items()})


def _sentence(sentence: Sentence, sha256s: list[str], *, unfinished: bool) -> SentenceExport:
    meaning: dict[str, Any] = {} if sentence.meaning is None else {"meaning": sentence.meaning}
    return SentenceExport(
        text=sentence.text,
        start=sentence.start,
        end=sentence.end,
        support=sentence.support,
        missing=list(sentence.missing),
        unfinished=unfinished,
        citations=[_citation(citation, sha256s) for citation in sentence.citations],
        disputed_by=[_citation(citation, sha256s) for citation in sentence.disputed],
        **_absent_if_empty(translation=sentence.translation),
        **meaning,
    )


def _citation(citation: Citation, sha256s: list[str]) -> CitationExport:
    return CitationExport(**asdict(citation), sha256=sha256s[citation.number - 1])


def _passage(passage: Passage, number: int, sha256: str) -> PassageExport:
    return PassageExport(number=number, sha256=sha256, **_shown(passage))


def _shown(passage: Passage) -> dict[str, Any]:
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
