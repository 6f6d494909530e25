"""A `Scorer` for documents of several languages: each text is judged by the scorer of its language."""

from collections.abc import Sequence
from functools import cache, lru_cache, partial

from rag.grounding.language_rules import ENGLISH, rules_of
from rag.grounding.lexical_scorer import LexicalScorer
from rag.grounding.relations.relation_check import RelationScorer
from rag.interfaces import Scorer
from rag.text.analyzer import words
from rag.text.language import detect_language

_MAX_CHARACTERS = 600
_CACHED = 1024


class ScorerByLanguage:
    """A `Scorer` that passes each text on to the one of its language; to that of English if it is not known.

    The language is that of the spans, and of the sentence as far as they are short: words only match if both are
    analysed alike.
    """

    def __init__(self) -> None:
        self._of_language = cache(lexical_scorer)
        self._detect = lru_cache(_CACHED)(detect_language)

    def support(self, sentence: str, spans: Sequence[str], context: str = "") -> list[float]:
        """Return one score in [0, 1] per span."""
        return self._of(sentence, spans).support(sentence, spans, context)

    def contradicts(self, sentence: str, spans: Sequence[str]) -> list[bool]:
        """Return whether each span contradicts the sentence."""
        return self._of(sentence, spans).contradicts(sentence, spans)

    def missing(self, sentence: str, text: str, context: str = "") -> list[str]:
        """Return the required facts of the sentence that the text does not have."""
        return self._of(sentence, [text]).missing(sentence, text, context)

    def opinion(self, sentence: str, text: str) -> float | None:
        """Return the probability that the text says the sentence; None if it is unknown."""
        return self._of(sentence, [text]).opinion(sentence, text)

    def _of(self, sentence: str, spans: Sequence[str]) -> Scorer:
        text = ""
        for part in (*spans, sentence):
            text = f"{text} {part}"
            if len(text) > _MAX_CHARACTERS:
                break
        return self._of_language(self._detect(text[:_MAX_CHARACTERS]) or "en")


def lexical_scorer(language: str = "en") -> Scorer:
    """Return the lexical scorer of a language; that of English checks relations too."""
    rules = rules_of(language)
    scorer = LexicalScorer(partial(words, language=language), rules, language)
    return RelationScorer(scorer, rules.is_starter) if rules is ENGLISH else scorer
