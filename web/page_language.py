"""Choose the language of the page for each request, and translate the page's own texts into it, its scripts' too."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from babel import Locale
from babel.numbers import format_decimal
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from rag.text.message_catalogues import LANGUAGES, SOURCE, catalogue_of, messages_in

COOKIE = "citewell-language"
_MAX_HEADER = 1000
_MAX_WISHES = 20
_SCRIPT = ".js"
_NUMBERS = (*range(201), 1000, 10**6)
"""Among these, each language has an example of every plural form that it has for whole numbers."""

_current: ContextVar[str] = ContextVar("page_language", default=SOURCE)


def current_language() -> str:
    """Return the language of the page that is being made."""
    return _current.get()


def speak(language: str) -> None:
    """Make pages in a language from now on, in this thread or task."""
    _current.set(language)


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Make pages in a language meanwhile."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def gettext(text: str) -> str:
    """Return a text of the page in the current language."""
    return messages_in(current_language()).gettext(text)


def ngettext(one: str, other: str, number: int) -> str:
    """Return a text of the page in the current language, in the form for a number."""
    return messages_in(current_language()).ngettext(one, other, number)


def decimal(value: float, places: int = 0) -> str:
    """Return a number as the current language writes it."""
    pattern = f"#,##0.{'0' * places}" if places else "#,##0"
    return str(format_decimal(value, pattern, locale=current_language()))


@cache
def script_messages(language: str) -> dict[str, str | dict[str, str]]:
    """Return the translations of the scripts' texts by their English, none of them for English.

    One with plural forms has them by categories of numbers, `{"one": …, "other": …}`, as `Intl.PluralRules` names them.
    """
    if language == SOURCE:
        return {}
    texts: dict[str, str | dict[str, str]] = {}
    for message in catalogue_of(language):
        if not message.id or not message.string or not _is_of_a_script(message):
            continue
        if isinstance(message.id, str):
            texts[message.id] = str(message.string)
        else:
            one, other = message.id
            texts[one] = _plural_forms(language, one, other)
    return texts


def language_of_event(request: Any) -> str:
    """Return the language of the page that sent Gradio an event: its handlers run apart from the request."""
    return language_of(Headers(dict(getattr(request, "headers", None) or {})))


def language_of(headers: Headers) -> str:
    """Return the language chosen by the cookie, else the first that the browser accepts and there is."""
    chosen = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    wished = (tag.split("-")[0] for tag in _accepted(headers.get("accept-language", "")))
    return next((each for each in wished if each in LANGUAGES), SOURCE)


def direction(language: str) -> str:
    """Return the direction of a language's script as HTML has it: "ltr" or "rtl"."""
    return str(Locale.parse(language).text_direction)


def own_name(language: str) -> str:
    """Return what a language calls itself: "Deutsch"."""
    name = str(Locale.parse(language).get_display_name())
    return name[:1].upper() + name[1:]


def _accepted(header: str) -> list[str]:
    """Return the language tags of an Accept-Language header, the most wished for first."""
    wishes = []
    for part in header[:_MAX_HEADER].lower().split(",")[:_MAX_WISHES]:
        tag, *parameters = (each.strip() for each in part.split(";"))
        weight = next((each[2:] for each in parameters if each.startswith("q=")), "1")
        try:
            wishes.append((float(weight), tag))
        except ValueError:
            continue  # not a wish that anybody could mean
    return [tag for weight, tag in sorted(wishes, key=lambda wish: -wish[0]) if weight > 0]


def _is_of_a_script(message: Any) -> bool:
    return any(path.endswith(_SCRIPT) for path, _ in message.locations)


def _plural_forms(language: str, one: str, other: str) -> dict[str, str]:
    category_of = Locale.parse(language).plural_form
    examples = {category_of(number): number for number in reversed(_NUMBERS)}
    texts = messages_in(language)
    return {category: texts.ngettext(one, other, number) for category, number in examples.items()}
