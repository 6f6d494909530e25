"""What a source is: shown, corrected by keyboard, and filtered by."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfWriter

from tests.browser.conftest import Serve
from tests.support.browser_tab import Tab, serious_violations
from tests.support.documents.pdfs import write_pdf

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RECEIPT = "# Restaurant receipt form\n\nTwo coffees, please."
REPORT = "# Annual report 2019\n\nThe year was good."

GERMAN = "# Jahresbericht 2019\n\nDas Jahr war gut, und die Mitglieder waren mit der Arbeit des Vereins sehr zufrieden."


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve("The year was good.", {})


def test_a_source_says_what_it_is_and_can_be_corrected_and_filtered_by(tab: Tab) -> None:
    tab.upload_texts({"one.md": REPORT, "two.md": RECEIPT})
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
    tab.answer("Repeat: Two coffees, please.")
    expect(tab.page.locator("#cw-quotes")).not_to_contain_text("two.md")
    tab.page.get_by_label("Year", exact=True).select_option("")
    expect(rows).to_have_count(2)

    tab.page.get_by_role("button", name="What two.md is").click()
    dialog.get_by_role("button", name="As found").click()
    expect(rows.filter(has_text="two.md")).to_contain_text("Restaurant receipt form")


def half_scanned(path: Path) -> Path:
    """Write a PDF of one page with words and one that is a picture."""
    whole = PdfWriter(clone_from=write_pdf(path, ["The hall has 300 seats, and the members of the club like it."]))
    picture = path.with_name("picture.pdf")
    Image.linear_gradient("L").save(picture)
    whole.append(picture)
    whole.write(path)
    return path


def test_a_kind_and_a_language_narrow_what_is_asked_and_a_state_only_the_list(tab: Tab, tmp_path: Path) -> None:
    tab.upload_texts({"receipt.md": f"{RECEIPT} Thank you.", "year.md": f"{REPORT} Very.", "jahr.md": GERMAN})
    tab.upload(half_scanned(tmp_path / "scan.pdf"))
    page = tab.page
    everything = page.locator("#cw-documents .cw-doc").count()
    for facet, choice, listed, others in (
        ("Kind", "form", "receipt.md", "year.md"),
        ("Language", "German", "jahr.md", "year.md"),
        ("State", "Needs attention", "scan.pdf", "jahr.md"),
    ):
        select = page.get_by_role("group", name="Filter").get_by_label(facet, exact=True)
        select.select_option(label=choice)
        names = page.locator("#cw-documents .cw-doc")
        expect(names.filter(has_text=listed)).to_have_count(1)
        expect(names.filter(has_text=others)).to_have_count(0)
        if facet == "State":
            expect(page.locator("#cw-scope")).to_have_text(f"{everything} sources")
        else:
            expect(page.locator("#cw-scope")).to_have_text(f"{names.count()} of {everything} sources")
        select.select_option("")
        expect(names).to_have_count(everything)


def test_a_date_that_is_none_is_refused_in_words(tab: Tab) -> None:
    tab.upload_texts({"three.md": REPORT + "\n"})
    tab.page.get_by_role("button", name="What three.md is").click()
    dialog = tab.page.locator("#cw-facts-dialog")
    dialog.locator("input[name=date]").fill("January 1, 9999")
    dialog.get_by_role("button", name="Save").click()
    expect(tab.page.locator("#cw-progress")).to_contain_text("is no date. Write it as 2019-02-28")
