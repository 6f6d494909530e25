"""The texts of the scripts in a language, as JSON that the page carries."""

from functools import cache
from typing import Any

from babel import Locale

from rag.text.message_catalogues import SOURCE, catalogue_of, messages_in

_SCRIPT = ".js"
_NUMBERS = (*range(201), 1000, 10**6)
"""Among these, each language has an example of every plural form that it has for whole numbers."""


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


def _is_of_a_script(message: Any) -> bool:
    return any(path.endswith(_SCRIPT) for path, _ in message.locations)


def _plural_forms(language: str, one: str, other: str) -> dict[str, str]:
    category_of = Locale.parse(language).plural_form
    examples = {category_of(number): number for number in reversed(_NUMBERS)}
    texts = messages_in(language)
    return {category: texts.ngettext(one, other, number) for category, number in examples.items()}
