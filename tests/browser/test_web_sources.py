"""Web pages and folders in the sources pane: added, refreshed, followed, and refused in words."""

from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.ingest.web.site_server import Site, page
from tests.support.browser_tab import Tab, box_of, serious_violations
from tests.support.documents.pdfs import write_pdf

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def add_page(tab: Tab, address: str) -> None:
    field = tab.page.get_by_label("Address of a web page")
    expect(field).to_be_enabled()
    field.fill(address)
    field.press("Enter")


def test_a_web_page_is_added_linked_and_refreshed(tab: Tab, site: Site) -> None:
    guide = site.add("/guide", page("The birch is white."))
    add_page(tab, guide)
    listed = tab.page.locator("#cw-documents li").filter(has_text="/guide")
    expect(listed).to_have_count(1)
    link = listed.get_by_role("link", name="on the web")
    expect(link).to_have_attribute("href", guide)
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    site.add("/guide", page("The birch is black."))
    listed.get_by_role("button", name="Refresh").click()
    expect(tab.page.locator("#cw-progress .cw-ready").filter(has_text="replaces the earlier version")).to_be_visible()
    # The pointer is in the row, and what can be done with it lies over the end of the name: its beginning is free.
    listed.locator(".cw-doc").click(position={"x": 8, "y": 8})
    tab.page.locator("#cw-guide [data-do=open]").click()
    expect(tab.page.locator("#cw-source")).to_contain_text("The birch is black.")
    site.add("/guide", b"gone", 410)
    listed.get_by_role("button", name="Refresh").click()
    expect(tab.page.locator("#cw-progress .cw-failed").filter(has_text="taken down (410)")).to_be_visible()
    expect(listed).to_contain_text("so the one before it is used")


def folder_with_namesakes(place: Path) -> Path:
    for name, text in {
        "2018/a.txt": "Text of 2018.",
        "2019/a.txt": "Text of 2019.",
        ".git/x.txt": "no",
        "b.xyz": "?",
    }.items():
        (place / "reports" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "reports" / name).write_text(text)
    write_pdf(place / "reports" / "c.pdf", ["Text of a PDF."])
    return place / "reports"


def expect_folder(tab: Tab) -> None:
    documents = tab.page.locator("#cw-documents li")
    for name in ("reports/2018/a.txt", "reports/2019/a.txt", "reports/c.pdf"):
        expect(documents.filter(has_text=name)).to_have_count(1)
    expect(tab.page.locator("#cw-progress")).to_contain_text("1 file of the folder was left out")
    expect(documents.filter(has_text="x.txt")).to_have_count(0)


def test_a_dropped_folder_is_taken_in_with_the_paths_of_its_files(tab: Tab, tmp_path: Path) -> None:
    folder = folder_with_namesakes(tmp_path)
    box = box_of(tab.page.locator(".cw-drop"))
    place = {"x": box["x"] + 20, "y": box["y"] + 20}
    carried = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    session = tab.page.context.new_cdp_session(tab.page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, **place, "data": carried})
    expect_folder(tab)


def test_a_folder_can_be_chosen_without_a_mouse(tab: Tab, tmp_path: Path) -> None:
    tab.page.locator("input[webkitdirectory]").set_input_files(folder_with_namesakes(tmp_path))
    expect_folder(tab)


def test_a_folder_chosen_before_the_sources_are_listed_waits_for_what_is_read(tab: Tab, tmp_path: Path) -> None:
    held: list[Route] = []
    released = False
    tab.page.route("**/sources", lambda route: route.continue_() if released else held.append(route))
    tab.page.reload()
    chosen = tab.page.locator("input[webkitdirectory]:enabled")
    with tab.page.expect_request("**/sources"):
        chosen.set_input_files(folder_with_namesakes(tmp_path))
    assert tab.page.locator("#cw-documents li").count() == 0
    released = True
    for each in held:
        each.continue_()
    expect_folder(tab)


def test_a_folder_of_the_machine_is_followed(tab: Tab, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "oak.txt").write_text("The oak is brown.")
    tab.page.get_by_text("Folders of this machine").click()
    assert serious_violations(tab) == []
    field = tab.page.get_by_label("Path of a folder to follow")
    field.fill("papers")
    field.press("Enter")
    expect(tab.page.locator("#cw-folders")).to_contain_text("Give the whole path")
    field.fill(str(folder))
    field.press("Enter")
    followed = tab.page.locator("#cw-folders li").filter(has_text=str(folder))
    expect(followed).to_contain_text("followed: 1 added.")
    expect(tab.page.locator("#cw-documents li").filter(has_text="oak.txt")).to_have_count(1)
    (folder / "fir.txt").write_text("The fir is green.")
    followed.get_by_role("button", name="Sync now").click()
    expect(tab.page.locator("#cw-documents li").filter(has_text="fir.txt")).to_have_count(1)
    followed.get_by_role("button", name="Stop following").click()
    expect(tab.page.locator("#cw-folders li")).to_have_count(0)
    expect(tab.page.locator("#cw-documents li").filter(has_text="oak.txt")).to_have_count(1)
