"""The scorers of support: by words in the language of a text, by relations in English, and by a model's opinion."""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache, partial

from rag.grounding.language_rules import ENGLISH, rules_of
from rag.grounding.lexical_scorer import MAX_FLAWED, SUPPORTED, LexicalScorer, is_copied
from rag.grounding.relation_check import RelationCheck
from rag.interfaces import ClaimJudge, Scorer
from rag.text.analyzer import words
from rag.text.language import detect_language

_REMEMBERED = 1024
_DETECTED_CHARACTERS = 600

JUDGED_CHARACTERS = 4000
"""A longer sentence or quote is left to the words: a list or table that nobody reads at one glance."""


class ScorerByLanguage:
    """A `Scorer` that passes each text on to the one of its language; to that of English if it is not known.

    The language is that of the spans, and of the sentence as far as they are short: words only match if both are
    analysed alike.
    """

    def __init__(self) -> None:
        self._of_language = cache(lexical_scorer)
        self._detect = lru_cache(_REMEMBERED)(detect_language)

    def support(self, sentence: str, spans: Sequence[str], context: str = "") -> list[float]:
        """Return one score in [0, 1] per span."""
        return self._of(sentence, spans).support(sentence, spans, context)

    def contradicts(self, sentence: str, spans: Sequence[str]) -> list[bool]:
        """Return whether each span contradicts the sentence."""
        return self._of(sentence, spans).contradicts(sentence, spans)

    def misplaces(self, sentence: str, text: str) -> bool:
        """Return True if a figure of the sentence is one that the text says of something else."""
        return self._of(sentence, [text]).misplaces(sentence, text)

    def missing(self, sentence: str, text: str, context: str = "") -> list[str]:
        """Return the required facts of the sentence that the text does not have."""
        return self._of(sentence, [text]).missing(sentence, text, context)

    def opinion(self, sentence: str, text: str, context: str = "") -> float | None:
        """Return the probability that the text says the sentence; None if it is unknown."""
        return self._of(sentence, [text]).opinion(sentence, text, context)

    def _of(self, sentence: str, spans: Sequence[str]) -> Scorer:
        text = ""
        for part in (*spans, sentence):
            text = f"{text} {part}"
            if len(text) > _DETECTED_CHARACTERS:
                break
        return self._of_language(self._detect(text[:_DETECTED_CHARACTERS]) or "en")


def lexical_scorer(language: str = "en") -> Scorer:
    """Return the lexical scorer of a language; that of English checks relations too."""
    rules = rules_of(language)
    scorer = LexicalScorer(partial(words, language=language), rules, language)
    return RelationScorer(scorer, rules.is_starter) if rules is ENGLISH else scorer


class SecondOpinion:
    """A `Scorer` that passes everything on to `words`, a lexical one; a second opinion overrides what it judges."""

    def __init__(self, words: Scorer) -> None:
        self._words = words

    def support(self, sentence: str, spans: Sequence[str], context: str = "") -> list[float]:
        """Return the lexical scores."""
        return self._words.support(sentence, spans, context)

    def contradicts(self, sentence: str, spans: Sequence[str]) -> list[bool]:
        """Return the lexical contradictions."""
        return self._words.contradicts(sentence, spans)

    def misplaces(self, sentence: str, text: str) -> bool:
        """Return whether a figure is misplaced, lexically."""
        return self._words.misplaces(sentence, text)

    def missing(self, sentence: str, text: str, context: str = "") -> list[str]:
        """Return the missing facts, lexically."""
        return self._words.missing(sentence, text, context)

    def opinion(self, sentence: str, text: str, context: str = "") -> float | None:
        """Return the opinion of what this one is laid over."""
        return self._words.opinion(sentence, text, context)


class RelationScorer(SecondOpinion):
    """A lexical `Scorer` that caps the support of spans which have the sentence's words, but not its relation."""

    def __init__(self, words: Scorer, is_starter: Callable[[str], bool]) -> None:
        super().__init__(words)
        self._check = RelationCheck(is_starter)

    def support(self, sentence: str, spans: Sequence[str], context: str = "") -> list[float]:
        """Return one score in [0, 1] per span."""
        scores = self._words.support(sentence, spans, context)
        return [
            min(score, MAX_FLAWED) if score >= SUPPORTED and self._check.flaw(sentence, span, context) else score
            for score, span in zip(scores, spans, strict=True)
        ]


class ModelJudge(SecondOpinion):
    """A `Scorer` whose second opinion is a language model's, by its hidden states; that is loaded when first asked.

    It reads a quote behind the title and headings that it stands under. Without these it does not know who "we" are,
    and doubts two of three right sentences about them.
    """

    def __init__(self, words: Scorer, judge: Callable[[], ClaimJudge | None]) -> None:
        super().__init__(words)
        self._judge = judge
        self._asked = lru_cache(_REMEMBERED)(self._ask)

    def opinion(self, sentence: str, text: str, context: str = "") -> float | None:
        """Return the probability that the text says the sentence.

        What is copied out of the text, or too long to judge, is left to the words.
        """
        supported = self._asked(sentence, text, context)
        return super().opinion(sentence, text, context) if supported is None else supported

    def _ask(self, sentence: str, text: str, context: str) -> float | None:
        if len(sentence) + len(text) > JUDGED_CHARACTERS or is_copied(sentence, text):
            return None
        judge = self._judge()
        if judge is None or not judge.can_judge:
            return None
        return judge.judge_claim(sentence, in_context(text, context)).supported


def in_context(text: str, context: str) -> str:
    """Return a text behind what says whose it is."""
    return f"{context}: {text}" if context else text
