"""The page speaks the language of its user, in the direction of its script, from the first paint on."""

import re
from collections.abc import Callable, Iterator, Mapping

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from tests.browser.conftest import clipboard, sides
from tests.support.browser_tab import Tab, box_of, serious_violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORDS = {
    "de": ["Quellen", "Notizen", "Fragen Sie Ihre Dokumente", "Neue Unterhaltung", "1 Quelle"],
    "fr": ["Sources", "Notes", "Interrogez vos documents", "Nouvelle conversation", "1 source"],
    "es": ["Fuentes", "Notas", "Pregunte a sus documentos", "Nueva conversación", "1 fuente"],
    "zh": ["来源", "笔记", "向您的文档提问", "新对话", "1 个来源"],
    "ar": ["المصادر", "الملاحظات", "اسأل مستنداتك", "محادثة جديدة", "مصدر واحد"],
}
ENGLISH = re.compile(r"\b(?:the|of|and|your|this|with|from|Settings|Conversation|Ask|Add|Help)\b")
OWN = re.compile(r"fees\.pdf|Citewell|Markdown|What is[^?]*\?|The entry fee is 20 euros\.|The office opens at nine\.")
"""What is a document's or a user's, in its own language."""


@pytest.fixture(scope="module")
def contexts(chromium: Browser) -> Iterator[dict[str, BrowserContext]]:
    """Yield the browsers by their languages: each fetches the page's files once."""
    contexts: dict[str, BrowserContext] = {}
    yield contexts
    for each in contexts.values():
        each.close()


@pytest.fixture
def open_in(chromium: Browser, contexts: dict[str, BrowserContext], address: str) -> Iterator[Callable[..., Tab]]:
    """Return a function that opens a tab in a browser of a language, without what earlier ones stored."""
    opened: list[Page] = []

    def open_in(locale: str, headers: Mapping[str, str] | None = None) -> Tab:
        if locale not in contexts:
            allowed = ["clipboard-read", "clipboard-write"]
            size = ViewportSize(width=1400, height=900)
            contexts[locale] = chromium.new_context(locale=locale, viewport=size, permissions=allowed)
        page = contexts[locale].new_page()
        opened.append(page)
        stored = {"origin": address, "storageTypes": "all"}
        page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", stored)
        page.context.clear_cookies()
        page.set_extra_http_headers(dict(headers or {}))
        tab = Tab(page)
        tab.open(address)
        expect(page.locator("#cw-documents .cw-doc")).to_be_visible()
        return tab

    yield open_in
    for page in opened:
        page.close()


def english_in(page: Page, selector: str) -> list[str]:
    return ENGLISH.findall(OWN.sub("", page.locator(selector).inner_text()))


def icons(buttons: Locator) -> list[str]:
    found: list[str] = buttons.locator("button.icon-button").evaluate_all("all => all.map(each => each.dataset.icon)")
    return found


@pytest.mark.parametrize("language", WORDS)
def test_the_main_flow_has_no_english_words(open_in: Callable[..., Tab], language: str) -> None:
    tab = open_in({"zh": "zh-CN"}.get(language, language))
    page = tab.page
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    for words in WORDS[language]:
        expect(page.locator(".gradio-container")).to_contain_text(words)
    assert english_in(page, "#cw-middle") == []
    for number in (1, 2, 3):
        page.locator("#cw-left [role=tab]").nth(number).click()
        expect(
            page.locator("#cw-left .tabitem:visible .cw-note, #cw-left .tabitem:visible label").first
        ).to_be_visible()
        assert english_in(page, "#cw-left") == []
    page.locator("#cw-help-open").click()
    assert english_in(page, "#cw-help") == []
    page.keyboard.press("Escape")
    tab.answer("What is the entry fee?").locator(".cw-chip").first.click()
    expect(page.locator(".cw-box")).to_be_visible()
    assert english_in(page, "#cw-right .cw-titlebar >> visible=true") == []
    assert tab.errors == []


def test_axe_finds_nothing_serious_from_right_to_left(open_in: Callable[..., Tab]) -> None:
    tab = open_in("ar")
    assert serious_violations(tab) == []
    tab.page.locator("#cw-left [role=tab]").nth(3).click()
    expect(tab.page.locator("#cw-language")).to_be_visible()
    assert serious_violations(tab) == []
    tab.page.locator("#cw-help-open").click()
    assert serious_violations(tab) == []
    left, right = (box_of(tab.page.locator(each)) for each in ("#cw-left", "#cw-middle"))
    assert left["x"] > right["x"]
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_from_right_to_left_a_crop_shows_the_cited_words_and_arrow_keys_go_where_they_point(
    open_in: Callable[..., Tab],
) -> None:
    tab = open_in("ar")
    page = tab.page
    page.locator("#cw-documents .cw-all input").focus()
    page.keyboard.press("ArrowDown")
    tick = page.locator("#cw-documents li input")
    expect(tick).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#cw-documents li .cw-doc")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(tick).to_be_focused()

    chip = tab.answer("What is the entry fee?").locator(".cw-chip").first
    chip.hover()
    expect(page.locator("#cw-source-card .cw-box")).to_be_attached()
    mark, crop = (sides(page.locator(f"#cw-source-card {each}")) for each in (".cw-box", ".cw-crop"))
    assert crop["left"] <= mark["left"] < mark["right"] <= crop["right"]
    chip.click()
    expect(page.locator("#cw-viewer .cw-box")).to_be_visible()
    page.keyboard.press("b")
    for within in ("#cw-viewer", "#cw-beside"):
        shown = page.locator(within)
        expect(shown.locator("h2").first).to_contain_text("2")
        shown.locator(".cw-page").first.focus()
        page.keyboard.press("ArrowRight")
        expect(shown.locator("h2").first).to_contain_text("1")
        page.keyboard.press("ArrowLeft")
        expect(shown.locator("h2").first).to_contain_text("2")
    assert tab.errors == []


def test_a_language_chosen_in_the_settings_stays(open_in: Callable[..., Tab], address: str) -> None:
    tab = open_in("en-GB")
    page = tab.page
    page.get_by_role("tab", name="Settings").click()
    page.get_by_label("Language of the page").select_option(label="Deutsch")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.goto(address)
    page.get_by_role("tab", name="Einstellungen").click()
    choice = page.get_by_label("Sprache der Seite")
    expect(choice).to_have_value("de")
    choice.select_option(value="")
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize(
    ("language", "copy", "liked"),
    [("de", "Nachricht kopieren", "Als gut bewertet"), ("ar", "نسخ الرسالة", "قُيّم بالإعجاب")],
)
def test_the_buttons_below_an_answer_do_what_they_do_in_english(
    open_in: Callable[..., Tab], language: str, copy: str, liked: str
) -> None:
    tab = open_in(language)
    page = tab.page
    tab.answer("What is the entry fee?")
    below = page.locator("#cw-chat .bot-row + .message-buttons")
    buttons = below.locator("button.icon-button")
    expect(buttons).to_have_count(4)
    assert icons(below) == ["copy", "refresh-cw", "thumbs-down", "thumbs-up"]
    assert icons(page.locator("#cw-chat .user-row + .message-buttons")) == ["copy", "pencil"]

    below.get_by_label(copy).click()
    copied = clipboard(tab, "[1]")
    assert copied.startswith("The entry fee is 20 euros. [1]")
    assert "[1] fees.pdf" in copied

    buttons.last.click()
    page.locator("dialog[open] [value=cancel]").click()
    expect(below.get_by_label(liked)).to_have_attribute("data-on", "")
    page.locator("#cw-chat .user-row + .message-buttons button.icon-button").last.click()
    expect(page.locator("#cw-chat .user-row textarea")).to_be_visible()
    assert icons(page.locator("#cw-chat .user-row + .message-buttons")) == ["check", "x"]
    assert tab.errors == []
