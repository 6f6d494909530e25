"""Analyze text into words: stems for matching, and the content words of a question."""

import re

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

_MAX_WORD_LENGTH = 64

FUNCTION_WORDS = frozenset(
    "a an the of in on at by for to from with as about into is are was were be been do does did has have had can could "
    "will would shall should may might must who whom whose what which when where why how many much long far old".split()
)

_WORD = re.compile(r"\w[\w'’.-]*\w|\w")


def english_analyzer() -> TextAnalyzer:
    """Return the analyzer of both the keyword index and the support scores, so that words match alike in both."""
    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(_MAX_WORD_LENGTH))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .filter(Filter.stopword("english"))
        .filter(Filter.stemmer("english"))
        .build()
    )


def content_words(question: str) -> list[str]:
    """Return the words of a question without function words: in order, as spelled, each once."""
    words = (match[0] for match in _WORD.finditer(question))
    return list(dict.fromkeys(word for word in words if word.lower() not in FUNCTION_WORDS))
