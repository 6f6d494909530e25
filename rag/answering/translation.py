"""Translate questions, and sentences of answers, into the language of the documents: by short greedy generations."""

import logging
import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from rag.errors import CitewellError
from rag.grounding.translated_answers import Example
from rag.interfaces import Generator, Message
from rag.runtime.progress import CancelEvent
from rag.text.characters import with_plain_digits
from rag.text.language import LANGUAGE_NAMES, detect_language
from rag.types import StopReason
from rag.types.decoding import Decoding

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Task:
    """What the model is told, and the longest text, in characters, that is worth a translation."""

    instruction: str
    form: str
    max_characters: int
    decoding: Decoding


_QUESTION = _Task(
    "Translate the user's question into {}. Keep names and numbers. Do not answer it. Write the translation and "
    "nothing else.",
    "Question: {}\nTranslation:",
    400,  # a longer one takes too long, and has words enough to search with
    Decoding(max_new_tokens=96, stop=("\n",), thinking_tokens=0),
)
_SENTENCE = _Task(
    "Translate the user's text into {}. Keep names and numbers. Write the translation and nothing else.",
    "Text: {}\nTranslation:",
    800,  # a longer one is no sentence, and its translation would be cut off
    Decoding(max_new_tokens=256, stop=("\n",), thinking_tokens=0),
)
_TO_ENGLISH: Example = (
    "¿En qué año se fundó la Universidad de Salamanca?",
    "In which year was the University of Salamanca founded?",
)
_CACHED = 1024
_QUOTES = "\"'“”„«»「」"
_NUMBER = re.compile(r"\d+")


class Translator:
    """Translate with a generator, each text once."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._translated: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._lock = Lock()

    def question(self, question: str, language: str, cancelled: CancelEvent | None = None) -> str:
        """Return a question in a language, for the search; "" if it is not written in that, or lost a number."""
        translated = self._translate(_QUESTION, question, language, None, cancelled)
        return translated if _numbers(question) <= _numbers(translated) else ""

    def sentence(
        self, text: str, language: str, example: Example | None = None, cancelled: CancelEvent | None = None
    ) -> str:
        """Return a sentence in a language; "" if it is too long, stopped, not written in that, or the model fails.

        The `example` shows the model which words to choose: the question, as it was translated for the search.
        """
        try:
            return self._translate(_SENTENCE, " ".join(text.split()), language, example, cancelled)
        except CitewellError as error:  # the answer that the text is from has been written, and must stay
            log.warning("a sentence could not be translated: %s", error)
            return ""

    def _translate(
        self, task: _Task, text: str, language: str, example: Example | None, cancelled: CancelEvent | None
    ) -> str:
        key = task.form.format(text), language
        with self._lock:
            if key in self._translated:
                self._translated.move_to_end(key)
                return self._translated[key]
        if language not in LANGUAGE_NAMES or len(text) > task.max_characters:
            return ""
        messages = _messages(task, text, language, example or (_TO_ENGLISH if language == "en" else None))
        translated, reason = self._generate(messages, task.decoding, cancelled)
        if reason not in ("end", "stop") or detect_language(translated) not in (language, ""):
            translated = ""
        if text.strip()[:1] not in _QUOTES:
            translated = translated.strip(_QUOTES)
        is_stopped = cancelled is not None and cancelled.is_set()
        if not is_stopped and reason != "interrupted":
            self._remember(key, translated)
        return translated

    def _generate(
        self, messages: Sequence[Message], decoding: Decoding, cancelled: CancelEvent | None
    ) -> tuple[str, StopReason]:
        """Return what the model writes and why it ended: "none" if the messages do not fit."""
        text = ""
        reason: StopReason = "none"
        needed = self._generator.count_tokens(messages) + self._generator.reserved_tokens(decoding)
        if needed <= self._generator.context_tokens:
            for delta in self._generator.stream(messages, decoding, cancelled):
                text += delta.text
                reason = delta.stop_reason or reason
        return text.strip(), reason

    def _remember(self, key: tuple[str, str], translated: str) -> None:
        with self._lock:
            self._translated[key] = translated
            if len(self._translated) > _CACHED:
                self._translated.popitem(last=False)


def _messages(task: _Task, text: str, language: str, example: Example | None) -> list[Message]:
    messages = [{"role": "system", "content": task.instruction.format(LANGUAGE_NAMES[language])}]
    if example:
        messages += [
            {"role": "user", "content": task.form.format(example[0])},
            {"role": "assistant", "content": example[1]},
        ]
    return [*messages, {"role": "user", "content": task.form.format(text)}]


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(with_plain_digits(text)))
