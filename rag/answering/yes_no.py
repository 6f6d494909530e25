"""Decide how the answer to a yes/no question begins, before it is written.

A small model begins with "Yes" whatever the sources say, and goes on "we are closed on Mondays", or worse, with what
they do not say. So each of the sentences nearest to the question is judged first (`YesNoJudge`), and the verdict
decides between the two words. Where it is not sure enough of either, the answer begins with neither: it states what
the sources say, which a claim can be checked by, and whoever asked reads the rest out of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rag.answering.prompt_search import Searched
from rag.grounding.evidence import passage_subject
from rag.grounding.scorers import JUDGED_CHARACTERS, in_context
from rag.interfaces import Embedder, YesNoJudge
from rag.retrieval.sentence_ranking import ranked_sentences
from rag.text.language import passage_languages
from rag.types import Passage, Sentence, YesNoVerdict
from rag.types.decoding import Decoding

CERTAIN = 0.75
"""Least probability of a word that an answer is to begin with."""

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


@dataclass(frozen=True, slots=True)
class Beginning:
    """What an answer begins with, neither word if `word` is ""; `decided` as in `Signals`."""

    word: Literal["yes", "no", ""]
    decided: float

    def decided_by(self, sentences: Sequence[Sentence]) -> float:
        """Return how sure an answer of these sentences decides it: a statement that is not supported does not."""
        is_stated = self.word or any(sentence.support == "supported" for sentence in sentences)
        return self.decided if is_stated else 0.0


class YesNo:
    """Decide how answers begin by a generator, which may be no `YesNoJudge`: then they begin as it likes."""

    def __init__(self, judge: object, embedder: Embedder | None) -> None:
        self._judge = judge if isinstance(judge, YesNoJudge) else None
        self._embedder = embedder

    def beginning(self, search: Searched) -> Beginning | None:
        """Return how the answer from these passages is to begin; None if it cannot be told, or yes or no is not asked.

        It cannot be told by sentences longer than those that claims are judged by. A question that was translated for
        the search is judged as it was asked: passages in its own language may be found too, and the judge reads both.
        """
        passages = search.prompt.passages
        if self._judge is None or self._embedder is None or not passages:
            return None
        if search.plan.kind != "yes_no" or search.computed:
            return None
        question, translated = search.asked.question, search.asked.translated
        wordings = [question, translated] if translated else [question]
        quotes = nearest_quotes(wordings, passages, self._embedder)
        short = [quote for quote in quotes if len(question) + len(quote) <= JUDGED_CHARACTERS]
        verdict = self._judge.judge_yes_no(question, short) if short else None
        return _beginning(verdict) if verdict else None

    def opened(self, decoding: Decoding, beginning: Beginning | None, search: Searched) -> Decoding:
        """Return a decoding whose answer does not begin with a word of the two that is not decided for.

        It may be written in the language of the question or in one of the passages'.
        """
        if beginning is None or self._judge is None:
            return decoding
        texts = [passage.chunk.text for passage in search.prompt.passages]
        for language in dict.fromkeys((search.plan.language or "en", *passage_languages(texts))):
            if words := WORDS.get(language):
                wanted = {"yes": words[0], "no": words[1], "": ""}[beginning.word]
                decoding = self._judge.beginning_with(decoding, wanted, words)
        return decoding


def _beginning(verdict: YesNoVerdict) -> Beginning:
    if verdict.yes >= CERTAIN:
        return Beginning("yes", verdict.yes)
    if 1 - verdict.yes >= CERTAIN:
        return Beginning("no", 1 - verdict.yes)
    return Beginning("", verdict.decides)


def nearest_quotes(
    wordings: Sequence[str], passages: Sequence[Passage], embedder: Embedder, count: int = _SENTENCES
) -> list[str]:
    """Return the `count` sentences nearest to a question, nearest first, each behind what its passage is about.

    `wordings` are the question as it was asked and its translations.
    """
    quotes = []
    for each in ranked_sentences(passages, wordings, embedder)[:count]:
        passage, span = passages[each.passage], each.span
        quotes.append(in_context(passage.chunk.text[span.start : span.end], passage_subject(passage)))
    return quotes
