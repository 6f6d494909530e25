"""Two sources side by side: a page stays beside while another source is opened, and each is turned by itself."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import FEE, ask
from tests.support.browser_tab import Tab, serious_violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CLOSES = "The garden closes at six."


def test_a_page_stays_beside_what_the_answer_cites_elsewhere_and_each_is_turned_by_itself(
    tab: Tab, tmp_path: Path
) -> None:
    (tmp_path / "garden.md").write_text(f"# Garden\n\n{CLOSES}\n")
    tab.upload(tmp_path / "garden.md")
    ask(tab, f"Repeat: {FEE} {CLOSES}", 2)
    viewer, beside = tab.page.locator("#cw-viewer"), tab.page.locator("#cw-beside")
    tab.page.locator("#cw-chat .cw-chip").first.click()
    expect(viewer.locator(".cw-viewer-title")).to_have_text("fees.pdf · 2 of 2")
    tab.page.get_by_role("button", name="Open beside").click()
    expect(beside.locator("h2")).to_have_text("fees.pdf · 2 of 2")
    expect(viewer.locator(".cw-viewer-title")).to_have_text("garden.md")
    expect(beside.locator(".cw-box").first).to_be_visible()
    expect(beside.locator(".cw-layer")).to_contain_text(FEE)
    expect(viewer.locator("mark")).to_have_text(CLOSES)
    beside.get_by_role("button", name="Previous page").click()
    expect(beside.locator("h2")).to_have_text("fees.pdf · 1 of 2")
    expect(viewer.locator(".cw-viewer-title")).to_have_text("garden.md")
    assert serious_violations(tab) == []
    beside.get_by_role("button", name="Close the source beside").click()
    expect(beside).to_be_hidden()
    expect(viewer.locator(".cw-page")).to_be_focused()
    assert tab.errors == []
