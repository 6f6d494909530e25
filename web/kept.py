"""The conversations of the chat's users: opened as they were, and kept with every answer."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rag.errors import AccessError
from rag.factory import Services
from rag.records import answers_of, record
from rag.types import Answer, Thumb
from web.access import documents_of
from web.conversation import Conversation
from web.told import Told

_THUMBS = {"up": "Like", "down": "Dislike"}


class Kept:
    """Over the library of these services."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def open(self, told: Told, shown: Conversation, owner: str) -> Conversation:
        """The conversation that a tab has open, and its settings: those that the tab tells, else those that were kept.

        `shown` is what the tab shows, as far as it is remembered: not all of it need be kept.

        Raises:
            AccessError: there is no such conversation of this user's.
        """
        if not told.conversation:
            return replace(Conversation() if shown.id else shown, settings=told.settings or {})
        store = self._services.conversations
        found = store.find(told.conversation, owner)
        if found is None:
            raise AccessError("This conversation is not among yours (any more). Begin a new one.")
        documents = documents_of(self._services.library, owner)
        there = {document.sha256: document.id for document in documents if document.sha256}
        exchanges = store.exchanges(found.id, owner)
        settings = found.settings if told.settings is None else told.settings
        unanswered = shown.unanswered if shown.id == found.id else ""
        return Conversation(answers_of((e.record for e in exchanges), there), unanswered, found.id, settings)

    def thumbs(self, conversation: Conversation, owner: str) -> list[str | None]:
        """What the user thinks of each answer, as Gradio's chat shows it."""
        exchanges = self._services.conversations.exchanges(conversation.id, owner) if conversation.id else []
        return [_THUMBS.get(exchange.thumb) for exchange in exchanges]

    def rate(self, told: Told, message: int, liked: bool | str | None, owner: str) -> None:
        """Keep what the user thinks of the answer with this message of the chat."""
        thumb: Thumb = (
            "up" if liked is True or liked == "Like" else "down" if liked is False or liked == "Dislike" else ""
        )
        self._services.conversations.rate(told.conversation, owner, message // 2 + 1, thumb)

    def add(self, conversation: Conversation, answer: Answer, owner: str) -> Conversation:
        """Keep an answer at the end of a conversation; what was kept beyond that end is forgotten.

        Raises:
            LibraryError: it cannot be kept.
        """
        store = self._services.conversations
        provenance = self._services.provenance(conversation.settings)
        id_ = conversation.id or store.create(owner, settings=conversation.settings).id
        unkept = () if conversation.id else conversation.answers  # earlier ones that could not be kept
        for each in (*unkept, answer):
            store.add(id_, owner, record(each, provenance), len(conversation.answers) if each is answer else None)
        self._configure(id_, owner, conversation.settings)
        return replace(conversation, answers=(*conversation.answers, answer), id=id_, unanswered="")

    def _configure(self, id_: str, owner: str, settings: Mapping[str, Any]) -> None:
        found = self._services.conversations.find(id_, owner)
        if found and dict(found.settings) != dict(settings):
            self._services.conversations.configure(id_, owner, settings)
