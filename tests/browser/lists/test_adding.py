"""Sources are added: addresses pasted, files sent a few at a time, their progress, and calling them back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.ingest.web.site_server import Site, page
from tests.support.browser_tab import Tab

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


def write(folder: Path, number: int) -> list[Path]:
    paths = [folder / f"note-{each}.txt" for each in range(number)]
    for path in paths:
        path.write_text(f"This is {path.name}.")
    return paths


def test_three_files_are_sent_at_once_and_one_or_all_are_called_back(tab: Tab, tmp_path: Path) -> None:
    held: list[Route] = []
    tab.page.route("**/citewell/uploads?*", lambda route: held.append(route))
    tab.page.locator("#cw-upload input[type=file]").set_input_files(write(tmp_path, 6))
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
