"""How text becomes words for matching: lower case, without accents, stop words and English endings."""

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

_LONGEST_WORD = 64


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
