"""Questions as conversations keep them before they are answered, so that none is lost with its server.

An open question is held by whoever answers it: a thread moves on the time until which it counts as being answered. If
the server dies, that time passes, and whichever server has the conversation opened says that there is no answer.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from rag.errors import LibraryError
from rag.interfaces import Conversations

log = logging.getLogger(__name__)

_HELD_SECONDS = 15.0
_RENEW_SECONDS = 5.0


class OpenQuestions:
    """The open questions of a library that this program answers."""

    def __init__(self, conversations: Conversations) -> None:
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
