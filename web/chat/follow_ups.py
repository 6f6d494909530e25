"""Suggest what to ask after an answer, from the documents that it quotes: only what the search finds an answer to."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from rag.services import Services
from rag.text.analyzer import content_words
from rag.types import Answer, Chunk, Passage
from web.chat.suggestions import heading_of, questions

_MAX_SHOWN = 3
_MAX_CHECKED = 8
"""Each check is a search."""

_NEAR_CHUNKS = 12
_BEGINNING_CHUNKS = 20
_MAX_DOCUMENTS = 2
_READ = 3
"""The answer must be in one of so many best passages."""


def follow_ups(services: Services, answers: Sequence[Answer], within: AbstractSet[int] | None) -> list[str]:
    """Return a few questions that go on from the last answer; none after a refusal, or if none is surely answered."""
    if not answers or answers[-1].abstained:
        return []
    asked = [_words(question) for answer in answers for question in (answer.question, answer.query)]
    shown: list[str] = []
    for number, question in enumerate(_candidates(services, answers[-1])):
        if number == _MAX_CHECKED or len(shown) == _MAX_SHOWN:
            break
        words = _words(question)
        if words and not any(words <= other for other in asked) and _is_answerable(services, question, within):
            shown.append(question)
            asked.append(words)
    return shown


def _candidates(services: Services, answer: Answer) -> Iterator[str]:
    """Yield questions of what stands near the quotes, then of the beginnings of their documents."""
    library = services.library
    quoted: dict[int, Chunk] = {}
    for citation in answer.citations:
        chunk = answer.passages[citation.number - 1].chunk
        quoted.setdefault(chunk.document_id, chunk)
    near, beginnings = [], []
    for document_id, chunk in list(quoted.items())[:_MAX_DOCUMENTS]:
        ids = library.chunk_ids({document_id})
        start = ids.index(chunk.id) if chunk.id in ids else 0
        near += questions(library.chunks(ids[start : start + _NEAR_CHUNKS]))
        beginnings += questions(library.chunks(ids[:_BEGINNING_CHUNKS]))
    yield from dict.fromkeys([*near, *beginnings])


def _is_answerable(services: Services, question: str, within: AbstractSet[int] | None) -> bool:
    """Return whether one of the best passages has all that is asked about."""
    subject = heading_of(question) or question
    found = services.retriever.retrieve(question, _READ, within)
    return any(not services.abstention.missing(subject, [_with_heading(passage)]) for passage in found)


def _with_heading(passage: Passage) -> Passage:
    chunk = passage.chunk
    return replace(passage, chunk=replace(chunk, text=f"{chunk.heading}\n{chunk.text}"))


def _words(question: str) -> frozenset[str]:
    return frozenset(word.lower() for word in content_words(heading_of(question) or question))
