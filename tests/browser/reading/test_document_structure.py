"""A document shows what it is made of: its contents, its tables as tables, and the cited cells marked."""

import pytest
from playwright.sync_api import expect

from tests.browser.answers.test_formats import WIDER, scrolls_inside
from tests.browser.conftest import Serve, open_document
from tests.support.browser_tab import Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REPORT = """# Annual report

We sell trees.

## 1. Results

Table 1. Net sales (in millions)

| Segment | 2018 | 2017 |
|---|---|---|
| Oak | 32,765 | 31,657 |
| Birch | 1,200 | 900 |

## 2. Outlook

The oak will grow by 40 metres.
"""

COLUMNS = 40

WIDE = "\n".join(
    f"| {' | '.join(cells)} |"
    for cells in (
        ["Tree", *(f"Plot {at}" for at in range(1, COLUMNS))],
        ["---"] * COLUMNS,
        ["Maple", *(f"{7000 + at:,}" for at in range(1, COLUMNS))],
        ["Willow", *(f"{8000 + at:,}" for at in range(1, COLUMNS))],
    )
)


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    texts = {"report.md": REPORT, "plain.md": "Nothing but one sentence.", "wide.md": f"# Plots\n\n{WIDE}\n"}
    return serve("The oak will grow by 40 metres. <b>We sell trees.</b>", texts)


def test_a_quoted_row_stands_below_its_heads_and_its_cells_are_marked_in_the_text(tab: Tab) -> None:
    tab.answer("Repeat: Birch sold 1,200 in 2018.")
    card = tab.page.locator("#cw-quotes .cw-card").filter(has=tab.page.locator("table")).first
    expect(card.locator("th")).to_have_text(["Segment", "2018", "2017"])
    expect(card.locator("td")).to_have_text(["Birch", "1,200", "900"])
    expect(card.locator("td:has(mark)")).to_have_text(["1,200"])
    card.locator(".cw-open").click()
    table = tab.page.locator("#cw-viewer .cw-rows")
    expect(table.locator("tr")).to_have_count(3)
    expect(table.locator("td:has(mark)")).to_have_text(["Birch", "1,200", "900"])
    expect(table.locator("td:has(.cw-cell)")).to_have_text(["1,200"])
    cited = table.locator("td:has(mark)").nth(1)
    expect(cited).to_have_css("outline-style", "solid")
    expect(cited.locator("mark")).to_have_css("font-weight", "600")
    expect(table.locator("td:has(mark)").nth(2)).to_have_css("outline-style", "none")


@pytest.mark.parametrize("width", [320, 1400])
def test_a_quoted_row_of_many_columns_scrolls_in_its_card_and_in_the_text(tab: Tab, width: int) -> None:
    tab.page.set_viewport_size({"width": width, "height": 800})
    tab.answer("Repeat: Plot 39 of the maple has 7,039.").locator(".cw-chip").first.click()
    text = tab.page.locator("#cw-viewer .cw-rows")
    expect(text.locator("td:has(.cw-cell)")).to_have_text("7,039")
    assert scrolls_inside(text, width)
    tab.page.keyboard.press("Escape")
    if width < 900:
        tab.page.locator(".cw-switch [data-pane=page]").click()
    card = tab.page.locator("#cw-quotes .cw-rows").first
    expect(card.locator("td:has(mark)")).to_have_text("7,039")
    assert scrolls_inside(card, width)
    assert tab.page.evaluate(WIDER) <= 0


def test_the_contents_list_headings_and_tables_and_open_them(tab: Tab) -> None:
    open_document(tab, "report.md")
    tab.page.locator("#cw-viewer [data-do=contents]").click()
    entries = tab.page.locator("#cw-contents li button")
    expect(entries).to_have_text(["Annual report", "1. Results", "Table 1. Net sales (in millions)", "2. Outlook"])
    entries.filter(has_text="Outlook").click()
    expect(tab.page.locator("#cw-viewer .cw-heading mark")).to_have_text("2. Outlook")


def test_the_contents_are_there_after_another_document_was_added(tab: Tab) -> None:
    open_document(tab, "report.md")
    expect(tab.page.locator("#cw-viewer [data-do=contents]")).to_be_visible()
    tab.upload_texts({"later.md": "The yew is a poisonous tree."})
    expect(tab.page.locator("#cw-documents button.cw-doc", has_text="later.md")).to_be_visible()
    tab.page.locator("#cw-viewer [data-do=contents]").click()
    expect(tab.page.locator("#cw-contents li button").first).to_have_text("Annual report")


def test_a_document_without_headings_offers_no_contents(tab: Tab) -> None:
    open_document(tab, "plain.md")
    expect(tab.page.locator("#cw-viewer .cw-text")).to_have_text("Nothing but one sentence.")
    expect(tab.page.locator("#cw-viewer [data-do=contents]")).to_be_hidden()
