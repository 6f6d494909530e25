"""Tell in which language to answer: that of the question, unless it asks for another one."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from babel import Locale

from rag.text.characters import any_of
from rag.text.language import LANGUAGE_NAMES, detect_language, passage_languages
from rag.types import Passage

_WISHES = {
    "en": r"\b(?:answer|reply|respond|write|summari[sz]e|explain)\b(?P<far>(?:\W+\w+){1,2}?)?\W+in {name}\b"
    r"(?(far)(?=\W*(?:$|[.,;:!?)\n]|(?:please|and|but|using|with|for|so)\b)))",
    "de": r"\b(?:antwort\w*|schreib\w*|erklär\w*|fass\w*)\b(?:\W+\w+){0,2}?\W+auf {name}\b",
    "es": r"\b(?:respond\w*|contest\w*|escrib\w*|expli\w*|resum\w*)\b(?:\W+\w+){0,2}?\W+en {name}\b",
    "fr": r"\b(?:répon\w*|écri\w*|expli\w*|résum\w*)\b(?:\W+\w+){0,2}?\W+en {name}\b",
    "it": r"\b(?:rispond\w*|scriv\w*|spieg\w*|riassum\w*)\b(?:\W+\w+){0,2}?\W+in {name}\b",
    "zh": r"[用以]{name}(?:来|來)?(?:回答|作答|回复|回覆|答|写|寫|说|說|总结|總結|解释|解釋)",
}
"""Wishes for an answer in a language; few words after the verb: "explain the letter that is in French" is none.

In English the name ends the phrase, unless it follows the verb: "explain the changes in German tax law" is none either.
"""

_TELLING = {
    "de": frozenset("dieses diesen diesem bitte".split()),
    "es": frozenset("este esta estos estas qué cuál cuáles".split()),
    "fr": frozenset("ce cet cette ces quel quelle quels".split()),
}
"""Words that tell the language of a few words: "Résume ce document" is too short for a model of languages."""


def question_language(question: str) -> str:
    """Return the language of a question; "" if it is too short to tell, even by its small words."""
    if found := detect_language(question):
        return found
    first, *rest = re.findall(r"[\w'’]+", question) or [""]
    words = {first if first.isupper() else first.lower(), *rest}
    return next((language for language, telling in _TELLING.items() if words & telling), "")


def answer_language(question: str, earlier: Sequence[str] = ()) -> str:
    """Return the language to answer in; "" if it is not known. `earlier` are the questions before, oldest first.

    A question too short to tell, such as "2019?", is in the language of those before.
    """
    if wished := _wished(question):
        return wished
    found = (question_language(text) for text in (question, *reversed(earlier)))
    return next(filter(None, found), "")


def reading_language(passages: Sequence[Passage], spoken: str) -> str:
    """Return the language that most passages are in; "" if some are in the one that is `spoken`, or it is not known."""
    found = Counter(filter(None, passage_languages([passage.chunk.text for passage in passages])))
    if not found or not spoken or spoken in found:
        return ""
    main = max(found, key=lambda language: (found[language], language))
    return main if main in LANGUAGE_NAMES else ""


def _wished(question: str) -> str:
    for own in _WISHES:
        names, pattern = _wish(own)
        if match := pattern.search(question):
            return names[match["name"].lower()]
    return ""


@cache
def _wish(own: str) -> tuple[dict[str, str], re.Pattern[str]]:
    """Return the codes of languages by their names in one of them, and the pattern of a wish."""
    named = Locale.parse(own).languages
    names = {str(named[code]).lower(): code for code in LANGUAGE_NAMES if code in named}
    if own == "zh":
        names |= {name[:-1] + last: code for name, code in names.items() for last in "语語文"}
    return names, re.compile(_WISHES[own].replace("{name}", f"(?P<name>{any_of(names)})"), re.IGNORECASE)
