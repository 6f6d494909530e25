"""The draft of an answer: its text as it is generated, cited sentence by sentence."""

import time
from collections.abc import Iterator

from rag.grounding.citations import Citer
from rag.interfaces import ReadDelta, TextDelta, ThoughtDelta
from rag.types import Certainty, Cited, Event, Thought, Token


class Draft:
    """The text of an answer while it is written, and the last delta, which says how it ended.

    `certainty` is the last that was reported: an answer that is stopped while it repeats itself ends without one.
    """

    def __init__(self) -> None:
        self.thinking = ""
        self.text = ""
        self.last = TextDelta("", 0, "none")
        self.certainty: Certainty | None = None
        self.first_token_at: float | None = None

    def collect(self, deltas: Iterator[TextDelta], citer: Citer) -> Iterator[Event]:
        """Append the deltas; yield each text, and the sentences whenever another one is complete."""
        cited = 0
        for self.last in deltas:
            self.certainty = self.last.certainty or self.certainty
            if isinstance(self.last, ThoughtDelta):
                self.thinking += self.last.thought
                yield Thought(self.last.thought)
            elif isinstance(self.last, ReadDelta) and not self.text:  # a later pass reads while its reader has text
                yield self.last.read
            if not self.last.text:
                continue
            self.text += self.last.text
            self.first_token_at = self.first_token_at or time.perf_counter()
            yield Token(self.last.text)
            if len(complete := citer.sentences(self.text, finished=False)) > cited:
                cited = len(complete)
                yield Cited(complete)
