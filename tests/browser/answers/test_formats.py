"""Formulas, wide tables and code are drawn in answers, on the narrowest screens too."""

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import Serve, clipboard, pane
from tests.support.browser_tab import Tab, box_of, serious_violations
from tests.support.kept_answers import ANSWER, TALK, exchange
from web.rendering.conversation_files import export, no_image, shared_page
from web.rendering.inert_html import inert_html
from web.rendering.markdown import inert_markdown

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ENERGY = "The energy is mass times the square of the speed of light."
COLUMNS = 40
HEADS = " | ".join(f"Column {at}" for at in range(COLUMNS))
ROW = " | ".join(f"{at},000 marks" for at in range(COLUMNS))
TABLE = f"| {HEADS} |\n|{'---|' * COLUMNS}\n" + f"| {ROW} |\n" * 3
LONG = " ".join(f"Sentence {at} says that the energy is mass." for at in range(12))
CODE = " + ".join(f"value_{at}" for at in range(40))
SUM = " + ".join(f"x_{{{at}}}" for at in range(60))
WIDE = f"{LONG}\n\n{TABLE}\n\n```\n{CODE}\n```\n\n\\[ {SUM} \\]"


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve(WIDE, {"energy.md": f"# Energy\n\n{ENERGY}\n"}, strictness="0", max_new_tokens="3000")


def answered(tab: Tab, question: str) -> Locator:
    answer = tab.answer(question)
    if answer.locator(".cw-draft summary").count():
        answer.locator(".cw-draft summary").click()
    return answer


def test_formulas_are_drawn_and_prices_are_not(tab: Tab) -> None:
    formulas = "So \\(E = m c^2\\), and $$\\frac{a_1}{b} = 2$$ at $5 and $10 a piece."
    answer = answered(tab, f"Repeat: {ENERGY} {formulas}")
    expect(answer.locator(".katex")).to_have_count(2)
    expect(answer.locator(".katex-display")).to_have_count(1)
    assert answer.locator("annotation").all_text_contents() == ["E = m c^2", "\\frac{a_1}{b} = 2"]
    expect(answer).to_contain_text("at $5 and $10 a piece.")
    assert tab.hosts == {"127.0.0.1"}


def test_a_hostile_formula_neither_acts_nor_covers_the_page(tab: Tab) -> None:
    hostile = (
        "\\(a = \\href{http://evil.example}{b} \\includegraphics{http://evil.example/x.png} \\rule{90em}{900em}\\) and "
        "\\(<img src=x onerror=\"document.title='owned'\"> = x\\) and \\(\\frac{ = x\\)."
    )
    answer = answered(tab, f"Repeat: {ENERGY} {hostile}")
    expect(answer.locator(".katex, .katex-error").first).to_be_attached()
    assert answer.locator("a, img").count() == 0
    assert tab.page.title() == "Citewell"
    assert tab.hosts == {"127.0.0.1"}
    for drawn in answer.locator(".katex").all():
        box = box_of(drawn)
        assert box["width"] <= 800
        assert box["height"] <= 0.6 * 900 + 1


@pytest.mark.parametrize("width", [320, 1400])
def test_what_is_wide_scrolls_in_its_own_box(tab: Tab, width: int) -> None:
    tab.page.set_viewport_size({"width": width, "height": 800})
    answer = answered(tab, "What is the energy?")
    table = answer.locator("table").first
    expect(table).to_be_visible()
    expect(answer.locator(".katex-display")).to_be_visible()
    assert table.evaluate("(each) => each.scrollWidth > each.clientWidth && each.tabIndex === 0")
    for selector in ("table", "pre", ".katex-display"):
        box = box_of(answer.locator(selector).first)
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    pages = ("document.documentElement", "document.querySelector('#cw-chat .bubble-wrap')")
    for page in pages:
        assert tab.page.evaluate(f"{page}.scrollWidth - {page}.clientWidth") <= 0


def test_a_copied_formula_is_the_text_it_was_written_as(tab: Tab) -> None:
    answer = answered(tab, f"Repeat: {ENERGY} So \\(E = m c^2\\).")
    expect(answer.locator(".katex")).to_have_count(1)
    tab.page.get_by_role("button", name="Copy message").last.click()
    clipboard(tab, "So \\(E = m c^2\\).")


def test_code_is_copied_by_a_button_that_the_keyboard_reaches(tab: Tab) -> None:
    answer = answered(tab, "What is the energy?")
    button = answer.get_by_role("button", name="Copy the code")
    before = box_of(answer.locator("pre"))
    answer.locator("pre code").evaluate("(code) => code.scrollTo(500, 0)")
    at = box_of(button)
    assert before["x"] < at["x"]
    assert at["x"] + at["width"] <= before["x"] + before["width"]
    button.press("Enter")
    expect(tab.page.locator(".cw-toast")).to_have_text("Copied.")
    assert tab.page.evaluate("navigator.clipboard.readText()").strip() == CODE
    tab.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    tab.page.evaluate("document.addEventListener('copy', () => (window.copied = String(document.activeElement.value)))")
    answer.locator("pre .cw-copy").press("Enter")
    tab.page.wait_for_function("window.copied")
    assert tab.page.evaluate("window.copied").strip() == CODE
    expect(answer.locator("pre .cw-copy")).to_be_focused()


def scrolls_inside(table: Locator, width: int) -> bool:
    """Return whether a table scrolls in a box that ends within the window; its cells are wide enough and have lines."""
    box = box_of(table)
    cells = table.evaluate("(each) => [...each.rows[1].cells].map((cell) => cell.getBoundingClientRect().width)")
    line = table.locator("td").first.evaluate("(cell) => getComputedStyle(cell).borderBottomStyle")
    assert line == "solid"
    assert min(cells) >= 48
    assert (
        table.evaluate("(each) => each.rows[0].getBoundingClientRect().left - each.getBoundingClientRect().left") <= 1
    )
    return bool(table.evaluate("(each) => each.scrollWidth > each.clientWidth")) and box["x"] + box["width"] <= width


WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("width", [320, 1400])
def test_a_wide_table_scrolls_inside_of_a_guide(tab: Tab, width: int) -> None:
    overview = inert_html(inert_markdown(f"{TABLE}\n\n```\n{CODE}\n```"))
    guide = {"document": "energy.md", "extent": "", "facts": {}, "overview": overview, "begin": False, "questions": []}
    tab.page.route("**/citewell/guide/*", lambda route: route.fulfill(json=guide))
    tab.page.set_viewport_size({"width": width, "height": 800})
    if width < 900:
        tab.page.locator(".cw-switch [data-pane=sources]").click()
    tab.page.locator("#cw-documents button.cw-doc").first.click()
    table = tab.page.locator("#cw-guide .cw-guide-text table")
    assert scrolls_inside(table, width)
    assert table.evaluate("(each) => each.tabIndex") == 0
    expect(tab.page.locator("#cw-guide").get_by_role("button", name="Copy the code")).to_be_visible()
    assert serious_violations(tab) == []
    assert tab.page.evaluate(WIDER) <= 0


@pytest.mark.parametrize("width", [320, 1400])
def test_a_wide_table_scrolls_inside_of_a_note(tab: Tab, width: int) -> None:
    tab.page.set_viewport_size({"width": width, "height": 800})
    if width < 900:
        tab.page.locator(".cw-switch [data-pane=sources]").click()
    pane(tab, "Notes")
    tab.page.locator(".cw-note-bar [data-do=new]").click()
    dialog = tab.page.locator(".cw-note-dialog")
    dialog.get_by_label("Title").fill(f"Wide at {width}")
    dialog.locator("textarea").fill(TABLE)
    dialog.locator(".cw-primary").click()
    tab.page.locator(".cw-notes summary", has_text=f"Wide at {width}").click()
    assert scrolls_inside(tab.page.locator(".cw-notes .cw-own:visible table"), width)
    assert tab.page.evaluate(WIDER) <= 0


@pytest.mark.parametrize("width", [320, 1400])
def test_a_wide_table_scrolls_inside_of_exports_and_shared_pages(browser: Browser, width: int) -> None:
    row = " | ".join(["Birch", *(f"Column {at}: {at},000" for at in range(1, COLUMNS))])
    sentence = ANSWER.sentences[0]
    quoted = replace(sentence, citations=(replace(sentence.citations[0], quote=row),), missing=("20",))
    told = exchange(1, text=f"{ANSWER.text}\n\n{TABLE}", sentences=(quoted, *ANSWER.sentences[1:]))
    for html in (shared_page(TALK, [told], no_image), export("html", TALK, [told], "0.1.0")):
        page = Tab(browser.new_page(viewport={"width": width, "height": 800}))
        page.page.set_content(html)
        expect(page.page.locator("s.cw-lacking")).to_have_css("text-decoration-line", "line-through")
        expect(page.page.locator("span.cw-lacking")).to_have_css("text-decoration-style", "wavy")
        assert page.page.evaluate(WIDER) <= 0
        tables = page.page.locator("table[tabindex]")
        expect(tables).to_have_count(2)
        assert all(scrolls_inside(each, width) for each in tables.all())
        assert serious_violations(page) == []
        if width > 1000:  # on paper nothing scrolls
            page.page.emulate_media(media="print")
            assert page.page.evaluate(WIDER) <= 0
            assert all(each.evaluate("(each) => each.offsetWidth") <= 46 * 16 for each in tables.all())
        page.page.close()
