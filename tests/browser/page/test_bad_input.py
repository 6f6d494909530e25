"""Bad input: very long answers, hundreds of chats, endless names, a magnified page, colours of the system."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from rag.stores.sqlite.sqlite_conversations import SqliteConversations
from tests.browser.conftest import FEE, ask, pane
from tests.support.app_process import scripted
from tests.support.browser_tab import Tab, new_tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COLUMNS = 40
LONG = " ".join(f"Sentence {at} says that the energy is the mass times a number." for at in range(500))
HEADS = " | ".join(f"Column {at}" for at in range(COLUMNS))
ROWS = "\n".join(f"| {' | '.join(f'{row},{at} marks' for at in range(COLUMNS))} |" for row in range(20))
TABLE = f"| {HEADS} |\n|{'---|' * COLUMNS}\n{ROWS}"


@pytest.fixture(scope="module")
def talkative(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve an app whose model writes 5,000 words and a table of 40 columns."""
    folder = tmp_path_factory.mktemp("talkative")
    (folder / "energy.md").write_text("# Energy\n\nThe energy is the mass times a number.\n")
    long = f"{LONG}\n\n{TABLE}"
    limits = {"max_new_tokens": "20000", "context_tokens": "32000"}
    with scripted(folder, long, folder / "energy.md", pause=0, strictness="0", max_repeats="0", **limits) as url:
        yield url


def test_five_thousand_words_and_forty_columns_are_read_to_their_end(browser: Browser, talkative: str) -> None:
    tab = new_tab(browser, talkative)
    tab.ask("What is the energy?")
    tab.expect_idle(timeout=300_000)
    answer = tab.page.locator("#cw-chat .bot").last
    if answer.locator(".cw-draft summary").count():
        answer.locator(".cw-draft summary").click()
    assert len(answer.inner_text().split()) >= 5000
    table = answer.locator("table").first
    expect(table.locator("th")).to_have_count(COLUMNS)
    assert table.evaluate("(each) => each.scrollWidth > each.clientWidth")
    assert tab.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    last = table.locator("td").last
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()
    tab.page.locator("#cw-question textarea").fill("And now?")
    expect(tab.page.locator("#cw-question textarea")).to_have_value("And now?")
    assert tab.errors == []


def test_a_name_of_three_hundred_characters_is_taken_in_or_refused_in_words(tab: Tab) -> None:
    name = f"{'x' * 296}.txt"
    payload = FilePayload(name=name, mimeType="text/plain", buffer=b"The birch is white.")
    tab.page.locator("#cw-upload input[type=file]").set_input_files(payload)
    ended = tab.page.locator("#cw-progress :is(.cw-ready, .cw-failed)").filter(has_text="x" * 200)
    expect(ended).to_be_visible()
    expect(ended).not_to_contain_text("status 5")
    assert tab.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert tab.errors == []


def test_at_400_per_cent_a_question_is_asked_and_its_page_seen(browser: Browser, address: str) -> None:
    """A window of 1280 by 1024 at 400 % has 320 by 256 to lay out."""
    tab = new_tab(browser, address, width=320, height=256)
    ask(tab, "When does the office open?", 1)
    tab.page.locator("#cw-chat .cw-chip").first.click()
    expect(tab.page.locator(".cw-box").first).to_be_visible()
    for name, inside in (("Sources", "#cw-upload"), ("Chat", "#cw-question textarea")):
        tab.page.locator(".cw-switch").get_by_role("button", name=name).click()
        tab.page.locator(inside).scroll_into_view_if_needed()
        expect(tab.page.locator(inside)).to_be_in_viewport()
        assert tab.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert tab.errors == []


def test_with_forced_colours_what_is_cited_and_focused_is_still_told_apart(tab: Tab) -> None:
    tab.page.emulate_media(forced_colors="active")
    ask(tab, "What is the entry fee?", 1)
    chip = tab.page.locator("#cw-chat .cw-chip").first
    chip.focus()
    style = "(each, names) => names.map((name) => getComputedStyle(each)[name])"
    assert chip.evaluate(style, ["outlineStyle", "borderTopStyle"]) == ["solid", "solid"]
    chip.press("Enter")
    box = tab.page.locator(".cw-box").first
    expect(box).to_be_visible()
    assert box.evaluate(style, ["borderTopStyle", "backgroundColor"]) == ["solid", "rgba(0, 0, 0, 0)"]
    tab.page.get_by_role("button", name="Text", exact=True).click()
    mark = tab.page.locator("#cw-viewer mark.cw-cited")
    expect(mark).to_have_text(FEE)
    around = mark.evaluate("(each) => getComputedStyle(each.parentElement).backgroundColor")
    assert mark.evaluate(style, ["backgroundColor"]) != [around]


def test_among_five_hundred_chats_one_is_found_and_opened(tab: Tab, folder: Path) -> None:
    ask(tab, "What is the entry fee?", 1)
    store = SqliteConversations(folder / "library", embedder="minilm")
    (asked,) = store.conversations("")
    (exchange,) = store.exchanges(asked.id, "")
    made = [store.create("", f"Chat number {number}") for number in range(499)]
    for each in made:
        store.add(each.id, "", exchange.record)
    store.close()
    tab.page.reload()
    pane(tab, "Chats")
    listed = tab.page.locator(".cw-conversations > li")
    expect(listed).to_have_count(500)
    tab.page.get_by_placeholder("Search names, questions, answers").fill("number 321")
    expect(listed).to_have_count(1)
    listed.locator("a.cw-talk").click()
    expect(tab.page).to_have_url(re.compile(rf"\?c={made[321].id}"))
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(1)
    assert tab.errors == []
