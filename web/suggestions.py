"""Questions to begin with, made from the documents themselves: one of them has the answer. No model is asked."""

import re
from collections.abc import Sequence

from rag.interfaces import Library
from rag.types import Chunk, Document

_AT_MOST = 4
_CHUNKS_SEEN = 60
"""Of a document: its beginning, where it says what things are."""

_QUESTION = re.compile(
    r"(?:\d+(?:\.\d+)*\.?\s+)?((?:What|Who|When|Where|Why|How|Which|Can|Does|Is|Are)\b[^?.!\n]{12,90}\?)"
)
_DEFINITION = re.compile(
    r"(?:^|[.!?]\s+|\n)((?:The |An? )?[A-Z][\w-]{2,}(?: (?:of |the )?[A-Z][\w-]+){0,4}) (is|are|was|were) (?:an? |the )"
)
_NO_SUBJECT = set(
    """This That There These Those They What Which Here Such Each The She Who When Where How Its His Her And But For Not
    One You All""".split()
)


def suggest(library: Library, documents: Sequence[Document]) -> list[str]:
    """A few questions, from as many documents as there are; none if the texts give none."""
    found = [questions(library.chunks(library.chunk_ids({d.id})[:_CHUNKS_SEEN])) for d in documents[:_AT_MOST]]
    rounds = [question[turn] for turn in range(_AT_MOST) for question in found if turn < len(question)]
    return list(dict.fromkeys(rounds))[:_AT_MOST]


def questions(chunks: Sequence[Chunk]) -> list[str]:
    """Questions that these chunks answer: those they ask themselves in headings, then what they say that things are."""
    asked: dict[str, None] = {}
    for chunk in chunks:
        for match in _QUESTION.finditer(chunk.heading):
            asked[_one_line(match[1])] = None
    for chunk in chunks:
        for match in _DEFINITION.finditer(chunk.text):
            subject = _one_line(match[1])
            if subject.split()[0] not in _NO_SUBJECT or len(subject.split()) > 1:
                asked[f"What {match[2]} {_within_a_sentence(subject)}?"] = None
    return list(asked)[:_AT_MOST]


def _within_a_sentence(subject: str) -> str:
    has_article = subject.split()[0] in ("The", "A", "An")
    return subject[0].lower() + subject[1:] if has_article else subject


def _one_line(text: str) -> str:
    return " ".join(text.split())
