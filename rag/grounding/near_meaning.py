"""Support sentences of a summary by their meaning, where their words are not the sources' words.

A summary says in few words what the text says in many. Its sentences count as weakly supported if a sentence of the
passages is near to them in meaning, and none of their figures and names is foreign to the passages.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from rag.interfaces import Embedder, Scorer, Vectors
from rag.text.locations import quote_of
from rag.text.sentences import sentence_spans
from rag.types import Passage, Sentence, Span

_NEAR = 0.6
"""Least cosine. With the default embedder, sentences that a model made up had at most .53 in the answers looked at, and
of those that shorten what a text says two thirds had more than .6."""

_MAX_SENTENCES = 400
_MIN_CHARACTERS = 25


class NearMeaning:
    """Compare sentences of an answer with those of its passages; these are embedded when the first is compared."""

    def __init__(self, question: str, passages: Sequence[Passage], scorer: Scorer, embedder: Embedder) -> None:
        self._passages = passages
        self._scorer = scorer
        self._embedder = embedder
        self._known = "\n".join([question, *(f"{p.chunk.document}\n{p.chunk.text}" for p in passages)])

    def support(self, claim: str, sentence: Sentence) -> Sentence:
        """Return an unsupported sentence with the nearest sentence of the passages as its quote, if near enough."""
        if sentence.support != "unsupported" or not self._spans or self._scorer.missing(claim, self._known):
            return sentence
        cosines = self._vectors @ self._embedder.embed_query(claim)
        best = int(np.argmax(cosines))
        if (score := float(cosines[best])) < _NEAR:
            return sentence
        number, span = self._spans[best]
        quote = quote_of(self._passages[number - 1].chunk, span, number, score)
        return replace(sentence, support="weak", citations=(quote,), missing=())

    @cached_property
    def _spans(self) -> list[tuple[int, Span]]:
        found = [
            (number, span)
            for number, passage in enumerate(self._passages, start=1)
            for span in sentence_spans(passage.chunk.text)
            if span.end - span.start >= _MIN_CHARACTERS
        ]
        return found[:_MAX_SENTENCES]

    @cached_property
    def _vectors(self) -> Vectors:
        texts = [self._passages[number - 1].chunk.text[span.start : span.end] for number, span in self._spans]
        return self._embedder.embed_queries(texts)
