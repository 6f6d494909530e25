"""A conversation is shared in the dialog, read by the user it is shared with, and by whoever has its link.

The dialog, that page, and the pages of sign-in and administration can be read and used by everybody, on a phone too.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.people.conftest import SECRET, sign_in
from tests.conftest import GOOD_PASSWORD
from tests.support.browser_tab import Tab, serious_violations
from tests.support.documents.pdfs import write_pdf

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def copy_link(tab: Tab, link: str) -> None:
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.page.get_by_role("dialog").get_by_role("button", name="Copy the link").press("Enter")
    expect(tab.page.get_by_role("dialog").get_by_role("button", name="Copied.")).to_be_focused()
    assert tab.page.evaluate("navigator.clipboard.readText()") == link


def expect_within_reach(page: Page, within: str | None = None) -> None:
    """Expect nothing serious of axe, light and dark, and nothing beside a window of 320 points."""
    for width in (1400, 320):
        page.set_viewport_size({"width": width, "height": 900})
        for theme in ("light", "dark"):
            # Without motion: a colour on its way from one theme to the other is neither's.
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            assert serious_violations(page, within) == [], (width, theme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1400, "height": 900})


def test_sign_in_and_administration_are_within_reach_and_in_the_theme_of_the_app(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    page.goto(f"{address}/login")
    expect_within_reach(page)
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill("not the right one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("ann")
    expect_within_reach(page)
    page.request.post(f"{address}/login", form={"name": "ann", "password": GOOD_PASSWORD})
    page.context.add_cookies([{"name": "citewell-theme", "value": "dark", "url": address}])
    for path in ("admin", "admin/remove?name=bob"):
        page.goto(f"{address}/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect_within_reach(page)
        page.emulate_media(color_scheme="light")
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def share_with(dialog: Locator, name: str) -> None:
    dialog.get_by_label("Name of a user").fill(name)
    dialog.get_by_role("button", name="Share", exact=True).click()


def test_a_conversation_is_shared_by_name_and_by_link_and_withdrawn(
    browser: Browser, browsers: dict[str, BrowserContext], address: str, tmp_path: Path
) -> None:
    ann, bob = (sign_in(browsers[name], address, name) for name in ("ann", "bob"))
    ann.upload(write_pdf(tmp_path / "secret.pdf", ["Contents", SECRET]))
    ann.answer("What is the code word?")
    ann.page.get_by_role("tab", name="Chats").click()
    ann.page.get_by_role("button", name="Share What is the code word?").click()
    dialog = ann.page.get_by_role("dialog")
    share_with(dialog, "zoe")
    expect(dialog.get_by_role("alert")).to_contain_text("There is no user 'zoe'")
    share_with(dialog, "bob")
    expect(dialog.get_by_role("list")).to_contain_text("bob")
    dialog.get_by_role("button", name="Make a link").click()
    expect(dialog.get_by_role("status")).to_contain_text("/shared/")
    link = dialog.get_by_role("status").locator("code").inner_text()
    copy_link(ann, link)

    stranger = browser.new_context().new_page()
    stranger.goto(link)
    expect(stranger.get_by_role("main")).to_contain_text("xylophone")
    expect(stranger.locator("figure img")).to_have_count(1)
    expect_within_reach(stranger)
    expect_within_reach(ann.page, ".cw-share-dialog")
    bob.page.reload()
    bob.page.get_by_role("tab", name="Chats").click()
    with bob.page.context.expect_page() as opened:
        bob.page.get_by_role("group", name="Shared with you").get_by_role("link").click()
    expect(opened.value.get_by_role("main")).to_contain_text("xylophone")

    for each in ("Withdraw this link", "Withdraw from bob"):
        dialog.get_by_role("button", name=each).click()
    expect(dialog.get_by_role("list")).to_contain_text("With nobody yet.")
    for page in (stranger, opened.value):
        page.reload()
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.get_by_text("xylophone")).to_have_count(0)
    assert ann.errors == bob.errors == []
