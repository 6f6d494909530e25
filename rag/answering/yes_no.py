"""Decide how the answer to a yes/no question begins, before it is written.

A small model begins with "Yes" whatever the sources say, and goes on "we are closed on Mondays", or worse, with what
they do not say. So each of the sentences nearest to the question is judged first (`YesNoJudge`), and the verdict
decides between the two words. Where it is not sure, the answer is no more than partly supported, and sooner refused.
"""

from collections.abc import Sequence
from dataclasses import replace

from rag.answering.prompt_search import Searched
from rag.grounding.evidence import passage_subject
from rag.grounding.scorers import JUDGED_CHARACTERS, in_context
from rag.interfaces import Embedder, YesNoJudge
from rag.text.sentences import sentence_spans
from rag.types import Passage, Sentence
from rag.types.decoding import Decoding

EVEN, CERTAIN = 0.5, 0.75
"""Probabilities of yes: from the first on the answer begins with it. From the second on, or a quarter down for no, the
word may be called supported."""

_SENTENCES = 4
"""Sentences that are judged: of questions about several documents .47 are decided by one of the two nearest, .64 by one
of four, .75 by one of six, and each sentence takes a few hundredths of an answer's time."""

WORDS = {
    "ar": ("نعم", "لا"),
    "bg": ("Да", "Не"),
    "cs": ("Ano", "Ne"),
    "da": ("Ja", "Nej"),
    "de": ("Ja", "Nein"),
    "el": ("Ναι", "Όχι"),
    "en": ("Yes", "No"),
    "es": ("Sí", "No"),
    "fi": ("Kyllä", "Ei"),
    "fr": ("Oui", "Non"),
    "hi": ("हाँ", "नहीं"),
    "hu": ("Igen", "Nem"),
    "it": ("Sì", "No"),
    "ja": ("はい", "いいえ"),
    "ko": ("네", "아니요"),
    "nl": ("Ja", "Nee"),
    "no": ("Ja", "Nei"),
    "pl": ("Tak", "Nie"),
    "pt": ("Sim", "Não"),
    "ro": ("Da", "Nu"),
    "ru": ("Да", "Нет"),
    "sk": ("Áno", "Nie"),
    "sv": ("Ja", "Nej"),
    "tr": ("Evet", "Hayır"),
    "uk": ("Так", "Ні"),
    "vi": ("Có", "Không"),
    "zh": ("是", "不"),
}
"""Yes and no in each language whose answers begin with them."""


class YesNo:
    """Tell yes from no by a generator, which may be no `YesNoJudge`: then nothing is decided."""

    def __init__(self, judge: object, embedder: Embedder | None) -> None:
        self._judge = judge if isinstance(judge, YesNoJudge) else None
        self._embedder = embedder

    def probability_of_yes(self, search: Searched) -> float | None:
        """Return the probability that the passages answer with yes; None if it cannot be told, or is not asked.

        It cannot be told by sentences longer than those that claims are judged by. A question that was translated for
        the search is judged in the language of the passages.
        """
        passages = search.prompt.passages
        if self._judge is None or self._embedder is None or not passages:
            return None
        if search.plan.kind != "yes_no" or search.computed:
            return None
        question = search.asked.translated or search.asked.question
        quotes = nearest_quotes(question, passages, self._embedder)
        short = [quote for quote in quotes if len(question) + len(quote) <= JUDGED_CHARACTERS]
        return self._judge.probability_of_yes(question, short) if short else None

    def opened(self, decoding: Decoding, probability: float | None, language: str) -> Decoding:
        """Return a decoding whose answer begins with the likelier of yes and no, where it begins with one of them."""
        words = WORDS.get(language or "en")
        if probability is None or words is None or self._judge is None:
            return decoding
        yes, no = words
        return self._judge.beginning_with(decoding, (yes, no) if probability >= EVEN else (no, yes))


def nearest_quotes(
    question: str, passages: Sequence[Passage], embedder: Embedder, count: int = _SENTENCES
) -> list[str]:
    """Return the `count` sentences nearest to the question, nearest first, each behind what its passage is about."""
    places = [(passage, span) for passage in passages for span in sentence_spans(passage.chunk.text)]
    texts = [passage.chunk.text[span.start : span.end] for passage, span in places]
    nearness = embedder.embed_documents(texts) @ embedder.embed_query(question)
    best = (-nearness).argsort(kind="stable")[:count]
    return [in_context(texts[at], passage_subject(places[at][0])) for at in best]


def certainty_of(probability: float | None) -> float:
    """Return the probability that the likelier of yes and no is right; 1 if neither is asked for."""
    return 1.0 if probability is None else max(probability, 1 - probability)


def as_certain(sentences: Sequence[Sentence], probability: float | None) -> tuple[Sentence, ...]:
    """Return the sentences of an answer, none called supported where it is not sure whether yes or no is right."""
    if certainty_of(probability) >= CERTAIN:
        return tuple(sentences)
    return tuple(replace(each, support="weak") if each.support == "supported" else each for each in sentences)
