"""Take removed documents out of stored conversations.

A model that had read the removed text wrote the answer, and had that answer in its prompt for the next question. So of
such an answer, and of those after it, a sentence stays only if quotes of other documents support it, and if it has no
word of the removed text that neither these quotes nor the user's own questions have. Questions, names and remarks are
the user's own words and stay.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import compress
from typing import Any

from rag.exports.answer_schema import (
    AnswerRecord,
    ChunkRecord,
    DroppedExport,
    PassageExport,
    SentenceExport,
    read_stored,
)
from rag.exports.conversation_record import REMOVED, Record
from rag.grounding.abstention import is_abstention
from rag.types import Document

Analyze = Callable[[str], list[str]]
"""Text into stemmed words without stop words."""

_BLANK: dict[str, Any] = {
    "document": "[removed]",
    "page": 0,
    "label": "",
    "start": 0,
    "end": 0,
    "text": "",
    "removed": True,
}
"""Values of a passage whose document was removed. Its number stays: the citations of the others count by it."""

_BLANK_CHUNK = ChunkRecord(id=0, heading="", sha256="")
_REASON = "says the same as another passage"
_LONG_WORD = 64
"""The analysis leaves out such words: keys, checksums."""


@dataclass(frozen=True, slots=True)
class RemovedDocuments:
    """Documents removed from an owner's library: by content, and by name for versions that were replaced before.

    `remaining` are the sha256 of what the owner still has. None of that counts as removed, whatever its name.
    """

    sha256s: frozenset[str]
    names: frozenset[str]
    remaining: frozenset[str]

    @classmethod
    def of(cls, removed: Iterable[Document], remaining: Iterable[Document]) -> "RemovedDocuments":
        """Return the `removed` documents of an owner who still has the `remaining` ones."""
        removed = list(removed)
        return cls(
            frozenset(document.sha256 for document in removed if document.sha256),
            frozenset(name for document in removed for name in (document.name, *document.also)),
            frozenset(document.sha256 for document in remaining if document.sha256),
        )

    @property
    def identifiers(self) -> frozenset[str]:
        """Strings of which every record that has anything of these documents has at least one."""
        return self.sha256s | self.names

    def includes(self, name: str, sha256: str) -> bool:
        """Return whether a document of this name and content has been removed."""
        return sha256 not in self.remaining and (sha256 in self.sha256s or name in self.names)


def redact(records: Iterable[Record], removed: RemovedDocuments, analyze: Analyze) -> list[dict[str, Any]]:
    """Return the records of one conversation, the oldest first, without the removed documents.

    Records that had nothing of them come back equal.

    Raises:
        LibraryError: a record is damaged.
    """
    redacted = []
    asked: set[str] = set()
    read: set[str] = set()  # words of the removed documents that the model had seen by then
    for value in records:
        stored = read_stored(AnswerRecord, value)
        asked |= _words(stored.question, analyze)
        read |= _words("\n".join(_removed_texts(stored, removed)), analyze)
        changed = _without_passages(stored, removed)
        if read:
            changed = _without_sentences(changed, read - asked, analyze)
        redacted.append(dict(value) if changed == stored else changed.to_json())
    return redacted


def _are_removed(
    passages: Sequence[PassageExport | DroppedExport], chunks: Sequence[ChunkRecord], removed: RemovedDocuments
) -> list[bool]:
    return [removed.includes(p.document, chunk.sha256) for p, chunk in zip(passages, chunks, strict=True)]


def _removed_texts(stored: AnswerRecord, removed: RemovedDocuments) -> Iterator[str]:
    """Yield all that the prompt had of removed documents: texts, headings, names and labels."""
    chunks = stored.kept.passages
    both = zip(stored.passages, chunks, strict=True)
    for passage, chunk in compress(both, _are_removed(stored.passages, chunks, removed)):
        yield from (passage.document, passage.label, chunk.heading, passage.text)


def _without_passages(stored: AnswerRecord, removed: RemovedDocuments) -> AnswerRecord:
    """Return the record with blanks for passages of removed documents."""
    extras = stored.kept
    passages_removed = _are_removed(stored.passages, extras.passages, removed)
    dropped_removed = _are_removed(stored.dropped, extras.dropped, removed)
    names = removed.names.union(
        compress((passage.document for passage in stored.passages), passages_removed),
        compress((passage.document for passage in stored.dropped), dropped_removed),
    )
    passages = [
        passage.model_copy(update={**_BLANK, "sha256": ""}) if is_removed else passage
        for passage, is_removed in zip(stored.passages, passages_removed, strict=True)
    ]
    dropped = [
        _without_names(passage.model_copy(update=_BLANK) if is_removed else passage, names)
        for passage, is_removed in zip(stored.dropped, dropped_removed, strict=True)
    ]
    chunks = {
        "passages": _blanked(extras.passages, passages_removed),
        "dropped": _blanked(extras.dropped, dropped_removed),
    }
    kept = extras.model_copy(update=chunks)
    changed: dict[str, Any] = {"passages": passages, "dropped": dropped, "kept": kept}
    if stored.nearest and passages_removed[stored.nearest.number - 1]:
        changed["nearest"] = None
    return stored.model_copy(update=changed)


def _blanked(chunks: Sequence[ChunkRecord], are_removed: Sequence[bool]) -> list[ChunkRecord]:
    return [_BLANK_CHUNK if is_removed else chunk for chunk, is_removed in zip(chunks, are_removed, strict=True)]


def _without_names(dropped: DroppedExport, names: Iterable[str]) -> DroppedExport:
    """Return the passage with a reason that does not name a removed document with the same text."""
    return dropped.model_copy(update={"reason": _REASON}) if any(n in dropped.reason for n in names) else dropped


def _without_sentences(stored: AnswerRecord, removed_words: set[str], analyze: Analyze) -> AnswerRecord:
    """Return the record of an answer that may have these words from removed documents, without such sentences."""
    removed = {passage.number for passage in stored.passages if passage.removed}
    text, sentences = stored.answer, stored.sentences
    if not is_abstention(text):
        resting = [_without_quotes(sentence, removed) for sentence in sentences]
        text, sentences = _mended(text, [s for s in resting if _stays(s, stored, removed_words, analyze)])
    changed: dict[str, Any] = {"query": stored.question, "answer": text, "sentences": sentences, "not_found": []}
    if stored.thinking:
        changed["thinking"] = ""  # it weighs what it has read, and nothing says which of it
    if stored.left_out:
        changed["left_out"] = []  # no quote says of which document these words are
    if stored.notes and (removed or text != stored.answer):
        changed["notes"] = []  # they name documents, and count what is no longer there
    if removed and stored.computed:
        changed["computed"] = None  # its cells may be the removed document's
    if removed and stored.tool_calls:
        changed["tool_calls"] = []  # the model called them with words that it had read
    if removed or text != stored.answer:
        changed["redacted"] = True
    return stored.model_copy(update=changed)


def _without_quotes(sentence: SentenceExport, numbers: AbstractSet[int]) -> SentenceExport:
    """Return the sentence without its quotes of the passages of these numbers."""
    quotes = {"citations": sentence.citations, "disputed_by": sentence.disputed_by}
    left = {kind: [quote for quote in each if quote.number not in numbers] for kind, each in quotes.items()}
    return sentence.model_copy(update=left)


def _stays(sentence: SentenceExport, stored: AnswerRecord, removed_words: set[str], analyze: Analyze) -> bool:
    if sentence.support == "unsupported" or not sentence.citations:
        return False
    chunks = stored.kept.passages
    quoted = [f"{c.quote}\n{c.document}\n{chunks[c.number - 1].heading}" for c in sentence.citations]
    said = f"{sentence.text}\n{sentence.translation}"
    return not _words(said, analyze) & removed_words - _words("\n".join(quoted), analyze)


def _mended(answer: str, sentences: Sequence[SentenceExport]) -> tuple[str, list[SentenceExport]]:
    """Replace all words outside these sentences by a placeholder; return the text and the sentences, moved along."""
    text, at = "", 0
    mended = []
    for sentence in sentences:
        text += _between(answer[at : sentence.start])
        text += " " if text.endswith(REMOVED) else ""
        end = len(text) + sentence.end - sentence.start
        mended.append(sentence.model_copy(update={"start": len(text), "end": end}))
        text += answer[sentence.start : sentence.end]
        at = sentence.end
    return text + _between(answer[at:]), mended


def _between(text: str) -> str:
    """Return the text between remaining sentences: a placeholder for words, set apart where a line break was."""
    if not any(map(str.isalnum, text)):
        return text
    before = text[: len(text) - len(text.lstrip())]
    after = text[len(text.rstrip()) :]
    return f"{_apart(before)}{REMOVED}{_apart(after)}"


def _apart(space: str) -> str:
    """Return a blank line for a line break: an item of a list or a row of a table may have lost its marker."""
    return "\n\n" if "\n" in space else " " if space else ""


def _words(text: str, analyze: Analyze) -> set[str]:
    return {*analyze(text), *(word for word in re.findall(r"\w+", text.lower()) if len(word) >= _LONG_WORD)}
