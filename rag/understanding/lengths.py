"""Read from a question how long its answer should be, if in steps, and which section it is about."""

import re

from rag.types import Length

_NUMBER_WORDS = (
    "one ein einem une un una 一",
    "two zwei deux dos 两 二",
    "three drei trois tres 三",
    "four vier quatre cuatro 四",
    "five fünf cinq cinco 五",
    "six sechs seis 六",
    "seven sieben sept siete 七",
    "eight acht huit ocho 八",
    "nine neun neuf nueve 九",
    "ten zehn dix diez 十",
)
NUMBERS = {word: number for number, words in enumerate(_NUMBER_WORDS, start=1) for word in words.split()}
_NUMBER = rf"(\d{{1,2}}|{'|'.join(word for word in NUMBERS if word.isascii() or len(word) > 1)})"
_SENTENCES = re.compile(
    rf"\b(?:in|with|using|mit|en) (?:at most |no more than |exactly |just |only |maximal )?{_NUMBER}(?: \w+)?"
    r" (?:sentences?|sätzen?|satz|phrases?|frases?)\b"
    r"|用([一二三四五六七八九十两\d]+)句话",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"\b(?:briefly|in short|short (?:answer|summary|overview|description|version)|concise(?:ly)?|quick|in a nutshell"
    r"|tl;?dr|kurz\w*|knapp\w*|bref\w*|brièvement|courte?|breve\w*)\b|简短|简要|簡短",
    re.IGNORECASE,
)
_LONG = re.compile(
    r"\b(?:in (?:full |great |more )?detail|detailed|at length|thorough(?:ly)?|comprehensive(?:ly)?|ausführlich\w*"
    r"|détaillée?|en détail|detallad\w+|en detalle)\b|详细|詳細",
    re.IGNORECASE,
)
_STEPS = re.compile(
    r"\b(?:step[- ]by[- ]step|(?:the|which|what|all) steps|schritt für schritt|schrittweise|étape par étape"
    r"|paso a paso)\b"
    r"|步骤|步驟|一步一步|逐步",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"(?:\b(?:section|chapter|part|article|clause|item|note|annex|appendix|paragraph|kapitel|abschnitt|artikel|teil"
    r"|chapitre|capítulo|sección|artículo)\s+(?:no\.? ?)?|§\s*)"
    r"(?P<number>\d+(?:\.\d+)*[a-z]?|(?-i:[IVXLC]+|[A-Z]))\b"
    r"|第(?P<chinese>[一二三四五六七八九十\d]+)(?:章|节|節|条|條|部分)",
    re.IGNORECASE,
)
MAX_SENTENCES = 30


def asked_sentences(question: str) -> int:
    """Return the number of sentences that a question asks for; 0 if it does not say."""
    if not (match := _SENTENCES.search(question)):
        return 0
    word = (match[1] or match[2]).lower()
    return min(int(word) if word.isdigit() else NUMBERS.get(word, 0), MAX_SENTENCES)


def asked_length(question: str) -> Length:
    """Return whether a question asks for a short or a detailed answer; "" if it does not say."""
    if _LONG.search(question):
        return "long"
    return "short" if _SHORT.search(question) else ""


def asks_for_steps(question: str) -> bool:
    """Return whether a question asks to be told step by step."""
    return _STEPS.search(question) is not None


def asked_section(question: str) -> str:
    """Return the section that a question names, as it names it ("section 6"); "" if it names none."""
    match = _SECTION.search(question)
    return match[0].strip() if match else ""


def section_number(section: str) -> str:
    """Return the number of a named section: "6" for "section 6"; "" if it has none."""
    match = _SECTION.search(section)
    return (match["number"] or match["chinese"]) if match else ""
