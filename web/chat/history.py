"""Open and store the conversations of the chat's users."""

import logging
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from rag.errors import AccessError, LibraryError
from rag.services import Services
from rag.types import Answer, Thumb
from serving.stored_answers import KeptAnswers, OpenQuestions
from web.chat.state import Conversation, TabState
from web.page_language import gettext

log = logging.getLogger(__name__)

_THUMBS = {"up": "Like", "down": "Dislike"}


class ChatHistory:
    """The conversations in the library of these services."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._kept = KeptAnswers(services)
        self._open = OpenQuestions(services.conversations)

    def open(self, tab: TabState, shown: Conversation, owner: str) -> Conversation:
        """Return the conversation that a tab has open, with the tab's settings and documents, else the stored ones.

        `shown` is what the tab is known to show; not all of it need be stored.

        Raises:
            AccessError: this user has no such conversation.
        """
        if not tab.conversation:
            begun = Conversation() if shown.id else shown
            return replace(begun, settings=tab.settings or {}, excluded=tab.excluded or frozenset(), only=tab.only)
        store = self._services.conversations
        found = store.find(tab.conversation, owner)
        if found is None:
            raise AccessError(gettext("This conversation is not among yours (any more). Begin a new one."))
        settings = found.settings if tab.settings is None else tab.settings
        excluded = store.excluded(found.id, owner) if tab.excluded is None else tab.excluded
        unanswered = shown.unanswered if shown.id == found.id else ""
        return Conversation(
            answers=self._kept.answers(found.id, owner),
            unanswered=found.unanswered or unanswered,
            is_being_answered=found.is_being_answered,
            id=found.id,
            settings=settings,
            excluded=excluded,
            only=tab.only,
        )

    def thumbs(self, conversation: Conversation, owner: str) -> list[str | None]:
        """Return the user's ratings of its answers, as Gradio's chat shows them, and none of later answers."""
        exchanges = self._services.conversations.exchanges(conversation.id, owner) if conversation.id else []
        return [_THUMBS.get(exchange.thumb) for exchange in exchanges[: len(conversation.answers)]]

    def rate(self, tab: TabState, message: int, liked: bool | str | None, owner: str) -> None:
        """Store the user's rating of the answer at this message of the chat."""
        thumb: Thumb = (
            "up" if liked is True or liked == "Like" else "down" if liked is False or liked == "Dislike" else ""
        )
        self._services.conversations.rate(tab.conversation, owner, message // 2 + 1, thumb)

    def begin(self, conversation: Conversation, question: str, owner: str) -> Conversation:
        """Store the conversation, its choices and the question, and return it with the id it is found by meanwhile.

        A failure is only logged: the answer will report it when it is to be stored.
        """
        store = self._services.conversations
        conversation = replace(conversation, unanswered="", is_being_answered=False, asked="")
        try:
            if not conversation.id:
                conversation = replace(conversation, id=self._create(conversation, question, owner))
            conversation = replace(conversation, asked=self._open.begin(conversation.id, owner, question))
            found = store.find(conversation.id, owner)
            if found and dict(found.settings) != dict(conversation.settings):
                store.configure(found.id, owner, conversation.settings)
            if found and store.excluded(found.id, owner) != conversation.excluded:
                store.exclude(found.id, owner, conversation.excluded)
        except LibraryError as error:
            log.warning("a conversation cannot be stored: %s", error)
        return conversation

    def held(self, conversation: Conversation) -> AbstractContextManager[None]:
        """Have the conversation's question count as being answered meanwhile."""
        return self._open.held(conversation.asked) if conversation.asked else nullcontext()

    def discard_unanswered(self, conversation: Conversation, owner: str) -> Conversation:
        """Return the conversation when its asker was told why there is no answer; delete it if it never had one."""
        store = self._services.conversations
        if conversation.asked:
            self._open.drop(conversation.asked)
            conversation = replace(conversation, asked="")
        try:
            found = store.find(conversation.id, owner)
            if found is None or found.exchanges:
                return conversation
            store.delete(conversation.id, owner)
        except LibraryError as error:
            log.warning("a conversation without answers cannot be deleted: %s", error)
        return replace(conversation, id="")

    def add(self, conversation: Conversation, answer: Answer, owner: str) -> Conversation:
        """Store an answer at the end of a conversation, and delete what was stored beyond that end.

        Raises:
            LibraryError: it cannot be stored.
        """
        id_ = conversation.id or self._create(conversation, answer.question, owner)
        answers = (*conversation.answers, answer)
        after, asked = len(conversation.answers), conversation.asked or None
        self._kept.append(id_, answers, conversation.settings, owner, after=after, asked=asked)
        return replace(conversation, answers=answers, id=id_, unanswered="", asked="")

    def _create(self, conversation: Conversation, question: str, owner: str) -> str:
        """Store a new conversation, with answers that could not be stored before, and return its id."""
        store = self._services.conversations
        created = store.create(owner, (*(a.question for a in conversation.answers), question)[0], conversation.settings)
        store.exclude(created.id, owner, conversation.excluded)
        self._kept.mark_borrowed(created.id, conversation.answers, owner)
        for each in self._kept.records(conversation.answers, conversation.settings, owner):
            store.add(created.id, owner, each)
        return created.id
