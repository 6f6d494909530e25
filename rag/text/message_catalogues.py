"""Citewell's own texts: those about an answer in the language of its question, those of the page in the page's own.

The catalogues are gettext's, in `catalogues/`; `make messages` brings them up to date with the code. They are compiled
when they are first needed. What has no translation is shown in English. No logic depends on a wording.
"""

from datetime import date
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_percent

SOURCE = "en"
"""The language in which texts are written in the code."""

LANGUAGES = (SOURCE, "ar", "de", "es", "fr", "zh")


def to_translate(text: str) -> str:
    """Return the text as it is: it marks one that is translated elsewhere, for the catalogues."""
    return text


@cache
def messages_in(language: str) -> NullTranslations:
    """Return the texts of a language: its `gettext` and `ngettext` translate from English.

    They return what they were given if there is no catalogue of the language.
    """
    if language == SOURCE or language not in LANGUAGES:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue_of(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def catalogue_of(language: str) -> Catalog:
    """Return the catalogue of a language, which says in which files each text is."""
    with (files(__package__) / "catalogues" / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def percent_in(language: str, share: float) -> str:
    """Return a share as a percentage, as the language writes it."""
    return format_percent(share, locale=language if language in LANGUAGES else SOURCE)


def date_in(language: str, day: date) -> str:
    """Return a day as the language writes it: "26 November 2026"."""
    return format_date(day, "long", locale=language if language in LANGUAGES and language != SOURCE else "en_GB")
