"""Suggest questions that the documents themselves answer, without a model."""

import re
from collections.abc import Sequence

from rag.interfaces import Library
from rag.types import Chunk, Document

_MAX_QUESTIONS = 4
_MAX_CHUNKS = 60
"""Read of a document: its beginning, where it defines its terms."""

_NUMBER = r"(?:\d+(?:\.\d+)*\.?\s+)?"
_QUESTION = re.compile(
    rf"^[#\s]*{_NUMBER}((?:What|Who|When|Where|Why|How|Which|Can|Does|Is|Are)\b[^?.!\n]{{12,90}}\?)\s*$", re.MULTILINE
)
"""A heading that asks a question."""
_DEFINITION = re.compile(
    r"(?:^|[.!?]\s+|\n)"
    r"((?:The|An?) [\w-]{3,}(?: (?:of |the )?[A-Z][\w-]+){0,3}|[A-Z][\w-]{2,}(?: (?:of |the )?[A-Z][\w-]+){0,4})"
    r" (is|are|was|were) (?:an? |the )"
)
_HEADING = re.compile(r"[A-Z][\w-]+(?: [\w-]+){1,7}")
_OF_HEADING = re.compile(r"What is said about “(.+)”\?")
_NO_SUBJECT = set(
    """this that there these those they what which here such each the she who when where how its his her and but for not
    one you all following same first second last next other others only reason result latter former above below aim
    purpose goal idea default""".split()
)


def suggest(library: Library, documents: Sequence[Document]) -> list[str]:
    """Return a few questions, spread over the documents; none if their texts yield none."""
    found = [document_questions(library, document) for document in documents[:_MAX_QUESTIONS]]
    in_turn = [each[rank] for rank in range(_MAX_QUESTIONS) for each in found if rank < len(each)]
    return list(dict.fromkeys(in_turn))[:_MAX_QUESTIONS]


def document_questions(library: Library, document: Document) -> list[str]:
    """Return questions that the beginning of a document answers."""
    return questions(library.chunks(library.chunk_ids({document.id})[:_MAX_CHUNKS]))


def questions(chunks: Sequence[Chunk]) -> list[str]:
    """Return questions that these chunks answer, made from their own questions, definitions and headings."""
    asked: dict[str, None] = {}
    for chunk in chunks:
        for match in _QUESTION.finditer(f"{chunk.heading}\n{chunk.text}"):
            asked[_one_line(match[1])] = None
    for chunk in chunks:
        for match in _DEFINITION.finditer(chunk.text):
            subject = _one_line(match[1])
            if not _NO_SUBJECT & set(subject.lower().split()[-1:]):
                asked[f"What {match[2]} {_in_mid_sentence(subject)}?"] = None
    for chunk in chunks:
        if _HEADING.fullmatch(chunk.heading):
            asked[f"What is said about “{chunk.heading}”?"] = None
    return list(asked)[:_MAX_QUESTIONS]


def heading_of(question: str) -> str:
    """Return the heading that a question made from it asks about; "" for any other question."""
    match = _OF_HEADING.fullmatch(question)
    return match[1] if match else ""


def _in_mid_sentence(subject: str) -> str:
    has_article = subject.split()[0] in ("The", "A", "An")
    return subject[0].lower() + subject[1:] if has_article else subject


def _one_line(text: str) -> str:
    return " ".join(text.split())
