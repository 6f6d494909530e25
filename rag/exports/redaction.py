"""Takes out of kept conversations what they have of documents that are removed (pure).

A model that had read the removed text wrote the answer, and was told of that answer with the next question. So of such
an answer, and of those after it, a sentence stays only if quotes of other documents support it, and if it has no word
of the removed text that neither these quotes nor the user's own questions have. Questions, names and remarks are the
user's own words and stay.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rag.exports.conversation_record import KEPT, REMOVED, Record
from rag.prompting.prompt import is_refusal
from rag.types import Document

Analyze = Callable[[str], list[str]]
"""Text into stemmed words without stop words."""

_NOTHING: dict[str, Any] = {
    "document": "[removed]",
    "sha256": "",
    "page": 0,
    "label": "",
    "start": 0,
    "end": 0,
    "text": "",
    "id": 0,
    "heading": "",
    "removed": True,
}
"""What stands in place of a passage that is gone. Its number stays: the citations of the others count by it."""

_REASON = "says the same as another passage"
_LONG_WORD = 64
"""The analysis leaves out such words: keys, checksums."""


@dataclass(frozen=True, slots=True)
class RemovedDocuments:
    """What is gone of an owner's documents: by content, and by name for versions that had been replaced before.

    `there` are the contents that the owner still has. Nothing of them is gone, whatever it is called.
    """

    sha256s: frozenset[str]
    names: frozenset[str]
    there: frozenset[str]

    @classmethod
    def of(cls, removed: Iterable[Document], staying: Iterable[Document]) -> "RemovedDocuments":
        """What goes with the `removed` documents of an owner who has the `staying` ones besides."""
        removed = list(removed)
        return cls(
            frozenset(document.sha256 for document in removed if document.sha256),
            frozenset(name for document in removed for name in (document.name, *document.also)),
            frozenset(document.sha256 for document in staying if document.sha256),
        )

    @property
    def marks(self) -> frozenset[str]:
        """Strings of which a record that has anything of this has at least one."""
        return self.sha256s | self.names

    def has(self, name: str, sha256: str) -> bool:
        """Whether a document of this name and content is gone."""
        return sha256 not in self.there and (sha256 in self.sha256s or name in self.names)


def redact(records: Iterable[Record], gone: RemovedDocuments, analyze: Analyze) -> list[dict[str, Any]]:
    """The records of one conversation, the oldest first, without what is gone; equal where they had nothing of it."""
    redacted = []
    asked: set[str] = set()
    read: set[str] = set()  # words of what is gone, as far as the model had seen it by then
    for record in records:
        asked |= _words(record["question"], analyze)
        read |= _words("\n".join(_gone_texts(record, gone)), analyze)
        without = _without_passages(record, gone)
        redacted.append(_without_sentences(without, read, asked, analyze) if read else without)
    return redacted


def _is_gone(record: Record, kind: str, gone: RemovedDocuments) -> list[bool]:
    """Of each of a record's passages of this kind."""
    both = zip(record[kind], record[KEPT][kind], strict=True)
    return [gone.has(value["document"], more["sha256"]) for value, more in both]


def _gone_texts(record: Record, gone: RemovedDocuments) -> Iterator[str]:
    """What the model read of it: texts, headings, and what they are called."""
    both = zip(record["passages"], record[KEPT]["passages"], _is_gone(record, "passages", gone), strict=True)
    for value, more, is_gone in both:
        if is_gone:
            yield from (value["document"], value["label"], more["heading"], value["text"])


def _without_passages(record: Record, gone: RemovedDocuments) -> dict[str, Any]:
    changed, more = dict(record), dict(record[KEPT])
    names = set(gone.names)
    for kind in ("passages", "dropped"):
        are_gone = _is_gone(record, kind, gone)
        names |= {value["document"] for value, is_gone in zip(record[kind], are_gone, strict=True) if is_gone}
        changed[kind] = _blanked(record[kind], are_gone, {"removed"})
        more[kind] = _blanked(record[KEPT][kind], are_gone)
    changed["dropped"] = [_without_names(dropped, names) for dropped in changed["dropped"]]
    return {**changed, KEPT: more}


def _blanked(values: Sequence[Record], are_gone: Sequence[bool], marks: Iterable[str] = ()) -> list[dict[str, Any]]:
    return [
        {name: _NOTHING.get(name, value.get(name)) for name in (*value, *marks)} if is_gone else dict(value)
        for value, is_gone in zip(values, are_gone, strict=True)
    ]


def _without_names(dropped: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The reason may name the document that says the same."""
    return {**dropped, "reason": _REASON} if any(name in dropped["reason"] for name in names) else dropped


def _without_sentences(record: dict[str, Any], read: set[str], asked: set[str], analyze: Analyze) -> dict[str, Any]:
    """The record of an exchange in which the model had seen these words of what is gone."""
    if is_refusal(record["answer"]):
        text, sentences = record["answer"], record["sentences"]
    else:
        removed = {passage["number"] for passage in record["passages"] if passage.get("removed")}
        resting = [_without_quotes(sentence, removed) for sentence in record["sentences"]]
        stay = [s for s in resting if _stays(s, record, read - asked, analyze)]
        text, sentences = _mended(record["answer"], stay)
    has_lost = text != record["answer"] or any(passage.get("removed") for passage in record["passages"])
    changed = {"query": record["question"], "answer": text, "sentences": sentences, "not_found": []}
    return {**record, **changed, **({"redacted": True} if has_lost else {})}


def _without_quotes(sentence: Record, numbers: set[int]) -> dict[str, Any]:
    """A sentence without what it quotes of the passages of these numbers."""
    kinds = ("citations", "disputed_by")
    return {**sentence, **{kind: [c for c in sentence[kind] if c["number"] not in numbers] for kind in kinds}}


def _stays(sentence: Record, record: Record, gone: set[str], analyze: Analyze) -> bool:
    if sentence["support"] == "unsupported" or not sentence["citations"]:
        return False
    sources = [
        f"{cited['quote']}\n{cited['document']}\n{record[KEPT]['passages'][cited['number'] - 1]['heading']}"
        for cited in sentence["citations"]
    ]
    return not _words(sentence["text"], analyze) & gone - _words("\n".join(sources), analyze)


def _mended(answer: str, sentences: Sequence[Record]) -> tuple[str, list[dict[str, Any]]]:
    """The answer with a note in place of all words that are not in these of its sentences; these with their places."""
    text, at = "", 0
    mended = []
    for sentence in sentences:
        text += _between(answer[at : sentence["start"]])
        text += " " if text.endswith(REMOVED) else ""
        end = len(text) + sentence["end"] - sentence["start"]
        mended.append({**sentence, "start": len(text), "end": end})
        text += answer[sentence["start"] : sentence["end"]]
        at = sentence["end"]
    return text + _between(answer[at:]), mended


def _between(text: str) -> str:
    """What stands around sentences that stay: a note in place of words, apart where a line or a paragraph was."""
    if not any(map(str.isalnum, text)):
        return text
    before = text[: len(text) - len(text.lstrip())]
    after = text[len(text.rstrip()) :]
    return f"{_apart(before)}{REMOVED}{_apart(after)}"


def _apart(space: str) -> str:
    """Where an item of a list or a row of a table has lost its sign, a blank line keeps it apart from the next."""
    return "\n\n" if "\n" in space else " " if space else ""


def _words(text: str, analyze: Analyze) -> set[str]:
    return {*analyze(text), *(word for word in re.findall(r"\w+", text.lower()) if len(word) >= _LONG_WORD)}
