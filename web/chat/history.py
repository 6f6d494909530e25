"""The conversations of the chat's users: opened as they were, and kept with every answer.

A document may be removed while an answer is written from it: what is kept then has nothing of it.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ingest.removal import redact_answers
from rag.errors import AccessError, LibraryError
from rag.exports.conversation_record import NO_DOCUMENT, answers_of, record
from rag.exports.redaction import RemovedDocuments, redact
from rag.services import Services
from rag.types import Answer, Thumb
from web.auth.access import documents_of
from web.chat.state import Conversation, TabState

log = logging.getLogger(__name__)

_THUMBS = {"up": "Like", "down": "Dislike"}


class ChatHistory:
    """Over the library of these services."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def open(self, told: TabState, shown: Conversation, owner: str) -> Conversation:
        """The conversation that a tab has open; settings and documents as the tab tells, else as they were kept.

        `shown` is what the tab shows, as far as it is remembered: not all of it need be kept.

        Raises:
            AccessError: there is no such conversation of this user's.
        """
        if not told.conversation:
            begun = Conversation() if shown.id else shown
            return replace(begun, settings=told.settings or {}, excluded=told.excluded or frozenset())
        store = self._services.conversations
        found = store.find(told.conversation, owner)
        if found is None:
            raise AccessError("This conversation is not among yours (any more). Begin a new one.")
        documents = documents_of(self._services.library, owner)
        there = {document.sha256: document.id for document in documents if document.sha256}
        exchanges = store.exchanges(found.id, owner)
        settings = found.settings if told.settings is None else told.settings
        excluded = store.excluded(found.id, owner) if told.excluded is None else told.excluded
        unanswered = shown.unanswered if shown.id == found.id else ""
        return Conversation(answers_of((e.record for e in exchanges), there), unanswered, found.id, settings, excluded)

    def thumbs(self, conversation: Conversation, owner: str) -> list[str | None]:
        """What the user thinks of each of its answers, as Gradio's chat shows it; nothing of later ones."""
        exchanges = self._services.conversations.exchanges(conversation.id, owner) if conversation.id else []
        return [_THUMBS.get(exchange.thumb) for exchange in exchanges[: len(conversation.answers)]]

    def rate(self, told: TabState, message: int, liked: bool | str | None, owner: str) -> None:
        """Keep what the user thinks of the answer with this message of the chat."""
        thumb: Thumb = (
            "up" if liked is True or liked == "Like" else "down" if liked is False or liked == "Dislike" else ""
        )
        self._services.conversations.rate(told.conversation, owner, message // 2 + 1, thumb)

    def begin(self, conversation: Conversation, question: str, owner: str) -> Conversation:
        """The conversation with an id, under which it is found while it is answered, and its choices kept.

        If that cannot be, its answer will say so when it is to be kept.
        """
        store = self._services.conversations
        try:
            if not conversation.id:
                return replace(conversation, id=self._create(conversation, question, owner))
            found = store.find(conversation.id, owner)
            if found and dict(found.settings) != dict(conversation.settings):
                store.configure(found.id, owner, conversation.settings)
            if found and store.excluded(found.id, owner) != conversation.excluded:
                store.exclude(found.id, owner, conversation.excluded)
        except LibraryError as error:
            log.warning("a conversation cannot be kept: %s", error)
        return conversation

    def without_answer(self, conversation: Conversation, owner: str) -> Conversation:
        """The conversation when there is no answer after all: one that never had any is forgotten."""
        store = self._services.conversations
        try:
            found = store.find(conversation.id, owner)
            if found is None or found.exchanges:
                return conversation
            store.delete(conversation.id, owner)
        except LibraryError as error:
            log.warning("a conversation without answers is left: %s", error)
        return replace(conversation, id="")

    def add(self, conversation: Conversation, answer: Answer, owner: str) -> Conversation:
        """Keep an answer at the end of a conversation; what was kept beyond that end is forgotten.

        Raises:
            LibraryError: it cannot be kept.
        """
        id_ = conversation.id or self._create(conversation, answer.question, owner)
        answers = (*conversation.answers, answer)
        kept = self._records(answers, conversation.settings, owner)[-1]
        self._services.conversations.add(id_, owner, kept, len(conversation.answers))
        if (gone := self._gone(answers, owner)).names:  # removed between the look and the writing
            redact_answers(self._services, owner, gone)
        return replace(conversation, answers=answers, id=id_, unanswered="")

    def _create(self, conversation: Conversation, question: str, owner: str) -> str:
        """Keep a conversation that is not kept yet, with answers that could not be kept before; its id."""
        store = self._services.conversations
        made = store.create(owner, (*(a.question for a in conversation.answers), question)[0], conversation.settings)
        store.exclude(made.id, owner, conversation.excluded)
        for kept in self._records(conversation.answers, conversation.settings, owner):
            store.add(made.id, owner, kept)
        return made.id

    def _records(self, answers: Sequence[Answer], settings: Mapping[str, Any], owner: str) -> list[dict[str, Any]]:
        """The answers of a conversation as they are kept: without what has been removed since they were begun."""
        provenance = self._services.provenance(settings)
        records = [record(answer, provenance) for answer in answers]
        gone = self._gone(answers, owner)
        return redact(records, gone, self._services.analyze) if gone.names else records

    def _gone(self, answers: Sequence[Answer], owner: str) -> RemovedDocuments:
        """What these answers were written from and the library has not any more."""
        chunks = [p.chunk for each in answers for p in (*each.passages, *(dropped.passage for dropped in each.dropped))]
        there = self._services.library.names().keys() | {NO_DOCUMENT}
        names = frozenset(chunk.document for chunk in chunks if chunk.document_id not in there)
        staying = documents_of(self._services.library, owner) if names else []
        return replace(RemovedDocuments.of((), staying), names=names)
