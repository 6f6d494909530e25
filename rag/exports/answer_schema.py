"""Exported answers as they are read again: the part of an export that can be checked, and nothing believed of it."""

import json
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from rag.errors import ExportError
from rag.exports.answer_json import CONVERSATION_FORMAT, FORMAT
from rag.types import Support

_Count = Annotated[int, Field(ge=0, lt=2**31)]
HOW = (
    "Make one with 'citewell ask \"…\" --json > answer.json', or with 'citewell conversations export ID --format json'."
)
"""What to do instead of giving a file that is no export."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedPlace:
    """Characters `[start, end)` of a page, as an answer names them; `sha256` is the document's."""

    number: _Count
    document: str
    sha256: str
    page: _Count
    label: str
    start: _Count
    end: _Count


@dataclass(frozen=True, slots=True)
class ExportedPassage(ExportedPlace):
    """A passage as it was shown to the model; empty if its document was `removed`, see `redaction`."""

    text: str
    removed: bool = False


@dataclass(frozen=True, slots=True)
class ExportedCitation(ExportedPlace):
    """A quote as it was given."""

    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedSentence:
    """A sentence as it was judged, at characters `[start, end)` of the answer."""

    text: str
    start: _Count
    end: _Count
    support: Support
    citations: tuple[ExportedCitation, ...]
    disputed_by: tuple[ExportedCitation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """An exported answer: the part of `answer_json` with provenance that can be checked.

    What rested on documents that were removed is not in it any more if it was `redacted`.
    """

    question: str
    answer: str
    sentences: tuple[ExportedSentence, ...]
    passages: tuple[ExportedPassage, ...]
    model: str
    citewell: str
    created_at: str
    redacted: bool = False


@dataclass(frozen=True, slots=True)
class ExportedConversation:
    """An exported conversation: that of `rag.exports.conversation_record.conversation_json` which can be checked."""

    answers: tuple[Export, ...]


def read_exports(text: str, name: str) -> tuple[Export, ...]:
    """The answers of an exported conversation, or the one exported answer, from its JSON; `name` is the file's.

    Raises:
        ExportError: it is no export, is damaged, or was written by a newer Citewell.
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
            return (TypeAdapter(Export).validate_json(text, strict=True),)
        return TypeAdapter(ExportedConversation).validate_json(text, strict=True).answers
    except ValidationError as error:
        first = error.errors()[0]
        where = f"'{'.'.join(map(str, first['loc']))}'" if first["loc"] else "its text"
        wrong = "is missing" if first["type"] == "missing" else "is not what it should be"
        raise ExportError(f"{name} is damaged: {where} {wrong}. Restore it, or export it again.") from error
