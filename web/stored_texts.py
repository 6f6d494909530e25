"""Texts that are kept, or raised, in English: reasons, warnings, places and kinds, in the language of the page.

The library and the shell have them in English, and a page of any language shows what another process stored. So a text
is recognised by its wording; one that is not known stays as it is.
"""

import re
from functools import cache, lru_cache

from babel import Locale

from rag.text.message_catalogues import messages_in
from web.page_language import current_language, decimal
from web.stored_wordings import KINDS, PLACES, REASONS

_FIELD = re.compile(r"\\{(\w+)\\}")
_NUMBERS = ("number", "first", "last", "page", "pages", "most")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+")


def reason_shown(text: str) -> str:
    """Return why a file was not ingested, or what is to be known of it, in the language of the page.

    Several reasons are joined by "; ", which may also stand within one.
    """
    language = current_language()
    whole = _shown(text, REASONS, language)
    return whole or "; ".join(_shown(part, REASONS, language) or part for part in text.split("; "))


def place_shown(place: str) -> str:
    """Return a place ("§ 7.2, line 512", "p. 3") in the language of the page. Names of sections stay as they are."""
    language = current_language()
    if shown := _shown(place, PLACES, language):
        return shown
    section, comma, last = place.rpartition(", ")
    return f"{section}{comma}{_shown(last, PLACES, language) or last}"


def kind_shown(kind: str) -> str:
    """Return what a kind of documents is called in the language of the page."""
    return messages_in(current_language()).gettext(kind) if kind in KINDS else kind


def language_shown(code: str) -> str:
    """Return what a language is called in the language of the page."""
    return str(Locale.parse(current_language()).languages.get(code, code))


@lru_cache(maxsize=4096)  # thousands of sources have few reasons and places
def _shown(text: str, wordings: tuple[str, ...], language: str) -> str:
    """Return a text of one of these wordings in the language of the page; "" if it is of none."""
    for wording, pattern in _patterns(wordings):
        if match := pattern.fullmatch(text):
            fields = {name: _NUMBER.sub(_number, value) for name, value in match.groupdict().items()}
            return messages_in(language).gettext(wording).format(**fields)
    return ""


def _number(match: re.Match[str]) -> str:
    return decimal(int(match[0].replace(",", "")))


@cache
def _patterns(wordings: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return what recognises each wording: its fields stand for any text on one line, numbers for digits."""
    return tuple((wording, re.compile(_FIELD.sub(_field, re.escape(wording)))) for wording in wordings)


def _field(match: re.Match[str]) -> str:
    pattern = r"[\d,.]+" if match[1] in _NUMBERS else ".+?"
    return f"(?P<{match[1]}>{pattern})"
