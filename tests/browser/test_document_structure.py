"""A document shows what it is made of: its contents, its tables as tables, and the cited cells marked."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.support.app_process import scripted
from tests.support.browser_tab import WAIT_MS, Tab

pytestmark = pytest.mark.browser

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


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("structure")
    (folder / "report.md").write_text(REPORT)
    (folder / "plain.md").write_text("Nothing but one sentence.")
    with scripted(
        folder, "The oak will grow by 40 metres. <b>We sell trees.</b>", folder / "report.md", folder / "plain.md"
    ) as url:
        yield url


def test_a_quoted_row_stands_below_its_heads_and_its_cells_are_marked_in_the_text(tab: Tab) -> None:
    tab.ask("Repeat: Birch sold 1,200 in 2018.")
    tab.expect_idle()
    card = tab.page.locator("#cw-quotes .cw-card").filter(has=tab.page.locator("table")).first
    expect(card.locator("th")).to_have_text(["Segment", "2018", "2017"])
    expect(card.locator("td")).to_have_text(["Birch", "1,200", "900"])
    card.locator(".cw-open").click()
    table = tab.page.locator("#cw-viewer .cw-rows")
    expect(table.locator("tr")).to_have_count(3, timeout=WAIT_MS)
    expect(table.locator("td:has(mark)")).to_have_text(["Birch", "1,200", "900"])
    assert tab.errors == []


def test_the_contents_list_headings_and_tables_and_open_them(tab: Tab) -> None:
    tab.page.locator("#cw-documents button.cw-doc", has_text="report.md").click()
    tab.page.locator("#cw-viewer [data-do=contents]").click()
    entries = tab.page.locator("#cw-contents li button")
    expect(entries).to_have_text(["Annual report", "1. Results", "Table 1. Net sales (in millions)", "2. Outlook"])
    entries.filter(has_text="Outlook").click()
    expect(tab.page.locator("#cw-viewer .cw-heading mark")).to_have_text("2. Outlook")
    assert tab.errors == []


def test_a_document_without_headings_offers_no_contents(tab: Tab) -> None:
    tab.page.locator("#cw-documents button.cw-doc", has_text="plain.md").click()
    expect(tab.page.locator("#cw-viewer .cw-text")).to_have_text("Nothing but one sentence.")
    expect(tab.page.locator("#cw-viewer [data-do=contents]")).to_be_hidden()


def test_the_overview_of_a_document_stands_above_its_contents_once_it_was_asked_for(tab: Tab) -> None:
    tab.ask("Summarise the annual report.")
    tab.expect_idle()
    tab.page.locator("#cw-documents button.cw-doc", has_text="report.md").click()
    tab.page.locator("#cw-viewer [data-do=contents]").click()
    overview = tab.page.locator("#cw-contents .cw-overview")
    expect(overview).to_contain_text("The oak will grow by 40 metres.")
    expect(overview).to_contain_text("Overview made on")
    assert tab.errors == []
