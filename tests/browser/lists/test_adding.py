"""Sources are added: addresses pasted, files sent a few at a time, their progress, and calling them back."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Route, expect

from tests.ingest.web.site_server import Site, page
from tests.support.browser_tab import Tab, text_files

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASTE = """([target, text]) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', text);
  const paste = new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true});
  document.querySelector(target).dispatchEvent(paste);
  return paste.defaultPrevented;
}"""


@pytest.fixture(autouse=True)
def let_go(tab: Tab) -> Iterator[None]:
    yield
    tab.page.unroute_all()


def paste(tab: Tab, target: str, text: str) -> bool:
    taken: bool = tab.page.evaluate(PASTE, [target, text])
    return taken


@pytest.mark.parametrize("target", ["#cw-sources section", "#cw-address-field"])
def test_addresses_that_are_pasted_are_taken_in_one_by_one_and_other_lines_are_named(
    tab: Tab, site: Site, target: str
) -> None:
    pages = [site.add(f"/{each}{len(target)}", page(f"The birch is {each}.")) for each in ("white", "tall")]
    missing = site.add(f"/missing{len(target)}", b"no", 404)
    expect(tab.page.get_by_label("Address of a web page")).to_be_enabled()
    assert paste(tab, target, f"{pages[0]}\n\n see {pages[1]}\nbuy <b>milk</b>\n{missing}\n{pages[0]}")
    failed = tab.page.locator("#cw-progress .cw-failed")
    expect(failed.filter(has_text="buy <b>milk</b>")).to_contain_text("it is no address of a web page")
    expect(failed.filter(has_text="/missing")).to_contain_text("there is no such page")
    expect(tab.page.locator("#cw-progress .cw-ready")).to_have_count(2)
    expect(tab.page.locator(".cw-tray summary")).to_have_text("2 need attention")
    tab.page.get_by_role("button", name="Clear this list").click()
    expect(tab.page.locator("#cw-progress li")).to_have_count(0)


def test_what_is_pasted_into_another_field_stays_there(tab: Tab) -> None:
    expect(tab.page.get_by_label("Address of a web page")).to_be_enabled()
    assert not paste(tab, "#cw-folder-field", "https://example.org/")
    assert not paste(tab, "#cw-question textarea", "https://example.org/")
    assert not paste(tab, "#cw-address-field", "https://example.org/")
    expect(tab.page.locator("#cw-progress li")).to_have_count(0)


def notes(number: int) -> list[FilePayload]:
    return text_files({f"note-{each}.txt": f"This is note {each}." for each in range(number)})


def test_three_files_are_sent_at_once_and_one_or_all_are_called_back(tab: Tab) -> None:
    held: list[Route] = []
    tab.page.route("**/citewell/uploads?*", lambda route: held.append(route))
    tab.page.locator("#cw-upload input[type=file]").set_input_files(notes(6))
    on_their_way = tab.page.locator("#cw-progress li", has_text="sending")
    expect(on_their_way).to_have_count(3)
    expect(tab.page.locator("#cw-progress li", has_text="waiting to be sent")).to_have_count(3)
    held.pop(0).continue_()
    expect(on_their_way.filter(has_text="note-3.txt")).to_have_count(1)
    expect(tab.page.locator("#cw-progress .cw-ready", has_text="note-0.txt")).to_be_visible()
    tab.page.get_by_role("button", name="Cancel note-1.txt").click()
    failed = tab.page.locator("#cw-progress .cw-failed")
    expect(failed).to_have_text(["note-1.txt ✕ it was cancelled"])
    tab.page.get_by_role("button", name="Cancel all").click()
    expect(failed).to_have_count(5)
    expect(tab.page.locator("#cw-progress .cw-overall")).to_contain_text("1 ready, 5 failed, 0 to go")
    expect(tab.page.locator("#cw-documents .cw-doc", has_text="note-")).to_have_text(["note-0.txt"])


def let_poll(tab: Tab) -> None:
    """Have the list asked for and drawn again: what is drawn is drawn before the next one is asked for."""
    for _ in range(2):
        with tab.page.expect_response("**/citewell/sources?known=*"):
            pass


def test_a_poll_leaves_the_list_scrolled_focused_selected_and_half_clicked(tab: Tab) -> None:
    tab.upload_texts({"empty.txt": ""})
    tab.page.route("**/citewell/uploads?*", lambda _: None)  # none of them comes there
    tab.page.locator("#cw-upload input[type=file]").set_input_files(notes(30))
    cancel = tab.page.get_by_role("button", name="Cancel note-29.txt")
    cancel.focus()
    tab.page.locator("#cw-progress .cw-failed > span").select_text()
    state = """() => [document.querySelector('#cw-progress > .cw-uploads').scrollTop,
                      document.activeElement.ariaLabel, getSelection().toString()]"""
    before = tab.page.evaluate(state)
    assert before[0] > 100
    assert before[1] == "Cancel note-29.txt"
    assert "✕" in before[2]
    let_poll(tab)
    assert tab.page.evaluate(state) == before
    cancel.hover()
    tab.page.mouse.down()
    let_poll(tab)
    tab.page.mouse.up()
    expect(tab.page.locator("#cw-progress .cw-failed").filter(has_text="it was cancelled")).to_have_count(1)
    expect(tab.page.get_by_role("list", name="Files coming in")).to_be_focused()  # Enter cancels no other one


def test_a_file_on_its_way_says_how_much_of_it_is_there(tab: Tab) -> None:
    large = text_files({"large.txt": "The birch is white. " * 45_000})
    network = tab.page.context.new_cdp_session(tab.page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 10_000}  # 90 s
    network.send("Network.emulateNetworkConditions", slow)
    tab.page.locator("#cw-upload input[type=file]").set_input_files(large)
    row = tab.page.locator("#cw-progress li", has_text="large.txt")
    expect(row).to_contain_text(re.compile(r"sending, [1-9]\d?%"))
    tab.page.get_by_role("button", name="Cancel large.txt").click()
    expect(row).to_contain_text("it was cancelled")
    network.detach()


def test_the_progress_of_all_only_grows(tab: Tab) -> None:
    tab.page.evaluate(
        """() => { window.seen = []; new MutationObserver(() => {
             const bar = document.querySelector('#cw-progress > progress');
             if (bar) window.seen.push(bar.value);
           }).observe(document.querySelector('#cw-progress'), {subtree: true, childList: true, attributes: true}); }"""
    )
    chooser = tab.page.locator("#cw-upload input[type=file]")
    files = notes(17)
    chooser.set_input_files(files[:5])
    chooser.set_input_files(files[5:])
    expect(tab.page.locator("#cw-progress .cw-overall")).to_contain_text("17 ready, 0 failed, 0 to go")
    shares = tab.page.evaluate("window.seen")
    assert shares
    assert shares == sorted(shares)


def test_a_name_of_three_hundred_characters_is_taken_in_or_refused_in_words(tab: Tab) -> None:
    files = text_files({f"{'x' * 296}.txt": "The birch is white."})
    tab.page.locator("#cw-upload input[type=file]").set_input_files(files)
    ended = tab.page.locator("#cw-progress :is(.cw-ready, .cw-failed)").filter(has_text="x" * 200)
    expect(ended).to_be_visible()
    expect(ended).not_to_contain_text("status 5")
    assert tab.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
