"""Settings for one question."""

from dataclasses import dataclass

from rag.types import Passage
from rag.types.decoding import Decoding


@dataclass(frozen=True, slots=True, kw_only=True)
class AskOptions:
    """Settings for one question; None leaves a setting as it is.

    `fresh` asks for an answer that is not a kept one, from all that was found, however long it takes to read.
    `instructions` are put below the system prompt, whichever that is. Passages that are `brought` along stand before
    those found in the documents: they are cited and checked alike.
    """

    passages: int | None = None
    strictness: float | None = None
    system_prompt: str | None = None
    decoding: Decoding | None = None
    fresh: bool = False
    instructions: str = ""
    brought: tuple[Passage, ...] = ()

    def are_usual(self, decoding: Decoding) -> bool:
        """Return whether nobody says how this answer is to be written: the default is this decoding."""
        return not self.instructions and self.system_prompt is None and self.decoding in (None, decoding)
