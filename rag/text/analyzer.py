"""Analyze text into words by its language: stems for matching, and the content words of a question."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Protocol

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from rag.text.characters import composed, script_runs, with_plain_digits
from rag.text.stop_words import FUNCTION_WORDS, QUESTION_WORDS, STOP_WORDS

_MAX_WORD_LENGTH = 64

_STEMMERS = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}
_WITH_STOP_WORDS = frozenset("da de en es fi fr hu it nl no pt ru sv".split())
"""Languages whose stop words tantivy has."""

_WITHOUT_SPACES = frozenset("ja km ko lo my th zh".split())
_WITHOUT_ENDINGS = _WITHOUT_SPACES | {"", "vi"}
_COMPOUNDING = frozenset("da de fi hu is nl no sv".split())
_PART = 4
"""Characters of a part: of 2 to 5, the best for German (as McNamee and Mayfield 2004 found in eight languages)."""

_CJK_GRAM = 2
_SOUTHEAST_ASIAN_GRAMS = (3, 4)
_NOT_LATIN = frozenset("ar be bg bn el fa gu he hi hy ka kk kn ky mk ml mn mr ne ps ru sr ta te tg ug uk ur".split())
_LATIN = re.compile(r"([A-Za-z\u00c0-\u024f\u1e00-\u1eff0-9'’]+)")
_TURKISH = str.maketrans({"I": "ı", "İ": "i"})
_WORD = re.compile(r"\w[\w'’.-]*\w|\w")


class Analyze(Protocol):
    """Text in a language, "" if unknown, into stemmed words without stop words."""

    def __call__(self, text: str, language: str = "") -> list[str]:
        """Analyze a text."""


def english_analyzer() -> TextAnalyzer:
    """Return the analyzer of English, which is also that of text in no known language."""
    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(_MAX_WORD_LENGTH))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .filter(Filter.stopword("english"))
        .filter(Filter.stemmer("english"))
        .build()
    )


def words(text: str, language: str = "") -> list[str]:
    """Return the stemmed words of a text in a language, without stop words; in English if none is known.

    The keyword index and the support scores both use this, so that words match alike. Text in a script without spaces
    is cut into pairs of characters (Thai and its neighbours: three and four), whatever the language.
    """
    if text.isascii() and language in ("", "en"):
        return _analyzer("en").analyze(text)
    found: list[str] = []
    for run, kind in script_runs(with_plain_digits(composed(text))):
        if kind == 0:
            found.extend(_spaced_words(run, language))
        elif kind == 1:
            found.extend(_grams(run, _CJK_GRAM))
        else:
            found.extend(gram for size in _SOUTHEAST_ASIAN_GRAMS for gram in _grams(run, size))
    return found


def has_parts(language: str) -> bool:
    """Return whether stems alone miss too much in a language: it forms compounds, or has endings and no stemmer."""
    return language in _COMPOUNDING or not (language in _STEMMERS or language in _WITHOUT_ENDINGS)


def word_parts(text: str, language: str) -> list[str]:
    """Return the four-letter parts of the longer words, if the language `has_parts`."""
    if not has_parts(language):
        return []
    runs = (run for run, kind in script_runs(with_plain_digits(composed(text))) if kind == 0)
    return [part for run in runs for word in _plain_analyzer().analyze(run) for part in _parts(word)]


def is_function_word(word: str, language: str = "") -> bool:
    """Return whether a word has no content of its own in a language: an article, a preposition, a question word."""
    lower = word.lower()
    if language in ("", "en"):
        return lower in FUNCTION_WORDS
    return lower in QUESTION_WORDS.get(language, ()) or not words(word, language)


def content_words(question: str, language: str = "") -> list[str]:
    """Return the words of a question without function words: in order, as spelled, each once.

    Scripts without spaces have none that could be told apart.
    """
    runs = (run for run, kind in script_runs(question) if kind == 0)
    return list(dict.fromkeys(word for run in runs for word in _content_words(run, language)))


def content_text(question: str, language: str = "") -> str:
    """Return a question without its function words; runs of scripts without spaces stay whole."""
    runs = script_runs(question)
    pieces = (word for run, kind in runs for word in ([run] if kind else _content_words(run, language)))
    return " ".join(dict.fromkeys(pieces))


def _content_words(text: str, language: str) -> list[str]:
    found = (match[0] for match in _WORD.finditer(text))
    return [word for word in found if not is_function_word(word, language)]


def _spaced_words(text: str, language: str) -> list[str]:
    if language == "tr":
        text = text.translate(_TURKISH)
    if language not in _NOT_LATIN:
        return _analyzer(language).analyze(text)
    # Names and terms in Latin letters are stemmed as English, so that an English question finds them.
    pieces = enumerate(_LATIN.split(text))
    return [word for at, piece in pieces for word in _analyzer("en" if at % 2 else language).analyze(piece)]


@cache
def _analyzer(language: str) -> TextAnalyzer:
    if language in ("", "en") or language in _WITHOUT_SPACES:
        return english_analyzer()
    builder = TextAnalyzerBuilder(Tokenizer.regex(r"[\p{L}\p{M}\p{N}]+"))
    builder = builder.filter(Filter.remove_long(_MAX_WORD_LENGTH)).filter(Filter.lowercase())
    if language in _WITH_STOP_WORDS:
        builder = builder.filter(Filter.stopword(_STEMMERS[language]))
    elif language in STOP_WORDS:
        builder = builder.filter(Filter.custom_stopword(sorted(STOP_WORDS[language])))
    if language in _STEMMERS:
        builder = builder.filter(Filter.stemmer(_STEMMERS[language]))
    return builder.filter(Filter.ascii_fold()).build()  # after the stemmer, whose rules name accents


@cache
def _plain_analyzer() -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.regex(r"[\p{L}\p{M}\p{N}]+")).filter(Filter.remove_long(_MAX_WORD_LENGTH))
    return builder.filter(Filter.lowercase()).filter(Filter.ascii_fold()).build()


def _grams(run: str, size: int) -> Iterator[str]:
    """Yield the substrings of this size; a shorter run whole."""
    return (run[at : at + size] for at in range(max(len(run) - size + 1, 1)))


def _parts(word: str) -> Iterator[str]:
    return _grams(word, _PART) if len(word) > _PART else iter(())
