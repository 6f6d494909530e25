"""Answers as conversations keep them, and the questions before they are answered.

A document may be removed while an answer is written from it: what is stored then has nothing of it.

An open question is held by whoever answers it, so that none is lost with its server: a thread moves on the time until
which it counts as being answered. If the server dies, that time passes, and whichever server has the conversation
opened says that there is no answer.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Thread
from typing import Any

from ingest.removal import redact_answers
from rag.errors import LibraryError
from rag.exports.conversation_record import NO_DOCUMENT, answers_of, record
from rag.exports.redaction import RemovedDocuments, redact
from rag.services import Services
from rag.stores.sql_conversations import SqlConversations
from rag.text.analyzer import words
from rag.types import Answer, Passage
from serving.ownership import readable_documents, shares_of

log = logging.getLogger(__name__)

_HELD_SECONDS = 15.0
_RENEW_SECONDS = 5.0


class KeptAnswers:
    """The answers in the library of these services."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def answers(self, id_: str, owner: str) -> tuple[Answer, ...]:
        """Return the answers of an owner's conversation, the oldest first.

        Raises:
            LibraryError: one is damaged.
        """
        documents = readable_documents(self._services, owner)
        ids = {document.sha256: document.id for document in documents if document.sha256}
        exchanges = self._services.conversations.exchanges(id_, owner)
        return answers_of((exchange.record for exchange in exchanges), ids)

    def append(
        self,
        id_: str,
        answers: Sequence[Answer],
        settings: Mapping[str, Any],
        owner: str,
        *,
        after: int | None = None,
        asked: str | None = None,
    ) -> None:
        """Store the last of a conversation's answers, and delete what is stored after number `after`, if one is given.

        `asked` is the key of its open question; without one, whichever there is is forgotten.

        Raises:
            LibraryError: it cannot be stored.
        """
        self.mark_borrowed(id_, answers, owner)
        latest = self.records(answers, settings, owner)[-1]
        self._services.conversations.add(id_, owner, latest, after, asked=asked)
        if (removed := self._removed(answers, owner)).names:  # between the look and the writing
            redact_answers(self._services, owner, removed)

    def records(self, answers: Sequence[Answer], settings: Mapping[str, Any], owner: str) -> list[dict[str, Any]]:
        """Return the records of a conversation's answers, redacted of what has been removed since they were begun."""
        provenance = self._services.provenance(settings)
        records = [record(answer, provenance) for answer in answers]
        removed = self._removed(answers, owner)
        return redact(records, removed, words) if removed.names else records

    def mark_borrowed(self, id_: str, answers: Sequence[Answer], owner: str) -> None:
        """Note before it is stored that a conversation has something from documents of others, if it has.

        Whoever shared them did so with this owner, who may not pass them on.
        """
        ids = {passage.chunk.document_id for answer in answers for passage in _passages_read(answer)} - {NO_DOCUMENT}
        found = map(self._services.library.document, ids)
        if owner and any(document is not None and document.owner != owner for document in found):
            shares_of(self._services).mark_borrowed(id_)

    def _removed(self, answers: Sequence[Answer], owner: str) -> RemovedDocuments:
        """Return the documents these answers quote that are no longer in the library."""
        chunks = [passage.chunk for each in answers for passage in _passages_read(each)]
        present = self._services.library.names().keys() | {NO_DOCUMENT}
        names = frozenset(chunk.document for chunk in chunks if chunk.document_id not in present)
        remaining = readable_documents(self._services, owner) if names else []
        return replace(RemovedDocuments.of((), remaining), names=names)


class OpenQuestions:
    """The open questions of a library that this program answers."""

    def __init__(self, conversations: SqlConversations) -> None:
        self._conversations = conversations

    def begin(self, id_: str, owner: str, question: str) -> str:
        """Store a question of an owner's conversation, in place of an open one, and return its key.

        Raises:
            LibraryError: the conversation no longer exists, or cannot be written.
        """
        return self._conversations.open_question(id_, owner, question, _HELD_SECONDS)

    @contextmanager
    def held(self, key: str, *, drops: bool = False) -> Iterator[None]:
        """Hold a question while it is answered; with `drops`, forget it at the end if it has no answer by then.

        The database is asked in a thread, and nobody waits for it: this may be entered and left on an event loop.
        """
        ended = Event()
        Thread(target=self._hold, args=(key, ended, drops), name="open-question", daemon=True).start()
        try:
            yield
        finally:
            ended.set()

    def drop(self, key: str) -> None:
        """Forget a question, whose asker was told why there is no answer. A failure is only logged."""
        try:
            self._conversations.drop_question(key)
        except LibraryError as error:
            log.warning("an open question cannot be forgotten: %s", error)

    def _hold(self, key: str, ended: Event, drops: bool) -> None:
        while not ended.wait(_RENEW_SECONDS):
            try:
                self._conversations.hold_question(key, _HELD_SECONDS)
            except LibraryError as error:
                log.warning("an open question cannot be held: %s", error)
        if drops:
            self.drop(key)


def _passages_read(answer: Answer) -> list[Passage]:
    return [*answer.passages, *(dropped.passage for dropped in answer.dropped)]
