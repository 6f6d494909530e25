"""Formulas, wide tables and code are drawn in answers, on the narrowest screens too."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Serve
from tests.support.browser_tab import Tab

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
    tab.ask(question)
    tab.expect_idle()
    answer = tab.page.locator("#cw-chat .bot").last
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
    assert tab.errors == []


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
        box = drawn.bounding_box()
        assert box
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
        box = answer.locator(selector).first.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    pages = ("document.documentElement", "document.querySelector('#cw-chat .bubble-wrap')")
    for page in pages:
        assert tab.page.evaluate(f"{page}.scrollWidth - {page}.clientWidth") <= 0
