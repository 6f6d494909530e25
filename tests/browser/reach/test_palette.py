"""The palette and the keys: found by a few letters, reached by keyboard, and silent while somebody types."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ask
from tests.support.browser_tab import Tab, new_tab, serious_violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def leave_the_box(page: Page) -> None:
    expect(page.locator("body[data-keys]")).to_be_attached()  # keys are listened for
    page.evaluate("document.activeElement.blur()")


def test_a_few_letters_lead_to_what_the_page_and_the_library_have(tab: Tab) -> None:
    page = tab.page
    ask(tab, "What is the entry fee?", 1)
    page.get_by_role("button", name="New conversation").click()
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Find anything")
    field = palette.get_by_role("combobox")
    expect(field).to_be_focused()
    options = palette.get_by_role("option")
    expect(options.filter(has_text="New note")).to_have_count(1)
    assert serious_violations(tab) == []

    page.keyboard.type("fees.p")
    expect(options).to_have_text(["fees.pdfSource"])
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()

    page.keyboard.press("Control+k")
    page.keyboard.type("passages")
    expect(options).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Passages that the model reads")).to_be_focused()

    page.keyboard.press("Control+k")
    page.keyboard.type("top-k")  # ruled out by the kind of answer, so that is where it leads
    expect(options).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#cw-left input[name=kind]:checked")).to_be_focused()

    page.keyboard.press("Control+k")
    page.keyboard.type("entry fee")
    expect(options.filter(has_text="Conversation")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#cw-chat .cw-chip")).to_have_count(1)


def test_arrows_go_round_and_the_marked_one_is_told(tab: Tab) -> None:
    page = tab.page
    leave_the_box(page)
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Find anything")
    expect(field).to_have_attribute("aria-activedescendant", "cw-found-0")
    page.keyboard.press("ArrowUp")
    last = page.get_by_role("option").count() - 1
    expect(field).to_have_attribute("aria-activedescendant", f"cw-found-{last}")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    page.keyboard.type("no such thing at all")
    expect(page.locator("#cw-palette [role=status]")).to_have_text("Nothing found.")
    page.keyboard.press("Enter")
    expect(field).to_be_visible()


def test_single_keys_act_outside_fields_only_and_can_be_switched_off(tab: Tab) -> None:
    page = tab.page
    box = page.locator("#cw-question textarea")
    box.fill("Why")
    box.press("?")
    box.press("/")
    expect(box).to_have_value("Why?/")
    leave_the_box(page)
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("Why?/")
    leave_the_box(page)
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Help").get_by_label("Use / and ? as shortcuts").uncheck()
    page.keyboard.press("Escape")
    leave_the_box(page)
    page.keyboard.press("/")
    expect(box).not_to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Find anything")).to_be_focused()


def test_the_help_is_there_without_a_network(tab: Tab) -> None:
    page = tab.page
    page.locator("#cw-help-open").click()
    help_ = page.get_by_role("dialog", name="Help")
    expect(help_.get_by_role("row")).to_have_count(21)
    expect(help_.get_by_role("link")).to_have_count(0)
    assert serious_violations(tab) == []
    help_.get_by_role("button", name="Close the help").click()
    expect(help_).to_be_hidden()

    page.context.set_offline(True)
    page.wait_for_function("!navigator.onLine")
    asked = len(tab.urls)
    leave_the_box(page)
    page.keyboard.press("?")  # Gradio may say that the server is away, over the button
    expect(help_.get_by_role("row")).to_have_count(21)
    assert [url for url in tab.urls[asked:] if "/gradio_api/" not in url] == []  # Gradio looks for its server
    page.keyboard.press("Escape")
    expect(help_).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), [(700, 450), (350, 225)])
def test_at_200_and_400_per_cent_palette_and_help_fit(browser: Browser, address: str, width: int, height: int) -> None:
    tab = new_tab(browser, address, width=width, height=height)
    tab.page.emulate_media(forced_colors="active")
    for key, name in (("Control+k", "Find anything"), ("?", "Help")):
        leave_the_box(tab.page)
        tab.page.keyboard.press(key)
        dialog = tab.page.get_by_role("dialog", name=name)
        expect(dialog).to_be_in_viewport(ratio=0.9)
        assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert dialog.evaluate("(each) => each.scrollWidth <= each.clientWidth")
        tab.page.keyboard.press("Escape")
