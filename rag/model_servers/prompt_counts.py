"""Count the tokens of prompts for a model on a server, and notice a prompt of which the server read only a part."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import ceil

from rag.interfaces import Message
from rag.model_servers.server_tokens import least_tokens, most_tokens

_MESSAGE_TOKENS = 8
"""Most that a chat template puts around a message."""

_TEMPLATE_TOKENS = 64
"""Most that it adds to a conversation, where the server does not say how long its first prompt was."""

_MAX_DIFFERENCE = 16
"""Tokens by which the server's own count of a prompt may differ from its tokenizer's."""

_CUT_SHARE = 0.9
_KEPT_COUNTS = 512


class PromptCounts:
    """Counts of prompts: by the server's tokenizer (`exact`), or more than any tokenizer makes.

    `first` is a prompt that the server has read, and `read` how many tokens it says that were; 0 if it does not.
    """

    def __init__(self, exact: Callable[[Sequence[Message]], int] | None, first: Sequence[Message], read: int) -> None:
        self._margin = 0
        if exact and read:
            self._margin = max(0, read - exact(first))
            exact = exact if abs(read - exact(first)) <= _MAX_DIFFERENCE else None
        self.is_exact = exact is not None
        self._template = read or _TEMPLATE_TOKENS
        self._factor = 1.0
        self._exact = lru_cache(_KEPT_COUNTS)(lambda rows: exact([dict(row) for row in rows])) if exact else None

    def count(self, messages: Sequence[Message]) -> int:
        """Return the tokens of a prompt, or more than it has."""
        most = self._most(messages)
        if self._exact is None:
            return most
        counted = self._exact(tuple(tuple(message.items()) for message in messages))
        return counted + self._margin if counted else most  # 0 if the server's tokenizer answers with an error

    def _most(self, messages: Sequence[Message]) -> int:
        texts = sum(most_tokens(message["content"]) + _MESSAGE_TOKENS for message in messages)
        return ceil(self._factor * (self._template + texts))

    def is_cut(self, messages: Sequence[Message], read: int) -> bool:
        """Return whether a server that says it has read so many tokens cannot have read the whole prompt."""
        least = self.count(messages) if self.is_exact else sum(least_tokens(m["content"]) for m in messages)
        return 0 < read < _CUT_SHARE * least - _MAX_DIFFERENCE

    def learn(self, messages: Sequence[Message], read: int) -> None:
        """Count more from now on if a prompt had more tokens than were thought possible."""
        if not self.is_exact and read > (most := self._most(messages)):
            self._factor *= 1.1 * read / most
