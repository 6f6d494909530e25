"""What a source is: shown, corrected by keyboard, and filtered by."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Serve
from tests.support.browser_tab import Tab, serious_violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RECEIPT = "# Restaurant receipt form\n\nTwo coffees, please."
REPORT = "# Annual report 2019\n\nThe year was good."


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve("The year was good.", {})


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text)
    return folder / name


def test_a_source_says_what_it_is_and_can_be_corrected_and_filtered_by(tab: Tab, tmp_path: Path) -> None:
    tab.upload(write(tmp_path, "one.md", REPORT), write(tmp_path, "two.md", RECEIPT))
    rows = tab.page.locator("#cw-documents li")
    expect(rows.filter(has_text="one.md")).to_contain_text("Annual report 2019")

    tab.page.get_by_role("button", name="What two.md is").click()
    dialog = tab.page.locator("#cw-facts-dialog")
    assert dialog.locator("input[name=period]").get_attribute("placeholder") == "such as 2018, or Q2 2019"
    expect(dialog.locator("input[name=kind]")).to_have_value("form")
    assert serious_violations(tab) == []
    dialog.locator("input[name=title]").fill("إيصال المطعم")
    dialog.locator("input[name=period]").fill("2020")
    dialog.locator("input[name=period]").press("Enter")  # saves: the first submit button is Save
    expect(rows.filter(has_text="two.md")).to_contain_text("إيصال المطعم · 2020")

    tab.page.get_by_label("Year", exact=True).select_option("2019")
    expect(rows).to_have_count(1)
    expect(tab.page.locator("#cw-documents .cw-all")).to_contain_text("1 of 1 asked")
    tab.ask("Repeat: Two coffees, please.")
    tab.expect_idle()
    expect(tab.page.locator("#cw-quotes")).not_to_contain_text("two.md")
    tab.page.get_by_label("Year", exact=True).select_option("")
    expect(rows).to_have_count(2)

    tab.page.get_by_role("button", name="What two.md is").click()
    dialog.get_by_role("button", name="As found").click()
    expect(rows.filter(has_text="two.md")).to_contain_text("Restaurant receipt form")
    assert tab.errors == []
