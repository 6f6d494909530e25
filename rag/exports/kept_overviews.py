"""Keep overviews of documents in the library, as records of the answers that they are."""

import logging
from collections.abc import Callable
from dataclasses import replace

from rag.errors import LibraryError
from rag.exports.answer_json import Provenance
from rag.exports.conversation_record import answer_of, record
from rag.interfaces import Library
from rag.types import Answer, Overview

log = logging.getLogger(__name__)


def overview_text(overview: Overview) -> str:
    """Return what an overview says, without the model's markers of sources.

    Raises:
        LibraryError: it is damaged.
    """
    answer = answer_of(overview.record, {})
    text, at = "", 0
    for sentence in answer.sentences:
        text += answer.text[at : sentence.start] + sentence.text
        at = sentence.end
    return (text + answer.text[at:]).strip()


class KeptOverviews:
    """The `KeptAnswers` of one library. `provenance` returns that of an answer written now, with the model in use."""

    def __init__(self, library: Library, provenance: Callable[[], Provenance]) -> None:
        self._library = library
        self._provenance = provenance

    def find(self, document_id: int, language: str) -> Answer | None:
        """Return a document's overview in a language; None if another model made it, or other settings.

        One that cannot be read is only logged: the question is answered anew.
        """
        try:
            document = self._library.document(document_id)
            found = [each for each in self._library.overviews(document_id) if each.language == language]
            if document is None or not found:
                return None
            kept, now = found[0], self._provenance()
            if (kept.record.get("model"), kept.record.get("settings")) != (now.model, dict(now.settings)):
                return None
            return replace(answer_of(kept.record, {document.sha256: document_id}), kept_from=kept.made_at)
        except LibraryError as error:
            log.warning("an overview is not used: %s", error)
            return None

    def keep(self, document_id: int, answer: Answer) -> None:
        """Keep an answer as the overview of a document, unless that has changed since.

        A failure is only logged: the answer itself is there.
        """
        now = self._provenance()
        if not now.sha256(document_id):
            return
        overview = Overview(
            document_id=document_id,
            language=answer.language,
            model=now.model,
            record=record(answer, now),
            made_at=now.created_at,
        )
        try:
            self._library.keep_overview(overview, {passage.chunk.id for passage in answer.passages})
        except LibraryError as error:
            log.warning("an overview is not kept: %s", error)
