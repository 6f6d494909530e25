"""Translate a question into the language of the documents, for the search alone."""

import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from threading import Lock

from rag.interfaces import Generator, Message, Retriever
from rag.runtime.progress import CancelEvent
from rag.text.characters import with_plain_digits
from rag.text.language import LANGUAGE_NAMES, detect_language
from rag.types.decoding import Decoding

_INSTRUCTION = (
    "Translate the user's question into {language}. Keep names and numbers. Do not answer it. Write the translation "
    "and nothing else."
)
_TO_ENGLISH = (
    "¿En qué año se fundó la Universidad de Salamanca?",
    "In which year was the University of Salamanca founded?",
)
_TRANSLATING = Decoding(max_new_tokens=96, stop=("\n",), thinking_tokens=0)
_MAX_CHARACTERS = 400
"""A longer question takes too long to translate, and has words enough to search with."""

_CACHED = 256
_NUMBER = re.compile(r"\d+")


class QueryTranslator:
    """Translate questions with a generator, each once: a short greedy generation."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._translated: OrderedDict[tuple[str, str], str | None] = OrderedDict()
        self._lock = Lock()

    def translate(self, question: str, language: str, cancelled: CancelEvent | None = None) -> str | None:
        """Return the question in a language; None if the model does not write it in that, or loses its numbers."""
        key = question, language
        with self._lock:
            if key in self._translated:
                self._translated.move_to_end(key)
                return self._translated[key]
        messages = _messages(question, language)
        if len(question) > _MAX_CHARACTERS or not self._fits(messages):
            return None
        deltas = self._generator.stream(messages, _TRANSLATING, cancelled)
        text = "".join(delta.text for delta in deltas).strip().strip('"“”')
        translated = text if _is_faithful(text, question, language) else None
        if cancelled is None or not cancelled.is_set():
            with self._lock:
                self._translated[key] = translated
                if len(self._translated) > _CACHED:
                    self._translated.popitem(last=False)
        return translated

    def _fits(self, messages: Sequence[Message]) -> bool:
        needed = self._generator.count_tokens(messages) + self._generator.reserved_tokens(_TRANSLATING)
        return needed <= self._generator.context_tokens


def search_wordings(
    query: str,
    retriever: Retriever,
    translator: QueryTranslator | None,
    within: AbstractSet[int] | None,
    cancelled: CancelEvent | None,
) -> list[str]:
    """Return the query, and its translation where most of the documents are in another language."""
    language = target_language(query, retriever.languages(within)) if translator else ""
    translated = translator.translate(query, language, cancelled) if translator and language else None
    return [query, translated] if translated else [query]


def target_language(question: str, languages: Mapping[str, int]) -> str:
    """Return the language to translate a question into; "" if the documents are in its own, or it is not known.

    `languages` has the number of passages in each. The target is the one that most of them are in: a few others must
    not cost every question a translation.
    """
    own = detect_language(question)
    known = {language: count for language, count in languages.items() if language}
    if not own or not known:
        return ""
    main = max(known, key=lambda language: (known[language], language))
    return main if main != own and main in LANGUAGE_NAMES else ""


def _messages(question: str, language: str) -> list[Message]:
    asked = "Question: {}\nTranslation:"
    messages = [{"role": "system", "content": _INSTRUCTION.format(language=LANGUAGE_NAMES[language])}]
    if language == "en":
        foreign, english = _TO_ENGLISH
        messages += [
            {"role": "user", "content": asked.format(foreign)},
            {"role": "assistant", "content": english},
        ]
    return [*messages, {"role": "user", "content": asked.format(question)}]


def _is_faithful(translated: str, question: str, language: str) -> bool:
    numbers = set(_NUMBER.findall(with_plain_digits(question)))
    return detect_language(translated) in (language, "") and numbers <= set(
        _NUMBER.findall(with_plain_digits(translated))
    )
