"""Decide how the answer to a yes/no question begins, before it is written.

A small model begins with "Yes" whatever the sources say, and goes on "we are closed on Mondays", or worse, with what
they do not say. So each of the sentences nearest to the question is judged first (`YesNoJudge`), and the verdict
decides between the two words. The answer is the sentence that decides the question, as the source has it, behind the
word: a small model would word it anew, and lose an exception at that. Where the verdict is not sure enough of either
word, whoever asked reads it out of the sentence. If no sentence decides the question clearly, the model states what the
sources say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from rag.answering.hidden_instructions import find_instructions
from rag.answering.prompt_search import Searched
from rag.grounding.evidence import passage_subject
from rag.grounding.scorers import JUDGED_CHARACTERS, in_context
from rag.interfaces import Embedder, TextDelta, YesNoJudge, closed_after
from rag.retrieval.sentence_ranking import ranked_sentences
from rag.text.item_lists import without_mark
from rag.text.language import passage_languages
from rag.text.table_rows import table_rows
from rag.text.yes_no_words import WORDS
from rag.types import Passage, Sentence, YesNoVerdict
from rag.types.decoding import Decoding

CERTAIN = 0.9
"""Least probability of a word that an answer is to begin with. A wrong word does more harm than none, where it can be
read out of the sentence."""

_DECIDES = 0.5
"""Probability above which a sentence decides the question, rather than another one or none."""

_SENTENCES = 5
"""Sentences that are judged: of questions about several documents .47 are decided by one of the two nearest, .64 by one
of four, .75 by one of six, and each sentence takes one or two hundredths of an answer's time."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What an answer begins with, neither word if `word` is ""; `decided` as in `Signals`.

    `stated` is the whole answer, a sentence of its sources behind the word; "" if it is left to the model.
    """

    word: Literal["yes", "no", ""]
    decided: float
    stated: str = ""

    def decided_by(self, sentences: Sequence[Sentence]) -> float:
        """Return how sure an answer of these sentences decides it: a statement that is not supported does not."""
        is_stated = self.word or any(sentence.support == "supported" for sentence in sentences)
        return self.decided if is_stated else 0.0


class NearestQuote(NamedTuple):
    """A sentence behind what its passage is about, as it is judged; the sentence by itself, and its passage's place."""

    text: str
    sentence: str
    passage: int


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
        short = [quote for quote in quotes if len(question) + len(quote.text) <= JUDGED_CHARACTERS]
        verdict = self._judge.judge_yes_no(question, [quote.text for quote in short]) if short else None
        return _beginning(verdict, short, search) if verdict else None

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


def stating(sentence: str, deltas: Iterator[TextDelta]) -> Iterator[TextDelta]:
    """Yield a sentence in place of the text of a generator, after what tells how likely the passages answer."""
    certainty = None
    with closed_after(deltas):
        for delta in deltas:
            if delta.text:
                break
            yield delta
            if delta.stop_reason:
                return
            if certainty := delta.certainty:
                break
    yield TextDelta(sentence, 0, "end", certainty=certainty)


def nearest_quotes(
    wordings: Sequence[str], passages: Sequence[Passage], embedder: Embedder, count: int = _SENTENCES
) -> list[NearestQuote]:
    """Return the `count` sentences nearest to a question, nearest first.

    `wordings` are the question as it was asked and its translations.
    """
    quotes = []
    for each in ranked_sentences(passages, wordings, embedder)[:count]:
        passage, span = passages[each.passage], each.span
        sentence = passage.chunk.text[span.start : span.end]
        quotes.append(NearestQuote(in_context(sentence, passage_subject(passage)), sentence, each.passage))
    return quotes


def _beginning(verdict: YesNoVerdict, quotes: Sequence[NearestQuote], search: Searched) -> Beginning:
    word: Literal["yes", "no", ""] = ""
    if (decided := max(verdict.yes, 1 - verdict.yes)) >= CERTAIN:
        word = "yes" if verdict.yes > 0.5 else "no"
    likeliest, quote = max(zip(verdict.deciding, quotes, strict=True), key=lambda each: each[0])
    stated = _stated(word, quote, search) if likeliest > _DECIDES else ""
    return Beginning(word, decided if word else verdict.decides, stated)


def _stated(word: Literal["yes", "no", ""], quote: NearestQuote, search: Searched) -> str:
    """Return a sentence as an answer; "" if it is none by itself or the answer is to be in another language or form."""
    plan, passages = search.plan, search.prompt.passages
    language = passage_languages([passage.chunk.text for passage in passages])[quote.passage]
    words = WORDS.get(plan.language or "en")
    is_foreign = language and plan.language and language != plan.language
    if not words or is_foreign or plan.parts or not plan.is_short_answer or search.passes:
        return ""
    if table_rows(quote.sentence) or find_instructions(quote.sentence):
        return ""
    sentence = " ".join(without_mark(quote.sentence).split())
    return f"{words[word == 'no']}: {sentence}" if word else sentence
