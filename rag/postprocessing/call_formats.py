"""The formats in which models write calls of tools, and how the one of a model is recognised (pure)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from rag.postprocessing import hermes_calls, llama_calls, mistral_calls
from rag.postprocessing.call_json import Reading


class Reader(Protocol):
    """Read calls of one format."""

    def __call__(self, text: str, names: Collection[str], *, ended: bool) -> Reading | None:
        """Return the calls with which a text begins: `PENDING` if they may be going on, None if there are none.

        The text begins with an opening of the format; `names` are those of the tools. More text after a result other
        than `PENDING` does not change it; `ended` says that there is none.
        """


@dataclass(frozen=True, slots=True)
class CallFormat:
    """A format: what opens a call and what else marks it, its reader, and what opens a call without marks (`bare`)."""

    openings: tuple[str, ...]
    other_marks: tuple[str, ...]
    read: Reader
    bare: str = ""

    @property
    def marks(self) -> tuple[str, ...]:
        """All that marks a call, and is data in other texts."""
        return *self.openings, *self.other_marks


HERMES = CallFormat(
    (hermes_calls.OPENING, hermes_calls.WRONG_OPENING),
    (hermes_calls.CLOSING, hermes_calls.WRONG_CLOSING),
    hermes_calls.read_hermes,
    hermes_calls.BARE,
)
MISTRAL = CallFormat(
    (mistral_calls.OPENING,), (mistral_calls.CALL_ID, mistral_calls.ARGUMENTS), mistral_calls.read_mistral
)
LLAMA = CallFormat(
    (llama_calls.PYTHON_TAG, llama_calls.FUNCTION), (llama_calls.CLOSING,), llama_calls.read_llama, llama_calls.BARE
)
FORMATS = (LLAMA, MISTRAL, HERMES)
"""In the order in which they are tried: only Llama's own templates write calls without marks."""
