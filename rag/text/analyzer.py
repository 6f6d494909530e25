"""How text becomes words: stems for matching, and the words of a question that carry its meaning."""

import re

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

_LONGEST_WORD = 64

FUNCTION_WORDS = frozenset(
    "a an the of in on at by for to from with as about into is are was were be been do does did has have had can could "
    "will would shall should may might must who whom whose what which when where why how many much long far old".split()
)

_WORD = re.compile(r"\w[\w'’.-]*\w|\w")


def english_analyzer() -> TextAnalyzer:
    """One analysis for the keyword index and for support scores, so that both mean the same by a word."""
    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(_LONGEST_WORD))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .filter(Filter.stopword("english"))
        .filter(Filter.stemmer("english"))
        .build()
    )


def content_words(question: str) -> list[str]:
    """Its words in their order and spelling, each once, without function words."""
    words = (match[0] for match in _WORD.finditer(question))
    return list(dict.fromkeys(word for word in words if word.lower() not in FUNCTION_WORDS))
