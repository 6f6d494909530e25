"""Check an answer, and what its model thinks before it, while they stream.

    deltas -> control and invisible characters -> leaked template tokens -> repetition -> content filter -> deltas

The output depends on the text alone, never on how it was cut into deltas, and nothing shown is ever taken back. Text is
held back only where it may begin something to remove; with a content filter, to the end of its sentence.
"""

import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from math import ceil

from rag.interfaces import ContentFilter, ReadDelta, TextDelta, ThoughtDelta, ToolCallDelta, closed_after
from rag.text.characters import any_of
from rag.text.message_catalogues import messages_in, to_translate
from rag.text.sanitize import TEMPLATE_TOKENS, VisibleStream
from rag.types import Answer, StopReason

_STOP_NOTES: dict[StopReason, str] = {
    "cancelled": to_translate("Stopped."),
    "length": to_translate("Cut off at the length limit (setting max_new_tokens)."),
    "repetition": to_translate("Stopped: the model began to repeat itself."),
    "filtered": to_translate("Stopped by the content filter (setting content_filter)."),
    "interrupted": to_translate("Interrupted: the model's server broke off. Ask again."),
}

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

_TOKEN = re.compile(any_of(TEMPLATE_TOKENS))
_TOKEN_BEGINS = re.compile(r"[<\[]")

_MAX_UNIT_WORDS = 60
_MIN_REPEATS = 3
_MIN_WORDS = 30
_MIN_CHARACTERS = 90
"""Minimum length of a loop: rows of a table, bullets with the same word and "ha ha ha" are none."""

_MAX_SIGNS = 120
"""Most signs in a row, set apart by spaces: leaders of a table of contents may have a hundred."""

_MAX_WORD_LENGTH = 24
_UNSPACED_SCRIPT = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
_ENUMERATOR = re.compile(r"\(?\d{1,3}[.)]")

_BOUNDARY = re.compile(r"[.!?…][\"'”’)\]]*\s|[。！？\n]")


def stop_note(answer: Answer) -> str:
    """Return why an answer did not come to its own end, for people; "" if it did."""
    note = _STOP_NOTES.get(answer.stop_reason, "")
    return messages_in(answer.language).gettext(note) if note else ""


def check_stream(
    deltas: Iterator[TextDelta], content_filter: ContentFilter | None = None, sources: Iterable[str] = ()
) -> Generator[TextDelta]:
    """Yield the deltas of an answer without what must not be shown; empty ones are left out.

    What looks like a token of a template stays if the text of a source has it: tags of HTML, a manual of a model.
    Thinking and calls of tools are passed on. When the text repeats itself ("repetition") or the filter objects
    ("filtered"), the generator is closed and the last delta has that stop reason.
    """
    checks = OutputChecks(content_filter, sources)
    with closed_after(deltas):
        for delta in deltas:
            if isinstance(delta, ThoughtDelta | ToolCallDelta | ReadDelta):
                yield delta
                continue
            text = checks.push(delta.text)
            if delta.stop_reason and not checks.reason:
                text += checks.finish()
            reason = checks.reason or delta.stop_reason
            if text or reason or delta.certainty:
                yield replace(delta, text=text, stop_reason=reason)
            if reason:
                return


def check_thoughts(deltas: Iterator[TextDelta], content_filter: ContentFilter | None = None) -> Generator[TextDelta]:
    """Yield the deltas with the thinking cleaned, and cut off where it repeats itself or the filter objects.

    It is shown to people on demand and is no part of the answer, which goes on whatever the thinking says.
    """
    checks: OutputChecks | None = None
    with closed_after(deltas):
        for delta in deltas:
            if isinstance(delta, ThoughtDelta):
                checks = checks or OutputChecks(content_filter)
                thought = "" if checks.reason else checks.push(delta.thought)
                if thought:
                    yield replace(delta, thought=thought)
                continue
            if checks and (delta.text or delta.stop_reason):
                thought = "" if checks.reason else checks.finish()
                checks = None
                if thought:
                    yield ThoughtDelta("", 0, thought=thought)
            yield delta


class OutputChecks:
    """Run all checks over one text. Once `reason` is set, nothing more may be pushed."""

    def __init__(self, content_filter: ContentFilter | None = None, sources: Iterable[str] = ()) -> None:
        self.reason: StopReason | None = None
        self._visible = VisibleStream()
        self._tokens = TemplateTokens(sources)
        self._repetition = Repetition()
        self._filtered = FilteredStream(content_filter) if content_filter else None

    def push(self, text: str) -> str:
        """Return the text that may be shown now."""
        return self._judge(self._tokens.push(_CONTROLS.sub("", self._visible.push(text))))

    def finish(self) -> str:
        """Return the text that was held back, now that nothing can complete it."""
        return self._judge(self._tokens.push(self._visible.finish()) + self._tokens.finish(), ended=True)

    def _judge(self, text: str, *, ended: bool = False) -> str:
        text = self._repetition.push(text)
        if self._repetition.found:
            self.reason = "repetition"
        if self._filtered is None:
            return text
        text = self._filtered.push(text)
        if ended or self._repetition.found:
            text += self._filtered.finish()
        if self._filtered.objects:
            self.reason = "filtered"
        return text


class TemplateTokens:
    """Remove control tokens of chat templates: only complete ones, and the longest that matches.

    Those within the text of a source stay: they are quoted. Every prompt breaks up those of its model again.
    """

    def __init__(self, sources: Iterable[str] = ()) -> None:
        texts = tuple(sources)
        self._quoted = frozenset(token for token in TEMPLATE_TOKENS if any(token in text for text in texts))
        self._held = ""

    def push(self, text: str) -> str:
        """Return the text in which no incomplete token can begin."""
        return self._remove(self._held + text, hold=True)

    def finish(self) -> str:
        """Return the text that was held back."""
        return self._remove(self._held, hold=False)

    def _remove(self, text: str, *, hold: bool) -> str:
        parts: list[str] = []
        self._held = ""
        at = 0
        while match := _TOKEN_BEGINS.search(text, at):
            begin = match.start()
            parts.append(text[at:begin])
            if hold and _may_grow(text[begin:]):
                self._held = text[begin:]
                return "".join(parts)
            token = _TOKEN.match(text, begin)
            at = token.end() if token else begin + 1
            parts.append("" if token and token[0] not in self._quoted else text[begin:at])
        return "".join([*parts, text[at:]])


def _may_grow(text: str) -> bool:
    """Return True if the text is a proper prefix of some token."""
    return any(len(text) < len(token) and token.startswith(text) for token in TEMPLATE_TOKENS)


class Repetition:
    """Detect when a text has begun to loop.

    Only complete words with a letter or digit count; in a script without spaces, each character is a word. Numbers of
    list items do not count, so that "1. Yes. 2. Yes." repeats itself too. Signs alone are a loop when there are many:
    dashes for items that never come.
    """

    def __init__(self) -> None:
        self.found = False
        self._words: list[str] = []
        self._word = ""
        self._signs = 0

    def push(self, text: str) -> str:
        """Return the text, up to where it has repeated itself often enough."""
        for index, char in enumerate(text):
            is_word = _UNSPACED_SCRIPT.match(char)
            if char.isspace() or is_word or len(self._word) == _MAX_WORD_LENGTH:
                word, self._word = self._word, ""
                if self._completes(word):
                    return text[:index]
            if is_word and self._completes(char):
                return text[: index + 1]
            if not (is_word or char.isspace()):
                self._word += char
        return text

    def _completes(self, word: str) -> bool:
        has_letters = any(map(str.isalnum, word))
        if word:
            self._signs = 0 if has_letters else self._signs + 1
        if has_letters and not _ENUMERATOR.fullmatch(word):
            self._words.append(word)
            self.found = repeats(self._words)
        self.found = self.found or self._signs > _MAX_SIGNS
        return self.found


def repeats(words: Sequence[str]) -> bool:
    """Return True if the words end in enough repeats of a unit of 1 to 60 words, at least three, to be a loop."""
    for unit in range(1, min(_MAX_UNIT_WORDS, len(words) // _MIN_REPEATS) + 1):
        if words[-1] != words[-1 - unit]:
            continue
        characters = sum(map(len, words[-unit:]))
        needed = unit * max(_MIN_REPEATS, ceil(_MIN_WORDS / unit), ceil(_MIN_CHARACTERS / characters))
        tail = words[-needed:]
        if len(tail) == needed and tail[unit:] == tail[:-unit]:
            return True
    return False


class FilteredStream:
    """Release each sentence once the filter has no objection to the text up to its end."""

    def __init__(self, content_filter: ContentFilter) -> None:
        self.objects = False
        self._filter = content_filter
        self._shown = self._held = ""

    def push(self, text: str) -> str:
        """Return the sentences that are complete and may be shown."""
        self._held += text
        before = len(self._shown)
        while not self.objects and (boundary := _BOUNDARY.search(self._held)):
            self._judge(boundary.end())
        return self._shown[before:]

    def finish(self) -> str:
        """Return the rest if it may be shown, a sentence or not."""
        before = len(self._shown)
        if not self.objects:
            self._judge(len(self._held))
        return self._shown[before:]

    def _judge(self, end: int) -> None:
        self.objects = self._filter.objection(self._shown + self._held[:end]) is not None
        if not self.objects:
            self._shown += self._held[:end]
            self._held = self._held[end:]
