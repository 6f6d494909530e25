"""Translate sentences of an answer into the language of the passages, to judge them by words."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock

from rag.errors import CitewellError
from rag.interfaces import Generator, Message
from rag.runtime.progress import CancelEvent
from rag.text.language import LANGUAGE_NAMES, detect_language
from rag.types import StopReason
from rag.types.decoding import Decoding

log = logging.getLogger(__name__)

Example = tuple[str, str]
"""A text, and the same in the language to translate into."""

Translate = Callable[[str, str, Example | None, CancelEvent | None], str]
"""Returns a text in a language, "" if it cannot be had: see `SentenceTranslator.translate`."""

_INSTRUCTION = (
    "Translate the user's text into {language}. Keep names and numbers. Write the translation and nothing else."
)
_TO_ENGLISH: Example = (
    "¿En qué año se fundó la Universidad de Salamanca?",
    "In which year was the University of Salamanca founded?",
)
_TEXT = "Text: {}\nTranslation:"
_TRANSLATING = Decoding(max_new_tokens=256, stop=("\n",), thinking_tokens=0)
_MAX_CHARACTERS = 800
"""A longer sentence is no sentence, and its translation would be cut off."""

_CACHED = 1024
_QUOTES = "\"'“”„«»「」"


class SentenceTranslator:
    """Translate sentences with a generator, each once: a short greedy generation."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._translated: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._lock = Lock()

    def translate(
        self, text: str, language: str, example: Example | None = None, cancelled: CancelEvent | None = None
    ) -> str:
        """Return the text in a language; "" if it is too long, stopped, not written in that, or the model fails.

        The `example` shows the model which words to choose: the question, as it was translated for the search.
        """
        key = text, language
        with self._lock:
            if key in self._translated:
                self._translated.move_to_end(key)
                return self._translated[key]
        if language not in LANGUAGE_NAMES or len(text) > _MAX_CHARACTERS:
            return ""
        try:
            translated, reason = self._generate(_messages(" ".join(text.split()), language, example), cancelled)
        except CitewellError as error:  # the answer that the text is from has been written, and must stay
            log.warning("a sentence could not be translated: %s", error)
            return ""
        if reason not in ("end", "stop") or detect_language(translated) not in (language, ""):
            translated = ""
        if text.strip()[:1] not in _QUOTES:
            translated = translated.strip(_QUOTES)
        is_stopped = cancelled is not None and cancelled.is_set()
        if not is_stopped and reason != "interrupted":
            self._remember(key, translated)
        return translated

    def _generate(self, messages: Sequence[Message], cancelled: CancelEvent | None) -> tuple[str, StopReason]:
        """Return what the model writes and why it ended: "none" if the messages do not fit."""
        text = ""
        reason: StopReason = "none"
        if self._fits(messages):
            for delta in self._generator.stream(messages, _TRANSLATING, cancelled):
                text += delta.text
                reason = delta.stop_reason or reason
        return text.strip(), reason

    def _remember(self, key: tuple[str, str], translated: str) -> None:
        with self._lock:
            self._translated[key] = translated
            if len(self._translated) > _CACHED:
                self._translated.popitem(last=False)

    def _fits(self, messages: Sequence[Message]) -> bool:
        needed = self._generator.count_tokens(messages) + self._generator.reserved_tokens(_TRANSLATING)
        return needed <= self._generator.context_tokens


def _messages(text: str, language: str, example: Example | None) -> list[Message]:
    messages = [{"role": "system", "content": _INSTRUCTION.format(language=LANGUAGE_NAMES.get(language, language))}]
    if shown := example or (_TO_ENGLISH if language == "en" else None):
        messages += [
            {"role": "user", "content": _TEXT.format(shown[0])},
            {"role": "assistant", "content": shown[1]},
        ]
    return [*messages, {"role": "user", "content": _TEXT.format(text)}]
