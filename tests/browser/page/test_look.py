"""How the page looks and is arranged: panes, themes, the box for questions, the list of sources, paper, an own icon."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import FEE, ask
from tests.support.browser_tab import Tab, box_of, new_tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def width(part: Locator) -> float:
    return box_of(part)["width"]


def is_dark(page: Page) -> bool:
    return bool(page.evaluate("document.body.classList.contains('dark')"))


def theme_told(page: Page) -> list[str]:
    """Return what the server is told of the theme, for its pages without scripts."""
    return [each.get("value", "") for each in page.context.cookies() if each.get("name") == "citewell-theme"]


def test_the_right_pane_is_closed_until_the_first_quote_and_can_be_put_away(tab: Tab) -> None:
    right = tab.page.locator("#cw-right")
    expect(right).to_be_hidden()
    ask(tab, "What is the entry fee?", 1)
    expect(right).to_be_visible()
    expect(tab.page.locator("#cw-name")).to_have_text("What is the entry fee?")
    assert abs(width(right) - 420) <= 1
    assert abs(width(tab.page.locator("#cw-left")) - 300) <= 1
    tab.page.get_by_role("button", name="Hide the quotes").click()
    expect(right).to_be_hidden()
    tab.page.get_by_role("button", name="Show the quotes").click()
    expect(right).to_be_visible()
    tab.page.get_by_role("button", name="Hide the quotes").click()
    tab.page.locator("#cw-chat .cw-chip").click()
    expect(tab.page.locator("#cw-viewer")).to_be_visible()


def test_panes_are_as_wide_as_they_were_made_by_keyboard_or_pointer(tab: Tab) -> None:
    ask(tab, "What is the entry fee?", 1)
    quotes = tab.page.get_by_role("separator", name="Width of the quotes")
    quotes.focus()
    tab.page.keyboard.press("ArrowLeft")
    assert abs(width(tab.page.locator("#cw-right")) - 436) <= 1
    expect(quotes).to_have_attribute("aria-valuenow", "436")
    box = box_of(tab.page.get_by_role("separator", name="Width of the sources"))
    tab.page.mouse.move(box["x"] + 8, box["y"] + 200)
    tab.page.mouse.down()
    tab.page.mouse.move(box["x"] + 58, box["y"] + 200)
    tab.page.mouse.up()
    tab.open(tab.page.url)
    expect(tab.page.locator("#cw-right")).to_be_visible()
    assert abs(width(tab.page.locator("#cw-right")) - 436) <= 1
    assert abs(width(tab.page.locator("#cw-left")) - 350) <= 1


def test_where_text_runs_from_right_to_left_the_panes_do_too(tab: Tab) -> None:
    ask(tab, "What is the entry fee?", 1)
    tab.page.evaluate("document.documentElement.dir = 'rtl'")
    left, right = (box_of(tab.page.locator(f"#cw-{side}")) for side in ("left", "right"))
    assert left["x"] > right["x"]
    tab.page.get_by_role("separator", name="Width of the quotes").focus()
    tab.page.keyboard.press("ArrowRight")
    assert abs(width(tab.page.locator("#cw-right")) - 436) <= 1


def test_a_question_runs_in_the_direction_of_its_script(tab: Tab) -> None:
    expect(tab.page.locator("#cw-question textarea")).to_have_attribute("dir", "auto")
    tab.answer("ما هي الرسوم؟")
    question = tab.page.locator("#cw-chat .user-row .prose p")
    assert question.evaluate("(each) => getComputedStyle(each).direction") == "rtl"


def test_the_theme_is_chosen_and_kept(browser: Browser, address: str) -> None:
    context = browser.new_context(color_scheme="dark", viewport={"width": 1400, "height": 900})
    tab = Tab(context.new_page())
    tab.open(address)
    assert is_dark(tab.page)
    tab.page.get_by_role("button", name="Theme: as the system").click()
    assert not is_dark(tab.page)
    assert theme_told(tab.page) == ["light"]
    tab.open(address)
    expect(tab.page.get_by_role("button", name="Theme: light")).to_be_visible()
    assert not is_dark(tab.page)
    tab.page.emulate_media(color_scheme="light")
    tab.page.get_by_role("button", name="Theme: light").click()
    assert is_dark(tab.page)
    assert theme_told(tab.page) == ["dark"]
    tab.page.get_by_role("button", name="Theme: dark").click()
    assert not is_dark(tab.page)
    assert theme_told(tab.page) == []


def test_motion_can_be_off(browser: Browser, address: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    tab = Tab(context.new_page())
    tab.open(address)
    chosen = tab.page.locator(".cw-button").first
    durations = chosen.evaluate("(each) => getComputedStyle(each).transitionDuration")
    assert {float(each.strip().removesuffix("s")) for each in durations.split(",")} == {0}


def test_the_box_for_questions_tells_how_many_sources_are_asked_and_which_model(tab: Tab) -> None:
    scope = tab.page.locator("#cw-scope")
    expect(scope).to_have_text("1 source")
    tab.page.get_by_role("tab", name="Settings").click()
    scope.click()
    tab.page.get_by_label("Ask fees.pdf").uncheck()
    expect(scope).to_have_text("0 of 1 source")
    tab.page.locator("#cw-model").click()
    model = tab.page.get_by_label("Model", exact=True)
    expect(model).to_be_visible()
    expect(tab.page.locator("#cw-model")).to_have_text(model.locator("option").first.inner_text())


def test_a_source_is_one_line_that_keeps_both_ends_of_its_name(tab: Tab) -> None:
    tab.upload_texts({f"{'a very long name ' * 6}2019-02-28.md": "# Elm\n\nThe elm is tall."})
    row = tab.page.locator("#cw-documents li").filter(has_text="a very long name")
    assert box_of(row)["height"] == 36
    expect(row.locator(".cw-doc span").last).to_be_in_viewport()
    expect(row.locator(".cw-about-it")).to_be_hidden()
    row.get_by_role("button", name="More of").click()
    expect(row.locator(".cw-about-it")).to_be_visible()
    row.get_by_role("button", name="Remove").click()
    tab.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_a_chip_stays_with_the_word_before_it(tab: Tab) -> None:
    ask(tab, f"Repeat: {FEE} {FEE}", 2)
    apart = tab.page.evaluate(
        """() => {
             const prose = document.querySelector('#cw-chat .bot .prose');
             const isApart = (chip) => {
               const word = chip.previousSibling;
               const range = document.createRange();
               range.setStart(word, word.data.trimEnd().length - 1);
               range.setEnd(word, word.data.trimEnd().length);
               const [text, button] = [range.getBoundingClientRect(), chip.getBoundingClientRect()];
               return button.bottom <= text.top || button.top >= text.bottom;
             };
             let apart = 0;
             for (let wide = 120; wide < 480; wide += 5) {
               prose.style.cssText = `display: block; width: ${wide}px`;
               apart += [...prose.querySelectorAll('.cw-chip')].filter(isApart).length;
             }
             return apart;
           }"""
    )
    assert apart == 0


def test_our_own_part_of_the_page_is_light(browser: Browser, address: str) -> None:
    """Gradio's own scripts and styles are not counted; ours come compressed."""
    tab = new_tab(browser, address)  # with an empty cache
    ours = tab.page.evaluate(
        """performance.getEntriesByType('resource').filter((each) => each.name.includes('/citewell/static/'))
             .reduce((sum, each) => sum + each.transferSize, 0)"""
    )
    print(f"our own part of the page: {ours / 1000:.0f} kB")  # noqa: T201
    assert 0 < ours <= 250_000


def test_answers_do_not_push_the_page_around(tab: Tab) -> None:
    tab.page.evaluate(
        """() => {
             window.shifted = 0;
             new PerformanceObserver((list) => {
               for (const each of list.getEntries()) if (!each.hadRecentInput) window.shifted += each.value;
             }).observe({type: 'layout-shift', buffered: false});
           }"""
    )
    ask(tab, "What is the entry fee?", 1)
    opened = tab.page.evaluate("window.shifted")
    tab.answer(f"Repeat: {FEE * 20}")
    written = tab.page.evaluate("window.shifted") - opened
    print(f"layout shift: {opened:.3f} with the first quote, {written:.3f} while an answer is written")  # noqa: T201
    assert written <= 0.05
    # The first quote opens the right pane. Browsers count that only if it comes more than half a second after the key.
    assert opened <= 0.25


def test_a_printed_conversation_is_whole_and_has_nothing_else(tab: Tab) -> None:
    ask(tab, "What is the entry fee?", 1)
    for _ in range(6):
        tab.answer(f"Repeat: {FEE}")
    tab.page.emulate_media(media="print")
    for selector in ("#cw-left", "#cw-question", ".message-buttons"):
        expect(tab.page.locator(selector).first).to_be_hidden()
    shown, whole = tab.page.locator("#cw-chat").evaluate(
        "(chat) => [chat.getBoundingClientRect().bottom, Math.max(...[...chat.querySelectorAll('.bot')].map("
        "(each) => each.getBoundingClientRect().bottom))]"
    )
    assert shown >= whole
    assert tab.page.evaluate("document.documentElement.scrollHeight") >= whole


def test_however_narrow_the_left_pane_is_each_of_its_tabs_is_there(tab: Tab) -> None:
    tab.page.evaluate(
        """async () => {
             document.querySelector('#cw-panes').style.setProperty('--cw-left', '240px');
             for (let frame = 0; frame < 5; frame++) await new Promise(requestAnimationFrame);
           }"""
    )
    tabs = tab.page.locator("#cw-left").get_by_role("tab")
    expect(tabs).to_have_text(["Sources", "Chats", "Notes", "Settings"])
    tabs.last.click()
    expect(tab.page.get_by_role("form", name="Settings of this conversation")).to_be_visible()


def test_it_can_be_installed_under_its_own_name_and_icon(tab: Tab, address: str) -> None:
    link = tab.page.locator("link[rel=manifest]")
    expect(link).to_have_attribute("crossorigin", "use-credentials")
    manifest = tab.page.request.get(f"{address}/manifest.json").json()
    assert manifest["name"] == tab.page.title() == "Citewell"
    for icon in [*manifest["icons"], {"src": "favicon.ico"}, {"src": "citewell/static/icons/citewell-180.png"}]:
        assert tab.page.request.get(f"{address}/{icon['src']}").ok
