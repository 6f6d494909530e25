"""Judge sentences in another language than the passages: by their translation into the language of the passages.

    sentence -> translation -> cited like any other sentence -> figures and negations carried over?

Its own words are not the passages' words, so a right sentence would be refused. A translation that lost a figure or a
negation proves nothing. Quotes stay in the language of the document.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.grounding.carried_over import lost_facts
from rag.grounding.citations import cite, weakest
from rag.grounding.known_spellings import respelt
from rag.grounding.sentence_translation import Example, Translate
from rag.interfaces import Scorer
from rag.runtime.progress import CancelEvent
from rag.text.answer_language import reading_language
from rag.text.language import detect_language
from rag.types import Citation, Passage, Sentence

_CODE = ("```", "~~~")
_MARK = re.compile(r"^\s*(?:[-*•]|\(?\d{1,3}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its translation for the search ("": there was none), and the language of its answer.

    `is_foreign`: none of the passages is in that.
    """

    question: str
    translated: str = ""
    language: str = ""
    is_foreign: bool = False


class TranslatedSupport:
    """Judge the finished sentences of answers."""

    def __init__(self, translate: Translate, scorer: Scorer) -> None:
        self._translate = translate
        self._scorer = scorer

    def judge(
        self,
        sentences: Sequence[Sentence],
        asked: Asked,
        passages: Sequence[Passage],
        cancelled: CancelEvent | None = None,
    ) -> tuple[Sentence, ...]:
        """Return the sentences, those in a language that no passage is in with the verdicts of their translations.

        A sentence that cannot be translated, and the rest after a stop, stay as they were judged.
        """
        example: Example | None = (asked.question, asked.translated) if asked.translated else None
        judged = list(sentences)
        for index, sentence in enumerate(sentences):
            if cancelled is not None and cancelled.is_set():
                break
            if into := _target(sentence, asked.language, passages):
                translation = self._translate(without_mark(sentence.text), into, example, cancelled)
                question = asked.translated or asked.question
                judged[index] = judge_translation(sentence, translation, question, passages, self._scorer)
        return tuple(judged)


def without_mark(text: str) -> str:
    """Return an item of a list without its mark or number, which the translation may leave out."""
    return _MARK.sub("", text)


def _target(sentence: Sentence, language: str, passages: Sequence[Passage]) -> str:
    """Return the language to translate a sentence into; "" if it need not be. `language` is that of the answer."""
    own = detect_language(sentence.text)
    is_said_already = not own and sentence.support == "supported"  # "5.3 %"
    is_code = sentence.text.startswith(_CODE)
    return "" if is_said_already or is_code else reading_language(passages, own or language)


def judge_translation(
    sentence: Sentence, translation: str, question: str, passages: Sequence[Passage], scorer: Scorer
) -> Sentence:
    """Return a sentence with the verdict of its translation; as it is if that says nothing."""
    lost = lost_facts(without_mark(sentence.text), translation)
    texts = [passage.chunk.text for passage in passages]
    translation = respelt(translation, detect_language(sentence.text), detect_language(translation), texts)
    parts = cite(translation, question, passages, scorer)
    support = weakest(parts)
    if support is None:
        return sentence
    support = "weak" if lost and support == "supported" else support
    return replace(
        sentence,
        citations=_once(citation for part in parts for citation in part.citations),
        support=support,
        missing=tuple(dict.fromkeys([*lost, *(fact for part in parts for fact in part.missing)])),
        disputed=_once(citation for part in parts for citation in part.disputed),
        translation=translation,
    )


def _once(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(citations))
