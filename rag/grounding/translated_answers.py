"""Judge sentences in another language than the passages: by their translation into the language of the passages.

    sentence -> translation -> cited like any other sentence -> figures and negations carried over?

Its own words are not the passages' words, so a right sentence would be refused. A translation that lost a figure or a
negation proves nothing. Quotes stay in the language of the document.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from babel import Locale, UnknownLocaleError

from rag.grounding.citations import cite, weakest
from rag.grounding.language_rules import rules_of
from rag.interfaces import Scorer
from rag.runtime.progress import CancelEvent
from rag.text.answer_language import reading_language
from rag.text.characters import with_plain_digits
from rag.text.item_lists import without_mark
from rag.text.language import detect_language
from rag.text.normalize import normalize
from rag.types import Citation, Passage, Sentence

Example = tuple[str, str]
"""A text, and the same in the language to translate into."""

Translate = Callable[[str, str, Example | None, CancelEvent | None], str]
"""Returns a text in a language, "" if it cannot be had."""

_CODE = ("```", "~~~")

_FIGURE = re.compile(r"\d+(?:[.,'’\u00a0\u202f ]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?:[.,]\d+)?")
_DECIMAL = re.compile(r"\d+[.,]\d+")
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_CENTURY_DECADE = re.compile(r"\d\d\d0")
_DECADE = re.compile(r"(\d{1,2}) ?世[纪紀] ?(\d0) ?年代")
_HALF = frozenset(["ne", "n"])
"""French words that deny nothing by themselves: "n'importe qui", "ne … que"."""

_NEGATIVE_WORD = re.compile(r"\b(?:un|non|dis|single|without)\w*|\w+less\w*", re.IGNORECASE)
"""English words that say what other languages say with a negation: "no casadas", "ohne Verbindung"."""

_ACRONYM = re.compile(r"\b[A-Z]{2,6}\b")
_MIN_INITIALS = 3
_BETWEEN = r"(?: (?:of|the|and|for|de|la|del|des|der|die|das|du|et|y|und))* "


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its translation for the search ("": there was none), and the language of its answer.

    `is_foreign`: none of the passages is in that.
    """

    question: str
    translated: str = ""
    language: str = ""
    is_foreign: bool = False


class TranslatedSupport:
    """Judge the finished sentences of answers."""

    def __init__(self, translate: Translate, scorer: Scorer) -> None:
        self._translate = translate
        self._scorer = scorer

    def judge(
        self,
        sentences: Sequence[Sentence],
        asked: Asked,
        passages: Sequence[Passage],
        cancelled: CancelEvent | None = None,
    ) -> tuple[Sentence, ...]:
        """Return the sentences, those in a language that no passage is in with the verdicts of their translations.

        A sentence that cannot be translated, and the rest after a stop, stay as they were judged.
        """
        example: Example | None = (asked.question, asked.translated) if asked.translated else None
        judged = list(sentences)
        for index, sentence in enumerate(sentences):
            if cancelled is not None and cancelled.is_set():
                break
            if into := _target(sentence, asked.language, passages):
                translation = self._translate(without_mark(sentence.text), into, example, cancelled)
                question = asked.translated or asked.question
                judged[index] = judge_translation(sentence, translation, question, passages, self._scorer)
        return tuple(judged)


def _target(sentence: Sentence, language: str, passages: Sequence[Passage]) -> str:
    """Return the language to translate a sentence into; "" if it need not be. `language` is that of the answer."""
    own = detect_language(sentence.text)
    is_said_already = not own and sentence.support == "supported"  # "5.3 %"
    is_code = sentence.text.startswith(_CODE)
    return "" if is_said_already or is_code else reading_language(passages, own or language)


def judge_translation(
    sentence: Sentence, translation: str, question: str, passages: Sequence[Passage], scorer: Scorer
) -> Sentence:
    """Return a sentence with the verdict of its translation; as it is if that says nothing."""
    lost = lost_facts(without_mark(sentence.text), translation)
    texts = [passage.chunk.text for passage in passages]
    translation = respelt(translation, detect_language(sentence.text), detect_language(translation), texts)
    parts = cite(translation, question, passages, scorer)
    support = weakest(parts)
    if support is None:
        return sentence
    support = "weak" if lost and support == "supported" else support
    return replace(
        sentence,
        citations=_once(citation for part in parts for citation in part.citations),
        support=support,
        missing=tuple(dict.fromkeys([*lost, *(fact for part in parts for fact in part.missing)])),
        disputed=_once(citation for part in parts for citation in part.disputed),
        translation=translation,
    )


def _once(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(citations))


def lost_facts(text: str, translation: str) -> list[str]:
    """Return the figures of a text that its translation lacks, and the words of a negation that one of them lacks.

    Figures are compared by their significant digits, because languages differ in separators, scales and months:
    "1.200", "1,200" and "1,2 thousand" are one, and so are "21.9.2020", "9月21日" and "September 21".
    """
    language, into = detect_language(text), detect_language(translation)
    carried = _carried(translation, into)
    plain = _DECADE.sub(lambda match: f"{int(match[1]) - 1}{match[2]}年代", with_plain_digits(text))
    lost = [figure for figure in _figures(plain) if _significant(figure) not in carried]
    return [*dict.fromkeys(lost), *_lost_negation(text, language, translation, into)]


def _figures(text: str) -> Iterator[str]:
    """Yield the numbers of a text, and the parts of its dates and ranges."""
    for match in _FIGURE.finditer(text):
        is_number = _GROUPED.fullmatch(match[0]) or len(_DIGITS.findall(match[0])) == 1 or _DECIMAL.fullmatch(match[0])
        yield from [match[0]] if is_number else _DIGITS.findall(match[0])


def _carried(translation: str, language: str) -> set[str]:
    """Return the significant digits of all figures of a translation, also of those in words and of its months."""
    plain = with_plain_digits(translation)
    figures = [*_figures(plain), *_DIGITS.findall(plain), *_DIGITS.findall(normalize(plain))]
    figures += [figure[2:] for figure in figures if _CENTURY_DECADE.fullmatch(figure)]  # "80er", "años 80"
    months = _months(language)
    figures += [str(months[word]) for word in _LETTERS.findall(plain) if word in months]
    return {_significant(figure) for figure in figures}


def _significant(figure: str) -> str:
    return "".join(_DIGITS.findall(figure)).strip("0") or "0"


@cache
def _months(language: str) -> dict[str, int]:
    """Return the numbers of the months by their names."""
    names = locale.months if (locale := _locale(language)) else {}
    return {name.strip("."): n for form in names.values() for named in form.values() for n, name in named.items()}


def _lost_negation(text: str, language: str, translation: str, into: str) -> list[str]:
    if not (language and into):  # their rules are not known
        return []
    own, other = rules_of(language), rules_of(into)
    negated = next((found for found in own.negation.finditer(text) if found[0].lower() not in _HALF), None)
    negates = other.negation.search(translation)
    if negated and not (negates or other.denial.search(translation)):
        return [] if into == "en" and _NEGATIVE_WORD.search(translation) else [negated[0]]
    return [negates[0]] if negates and not (negated or own.denial.search(text)) else []


def respelt(translation: str, language: str, into: str, texts: Sequence[str]) -> str:
    """Return a translation from a language `into` another with the passages' spelling of its names.

    A small model leaves some names as they were ("Kenia") and shortens others ("EU"). Only what the Unicode locale data
    lists as one territory, and acronyms of three letters or more with the initials of a name, are respelt: near
    spellings may be two names.
    """
    for name, known in _territories(language, into):
        if name in translation:
            translation = _replaced(translation, name, known)
    read = "\n".join(texts)
    for acronym in dict.fromkeys(_ACRONYM.findall(translation)):
        if acronym not in read and (name := _long_form(acronym, into, read)):
            translation = _replaced(translation, acronym, name)
    return translation


def _replaced(text: str, name: str, known: str) -> str:
    return re.sub(rf"\b{re.escape(name)}\b", lambda _: known, text)


def _long_form(acronym: str, language: str, text: str) -> str:
    """Return the name in the text that an acronym stands for; "" if there is none, or more than one."""
    known = [name for name in _of_acronym(language).get(acronym, ()) if name in text]
    if not known and len(acronym) >= _MIN_INITIALS:
        pattern = r"\b" + _BETWEEN.join(rf"{letter}[a-zà-ÿ]\w*" for letter in acronym)
        known = list(dict.fromkeys(re.findall(pattern, text)))
    return known[0] if len(known) == 1 else ""


@cache
def _territories(language: str, into: str) -> tuple[tuple[str, str], ...]:
    """Return the names of territories in one language with those in the other, where they differ."""
    own, other = _names(language), _names(into)
    names = {name: other[code] for code, name in own.items() if code in other}
    return tuple((name, known) for name, known in names.items() if name != known and name not in other.values())


@cache
def _of_acronym(language: str) -> dict[str, tuple[str, ...]]:
    """Return the names of territories by their codes and short names: "EU", "UK", "USA"."""
    names = _names(language)
    found = {code: (names[code],) for code in ("EU", "UN", "US") if code in names}
    return found | {"UK": (names.get("GB", ""),), "USA": (names.get("US", ""),)}


@cache
def _names(language: str) -> dict[str, str]:
    territories = locale.territories if (locale := _locale(language)) else {}
    return {code: str(name) for code, name in territories.items() if code.isalpha() and len(code) == 2}


def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return None
