"""The schema of answers and conversations as JSON: how they are exported, stored in a library and read back.

Fields stand in the order in which they are written. Reading is strict about types and believes no value. Fields that
older versions did not write, or that verification can do without, have defaults; unknown fields are ignored.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.errors import ExportError, LibraryError
from rag.types import Computation, QuestionKind, StopReason, Support, Thumb
from rag.types.fail_fast import FailFastList

FORMAT = 1
"""Format of an exported answer. Raise it when an older `citewell verify` could no longer read it."""

CONVERSATION_FORMAT = 2
"""Format of an exported conversation, which holds several answers."""

HOW = (
    "Make one with 'citewell ask \"…\" --json > answer.json', or with 'citewell conversations export ID --format json'."
)
"""Advice about a file that is not an export."""

_Count = Annotated[int, Field(ge=0, lt=2**31)]


class _Schema(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", protected_namespaces=())

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object, without fields that were not set: they are absent, not null."""
        return self.model_dump(exclude_unset=True)


S = TypeVar("S", bound=_Schema)


class _Place(_Schema):
    """Characters `[start, end)` of a page, in the passage of this number."""

    number: _Count
    document: str
    page: _Count
    label: str
    start: _Count
    end: _Count


class CitationExport(_Place):
    """A quote from a passage; `sha256` is its document's."""

    quote: str
    score: float = 0.0
    place: str = ""
    sha256: str


class PassageExport(_Place):
    """A passage as the model read it; blank if its document was `removed`, see `redaction`."""

    text: str
    score: float = 0.0
    sha256: str
    removed: bool = False


class DroppedExport(_Schema):
    """A passage that was found and not shown to the model, and why; blank if its document was `removed`."""

    document: str
    page: _Count
    label: str
    start: _Count
    end: _Count
    text: str
    score: float = 0.0
    reason: str
    removed: bool = False


class SentenceExport(_Schema):
    """A sentence at characters `[start, end)` of the answer, as it was judged."""

    text: str
    start: _Count
    end: _Count
    support: Support
    translation: str = ""
    meaning: Annotated[float, Field(ge=0, le=1)] | None = None
    missing: FailFastList[str] = []
    unfinished: bool = False
    citations: FailFastList[CitationExport]
    disputed_by: FailFastList[CitationExport] = []


class OperandExport(_Schema):
    """A cell that a result was computed from, and its row as a quote; `sha256` is its document's."""

    document: str
    page: _Count
    start: _Count
    end: _Count
    text: str
    quote_start: _Count
    quote_end: _Count
    quote: str
    row: str = ""
    column: str = ""
    unit: str = ""
    period: str = ""
    sha256: str


class ComputedExport(_Schema):
    """A result computed from cells of tables."""

    kind: Computation
    statement: str
    expression: str = ""
    results: FailFastList[str] = []
    operands: FailFastList[OperandExport]
    confidence: float = 0.0
    language: str = "en"


class ToolCallExport(_Schema):
    """A call of a tool: what it computed or why it came to nothing, and the numbers of the passages that it added."""

    name: str
    arguments: dict[str, Any] = {}
    result: str = ""
    passages: FailFastList[_Count] = []
    failed: bool = False


class SignalsExport(_Schema):
    """`Signals`, in one object with their `Certainty`."""

    answerable: float | None = None
    least_log_prob: float | None = None
    asked: float = 0.0
    support: float = 0.0
    decided: float = 1.0


class TimingsExport(_Schema):
    """`Timings`, in one object with their `GenerationStats`."""

    rewrite_s: float = 0.0
    retrieve_s: float = 0.0
    first_token_s: float = 0.0
    total_s: float = 0.0
    prompt_tokens: _Count = 0
    output_tokens: _Count = 0
    waiting_s: float = 0.0
    prefill_s: float = 0.0
    decode_s: float = 0.0
    reused_tokens: _Count = 0
    drafted_tokens: _Count = 0
    accepted_tokens: _Count = 0
    check_s: float = 0.0


class ProvenanceExport(_Schema):
    """The first fields of an exported answer: its provenance."""

    format: _Count = FORMAT
    citewell: str
    created_at: str
    model: str
    settings: dict[str, Any] = {}


class _AnswerFields(_Schema):
    question: str
    language: str = ""
    kind: QuestionKind = "fact"
    query: str = ""
    answer: str
    thinking: str = ""
    abstained: bool = False
    refusal: str = ""
    nearest: CitationExport | None = None
    confidence: float = 0.0
    missing: FailFastList[str] = []
    signals: SignalsExport = SignalsExport()
    stop_reason: StopReason = "none"
    not_found: FailFastList[str] = []
    left_out: FailFastList[str] = []
    notes: FailFastList[str] = []
    sentences: FailFastList[SentenceExport]
    passages: FailFastList[PassageExport]
    dropped: FailFastList[DroppedExport] = []
    forgotten_turns: _Count = 0
    timings: TimingsExport = TimingsExport()
    computed: ComputedExport | None = None
    kept_from: str = ""
    tool_calls: FailFastList[ToolCallExport] = []


# Pydantic takes the fields of the last base first: provenance, then the answer, then what a class adds.


class AnswerExport(_AnswerFields, ProvenanceExport):
    """An exported answer. If `redacted`, it has lost everything from removed documents."""

    redacted: bool = False


class ExchangeExport(AnswerExport):
    """An exported answer of a conversation, with the rating and remark of its reader."""

    thumb: Thumb = ""
    remark: str = ""


class ConversationExport(_Schema):
    """An exported conversation."""

    format: _Count = CONVERSATION_FORMAT
    citewell: str = ""
    conversation: str = ""
    created_at: str = ""
    answers: FailFastList[ExchangeExport]


class ChunkRecord(_Schema):
    """The part of a chunk that an exported passage does not have."""

    id: int
    heading: str
    sha256: str
    line: _Count = 0


class RecordExtras(_Schema):
    """The part of a record that is not exported: chunks, and the number of passages of each turn in the prompt."""

    passages: FailFastList[ChunkRecord]
    dropped: FailFastList[ChunkRecord]
    turns: FailFastList[_Count]


class AnswerRecord(_AnswerFields, ProvenanceExport):
    """An answer as a library stores it: its export, and the extras needed to continue its conversation."""

    kept: RecordExtras
    redacted: bool = False


def read_exports(text: str, name: str) -> tuple[AnswerExport, ...]:
    """Return the answers of an exported conversation, or the one exported answer; `name` is the file's.

    Raises:
        ExportError: the text is no export, is damaged, or was written by a newer Citewell.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ExportError(f"{name} is not an exported answer: it is not JSON ({error}). {HOW}") from error
    version = value.get("format") if isinstance(value, dict) else None
    if not isinstance(version, int):
        raise ExportError(f"{name} is not an exported answer: it names no format. {HOW}")
    if version > CONVERSATION_FORMAT:
        raise ExportError(
            f"{name} was written by a newer Citewell: it has format {version}, and this one reads formats up to "
            f"{CONVERSATION_FORMAT}. Update Citewell."
        )
    try:
        if version == FORMAT:
            return (AnswerExport.model_validate_json(text),)
        return tuple(ConversationExport.model_validate_json(text).answers)
    except ValidationError as error:
        raise ExportError(f"{name} is damaged: {_first_fault(error)}. Restore it, or export it again.") from error


def read_stored(schema: type[S], value: Mapping[str, Any]) -> S:
    """Return a stored answer as an `AnswerRecord`, or as another schema that has some of its fields.

    Raises:
        LibraryError: it is damaged.
    """
    try:
        return schema.model_validate(value)
    except ValidationError as error:
        raise LibraryError(
            f"A stored answer is damaged: {_first_fault(error)}. Restore the library from a backup, or delete the "
            "conversation."
        ) from error


def _first_fault(error: ValidationError) -> str:
    """Say where the first fault is; one in the answer before one in its provenance."""
    faults = error.errors()
    first = next((each for each in faults if not ProvenanceExport.model_fields.keys() & set(each["loc"])), faults[0])
    where = f"'{'.'.join(map(str, first['loc']))}'" if first["loc"] else "its text"
    return f"{where} {'is missing' if first['type'] == 'missing' else 'is not what it should be'}"
