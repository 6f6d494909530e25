"""Spell the names of a translation as the passages do, where both are known to be one name (pure).

A small model leaves some names as they were ("Kenia") and shortens others ("EU"). Only what the Unicode locale data
lists as one territory, and acronyms of three letters or more with the initials of a name, are respelt: near spellings
may be two names.
"""

import re
from collections.abc import Sequence
from functools import cache

from babel import Locale, UnknownLocaleError

_ACRONYM = re.compile(r"\b[A-Z]{2,6}\b")
_MIN_INITIALS = 3
_BETWEEN = r"(?: (?:of|the|and|for|de|la|del|des|der|die|das|du|et|y|und))* "


def respelt(translation: str, language: str, into: str, texts: Sequence[str]) -> str:
    """Return a translation from a language `into` another with the passages' spelling of its names."""
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
    try:
        territories = Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        return {}
    return {code: str(name) for code, name in territories.items() if code.isalpha() and len(code) == 2}
