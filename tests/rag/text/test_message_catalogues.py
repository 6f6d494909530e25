"""Citewell's texts are in the language of a question or of the page; the catalogues have all of them."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from rag.text import message_catalogues
from rag.text.message_catalogues import LANGUAGES, SOURCE, messages_in, percent_in
from tests.support.paths import ROOT

FOLDER = Path(message_catalogues.__file__).with_name("catalogues")
TRANSLATED = [language for language in LANGUAGES if language != SOURCE]
PLACEHOLDER = re.compile(r"\{\w*\}")
NUMBER = "{number}"
NOT_FOUND = "I could not find this in the documents."


def read(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


def forms(message: Message) -> list[str]:
    """Return the translations of a text: one, or one for each plural form."""
    return [message.string] if isinstance(message.string, str) else list(message.string or [])


def texts(catalogue: Catalog) -> set[str | tuple[str, ...]]:
    return {tuple(each.id) if isinstance(each.id, list | tuple) else each.id for each in catalogue if each.id}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str) -> None:
    catalogue = read(FOLDER / f"{language}.po", language)
    assert texts(catalogue) == texts(read(FOLDER / "citewell.pot"))
    for message in catalogue:
        if message.id:
            assert forms(message), message.id
            assert all(forms(message)), message.id
            assert not message.fuzzy, message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_placeholders_of_its_text(language: str) -> None:
    for message in read(FOLDER / f"{language}.po", language):
        sources = [message.id] if isinstance(message.id, str) else message.id
        expected = sorted(PLACEHOLDER.findall(sources[-1]))
        without_number = [name for name in expected if name != NUMBER]  # as in Arabic, which has a word for two things
        *some, last = (sorted(PLACEHOLDER.findall(form)) for form in forms(message))
        assert last == expected, message.id
        assert all(found in (expected, without_number) for found in some), message.id


def test_the_catalogues_have_the_texts_of_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, run `make messages` and translate what is new."""
    monkeypatch.chdir(ROOT)
    found = tmp_path / "found.pot"
    keywords = [part for name in ("to_translate", "t", "tn:1,2") for part in ("--keyword", name)]
    options = ["--mapping", "pyproject.toml", *keywords, "--output-file", str(found)]
    run: Callable[[list[str]], object] = CommandLineInterface().run  # not typed
    run(["pybabel", "-q", "extract", *options, "rag", "serving", "web", "cli"])
    assert texts(read(found)) == texts(read(FOLDER / "citewell.pot"))


def test_a_text_is_in_the_language_asked_for() -> None:
    assert messages_in("de").gettext(NOT_FOUND) == "Das konnte ich in den Dokumenten nicht finden."
    assert len({messages_in(language).gettext(NOT_FOUND) for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize("language", ["en", "", "xx", "../de", "it"])
def test_without_a_catalogue_it_is_english(language: str) -> None:
    assert messages_in(language).gettext(NOT_FOUND) == NOT_FOUND


def test_numbers_take_the_form_of_their_language() -> None:
    source = ("{number} more passage was found, but not read.", "{number} more passages were found, but not read.")
    assert messages_in("de").ngettext(*source, 1).startswith("{number} weitere Stelle wurde")
    assert messages_in("de").ngettext(*source, 2).startswith("{number} weitere Stellen wurden")
    assert messages_in("zh").ngettext(*source, 1) == messages_in("zh").ngettext(*source, 5)
    assert messages_in("fr").ngettext(*source, 0) == messages_in("fr").ngettext(*source, 1)


def test_a_share_is_written_as_the_language_does() -> None:
    assert percent_in("en", 0.854) == percent_in("xx", 0.854) == "85%"
    assert percent_in("de", 0.854) == "85\u00a0%"
