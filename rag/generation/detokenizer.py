"""Post-processing: turn token ids into text that can be shown at once and is never taken back.

Detokenise: hold text back while it ends within a multi-byte character. Stop sequences: hold back text that may be the
start of one; neither a stop sequence nor what follows it is shown. Clean up: drop leading white space and control
characters.
"""

from collections.abc import Callable, Sequence

_INCOMPLETE = "\ufffd"
_ALLOWED_CONTROLS = "\n\t\u200c\u200d"
"""The last two are joiners: without them Persian is misspelt and an emoji family falls into its members."""


class Detokenizer:
    """Detokenise a growing list of token ids into text deltas.

    A delta is the difference between two decodings of a short window, so that tokens that form a character or a space
    only together come out right with any tokenizer. The window starts at the last safe boundary, as in vLLM.
    """

    def __init__(self, decode: Callable[[Sequence[int]], str]) -> None:
        self._decode = decode
        self._ids: list[int] = []
        self._window = 0
        self._read = 0

    def push(self, token: int) -> str:
        """Return the text that this token completes, possibly none."""
        self._ids.append(token)
        before = self._decode(self._ids[self._window : self._read])
        after = self._decode(self._ids[self._window :])
        if len(after) <= len(before) or after.endswith(_INCOMPLETE):
            return ""
        self._window, self._read = self._read, len(self._ids)
        return after[len(before) :]

    def finish(self) -> str:
        """Return the text still held back, without an incomplete character at the end."""
        before = self._decode(self._ids[self._window : self._read])
        after = self._decode(self._ids[self._window :])
        self._window = self._read = len(self._ids)
        return after[len(before) :].rstrip(_INCOMPLETE)


class StopSequences:
    """Hold back text that may be the start of a stop sequence; cut at the first complete one."""

    def __init__(self, stop: Sequence[str]) -> None:
        self._stop = tuple(stop)
        self._held = ""
        self.stopped = False

    def push(self, text: str) -> str:
        """Return the text that is safe to show now."""
        if self.stopped:
            return ""
        text = self._held + text
        cut = min((at for sequence in self._stop if (at := text.find(sequence)) >= 0), default=-1)
        if cut >= 0:
            self.stopped, self._held = True, ""
            return text[:cut]
        held = max((overlap(text, sequence) for sequence in self._stop), default=0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]

    def finish(self) -> str:
        """Return the text still held back: no stop sequence can complete it now."""
        held, self._held = self._held, ""
        return "" if self.stopped else held


class CleanText:
    """Apply stop sequences to text and clean it up."""

    def __init__(self, stop: Sequence[str]) -> None:
        self._stop = StopSequences(stop)
        self._started = False

    @property
    def stopped(self) -> bool:
        """True once a stop sequence was met."""
        return self._stop.stopped

    def push(self, text: str) -> str:
        """Return the text that is safe to show now."""
        return self._clean(self._stop.push(text))

    def finish(self) -> str:
        """Return the text still held back."""
        return self._clean(self._stop.finish())

    def _clean(self, text: str) -> str:
        text = "".join(c for c in text if c.isprintable() or c in _ALLOWED_CONTROLS or c.isspace())
        if not self._started:
            text = text.lstrip()
            self._started = bool(text)
        return text


def overlap(text: str, sequence: str) -> int:
    """Return the length of the longest proper prefix of `sequence` that `text` ends with."""
    for length in range(min(len(text), len(sequence) - 1), 0, -1):
        if text.endswith(sequence[:length]):
            return length
    return 0
