"""Scripts get the texts that they use, in the language of the page, with the plural forms as browsers name them."""

import re
from pathlib import Path

import pytest

import web
from rag.text.message_catalogues import LANGUAGES
from tests.support.paths import ROOT
from web.page_language import script_messages

STATIC = Path(web.__file__).parent / "static"
NESTED = re.compile(r"\$\{[^}`]*\btn?\(")
SHORTCUT = re.compile(r'\{\s*keys: "([^"]+)",\s*text: t\("([^"]+)"\)')


def test_english_is_what_the_scripts_have_already() -> None:
    assert script_messages("en") == {}


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_a_script_has_its_texts_and_not_those_of_the_server(language: str) -> None:
    texts = script_messages(language)
    assert texts["New conversation"] not in ("", "New conversation")
    assert "I could not find this in the documents." not in texts
    assert all(texts.values())


def test_plural_forms_have_the_names_of_their_numbers() -> None:
    source = "{number} source"
    assert script_messages("de")[source] == {"one": "{number} Quelle", "other": "{number} Quellen"}
    assert script_messages("zh")[source] == {"other": "{number} 个来源"}
    arabic = script_messages("ar")[source]
    assert isinstance(arabic, dict)
    assert set(arabic) == {"zero", "one", "two", "few", "many", "other"}
    assert (arabic["two"], arabic["few"]) == ("مصدران", "{number} مصادر")


def test_no_text_stands_where_it_is_not_found() -> None:
    """Babel does not look into `${…}` of a template."""
    found = [f"{path.name}: {match[0]}" for path in STATIC.rglob("*.js") for match in NESTED.finditer(path.read_text())]
    assert found == []


def test_the_documentation_has_all_shortcuts() -> None:
    shortcuts = SHORTCUT.findall((STATIC / "page" / "shortcuts.js").read_text(encoding="utf-8"))
    assert {"Space", "Shift+↑ Shift+↓", "Ctrl+Space", "Ctrl+A", "Tab"} <= {keys for keys, _ in shortcuts}
    written = (ROOT / "docs" / "keyboard.md").read_text(encoding="utf-8")
    missing = [keys for keys, text in shortcuts if f"| `{keys}` | {text} |" not in written]
    assert missing == []
