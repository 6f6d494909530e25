"""The sources pane: what comes in, what is refused and why, what is asked, what is removed."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import app
from tests.support.browser_tab import WAIT_MS, Tab, new_tab, serious_violations, text_files
from tests.support.documents.pdfs import write_pdf
from tests.support.scripted_app import HOLD, release

pytestmark = pytest.mark.browser

MOST_ROWS = 200
"""Of the files that are being added (web/static/uploads.js); those beyond are counted in a line."""

HOSTILE_NAME = "<img src=x onerror=\"document.title='owned'\">.md"


def two_gigabytes(path: Path) -> Path:
    """Write a sparse file: it has a size but takes no room."""
    with path.open("wb") as file:
        file.truncate(2_000_000_000)
    return path


def program(path: Path) -> Path:
    path.write_bytes(b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" * 64)
    return path


def test_files_that_cannot_be_taken_in_say_why_and_the_others_are_ready(tab: Tab, tmp_path: Path) -> None:
    good = {"good.txt": "The birch is white."}
    tab.upload_texts({"empty.txt": "", "large.txt": "x" * 1_100_000, **good})
    tab.upload(program(tmp_path / "program.exe"), two_gigabytes(tmp_path / "huge.txt"))
    failed = tab.page.locator("#cw-progress .cw-failed")
    expect(failed.filter(has_text="empty.txt")).to_contain_text("the file is empty")
    expect(failed.filter(has_text="large.txt")).to_contain_text("larger than the limit of 1 MB")
    expect(failed.filter(has_text="huge.txt")).to_contain_text("larger than the limit of 1 MB")
    expect(failed.filter(has_text="program.exe")).to_be_visible()
    expect(tab.page.locator("#cw-documents .cw-doc")).to_have_text(["fees.pdf", "good.txt"])
    tab.upload_texts(good)
    expect(tab.page.locator("#cw-progress .cw-ready").filter(has_text="already there")).to_be_visible()
    tab.page.get_by_role("button", name="Clear this list").click()
    expect(tab.page.locator("#cw-progress li")).to_have_count(0)


def drop(tab: Tab, name: str) -> None:
    tab.page.evaluate(
        """(name) => {
             const carried = new DataTransfer();
             carried.items.add(new File([`Text of ${name}.`], name));
             document.querySelector('#cw-upload').dispatchEvent(
               new DragEvent('drop', {dataTransfer: carried, bubbles: true, cancelable: true}));
           }""",
        name,
    )
    tab.expect_uploaded(name)


@pytest.mark.slow
def test_a_running_chat_goes_on_while_files_are_taken_in(tab: Tab, folder: Path) -> None:
    tab.upload_texts({"birch.txt": "The birch is white. The alder is red."})
    tab.ask(f"Repeat: The birch is white. The {HOLD} alder is red. The {HOLD} birch is white.")
    chips = tab.page.locator("#cw-chat .cw-chip")
    expect(chips).to_have_count(1)
    others = {f"other {n}.txt": f"Other text {n}. " * 500 for n in range(5)}
    tab.page.locator("#cw-upload input[type=file]").set_input_files(text_files(others))
    expect(tab.page.locator("#cw-progress")).to_contain_text("other 0.txt")
    release(folder)
    expect(chips).to_have_count(2)
    tab.stop()
    for name in others:
        tab.expect_uploaded(name)


def test_only_the_chosen_sources_are_asked(tab: Tab) -> None:
    tab.upload_texts({"yew.txt": "The yew is poisonous.", "oak.txt": "The oak is high."})
    everything = tab.page.locator("#cw-documents .cw-all input")
    everything.first.uncheck()
    tab.ask("What is poisonous?")
    expect(tab.page.locator("#cw-chat")).to_contain_text("No source is chosen")
    tab.begin_anew()
    everything.first.uncheck()
    tab.page.get_by_label("Ask oak.txt").check()
    tab.answer("Repeat: The yew is poisonous.")
    expect(tab.page.locator("#cw-quotes")).to_contain_text("oak.txt")
    expect(tab.page.locator("#cw-quotes")).not_to_contain_text("yew.txt")


@pytest.mark.slow
def test_what_is_left_out_of_a_conversation_stays_left_out_when_it_is_opened_again(tab: Tab) -> None:
    rowan = "The rowan has red berries."
    tab.upload_texts({"rowan.txt": rowan, "sloe.txt": "The sloe has blue berries."})
    tab.page.get_by_label("Ask rowan.txt").uncheck()
    tab.ask(f"Repeat: {rowan}")
    expect(tab.page).to_have_url(re.compile(r"\?c=\w+"))
    tab.expect_idle()
    tab.page.reload()
    expect(tab.page.get_by_label("Ask rowan.txt")).not_to_be_checked()
    expect(tab.page.get_by_label("Ask sloe.txt")).to_be_checked()
    tab.answer(f"Once more. Repeat: {rowan}")
    expect(tab.page.locator("#cw-quotes")).to_contain_text("sloe.txt")
    expect(tab.page.locator("#cw-quotes")).not_to_contain_text("rowan.txt")

    place = tab.page.url
    with tab.page.expect_response(lambda said: said.url.endswith("/excluded")):
        tab.page.get_by_label("Ask sloe.txt").uncheck()
    tab.open(place.partition("?")[0])
    expect(tab.page.get_by_label("Ask sloe.txt")).to_be_checked()
    tab.open(place)
    expect(tab.page.get_by_label("Ask sloe.txt")).not_to_be_checked()
    tab.upload_texts({"elder.txt": "The elder has black berries."})
    expect(tab.page.get_by_label("Ask elder.txt")).to_be_checked()


@pytest.mark.slow
def test_a_document_is_removed_only_after_a_confirmation_leaves_no_file_and_its_cited_page_says_so(
    tab: Tab, folder: Path
) -> None:
    tab.upload_texts({"brief.txt": "The larch is deciduous."})
    tab.answer("Repeat: The larch is deciduous.")
    dialog, listed = tab.page.get_by_role("dialog"), tab.page.get_by_label("Ask brief.txt")
    for answer in ("Cancel", "Remove"):
        expect(listed).to_be_visible()
        tab.page.get_by_role("button", name="Remove brief.txt").click()
        expect(dialog).to_contain_text("Remove “brief.txt” from the library?")
        dialog.get_by_role("button", name=answer).click()
    expect(listed).to_have_count(0)
    assert not (folder / "library" / "files" / "brief.txt").exists()
    tab.page.locator("#cw-chat .cw-chip").first.click()
    expect(tab.page.locator(".cw-viewer-note")).to_contain_text("It may have been removed")


def test_a_hostile_name_is_only_a_name(tab: Tab) -> None:
    tab.upload_texts({HOSTILE_NAME: "# <script>document.title='owned'</script>\n\nThe maple is red."})
    tab.answer("Repeat: The maple is red.").locator(".cw-chip").first.click()
    expect(tab.page.locator(".cw-viewer-title")).to_have_text(HOSTILE_NAME)
    expect(tab.page.locator(".cw-text mark")).to_have_text("The maple is red.")
    tab.page.get_by_role("button", name=f"Remove {HOSTILE_NAME}").click()
    expect(tab.page.get_by_role("dialog")).to_contain_text(HOSTILE_NAME)
    assert tab.page.title() == "Citewell"
    assert tab.page.locator("img[src=x], main script").count() == 0
    assert tab.hosts == {"127.0.0.1"}
    assert tab.errors == []


SECRET = "The treasure is under the oak."


def unlock(tab: Tab, name: str, password: str) -> None:
    """By keyboard alone."""
    field = tab.page.get_by_label(f"Password of {name}")
    field.focus()
    tab.page.keyboard.type(password)
    tab.page.keyboard.press("Enter")


@pytest.mark.slow
def test_an_encrypted_file_asks_for_its_password_and_is_shown_as_text(tab: Tab, tmp_path: Path) -> None:
    tab.upload(write_pdf(tmp_path / "plan.pdf", [SECRET], password="opensesame"))
    row = tab.page.locator("#cw-progress .cw-locked")
    expect(row).to_contain_text("it is encrypted: give its password")
    field = tab.page.get_by_label("Password of plan.pdf")
    expect(field).to_have_attribute("type", "password")
    expect(field).to_have_attribute("autocomplete", "off")
    assert serious_violations(tab) == []
    unlock(tab, "plan.pdf", "wrong")
    expect(row).to_contain_text("the password given does not open it")
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    unlock(tab, "plan.pdf", "opensesame")
    expect(tab.page.locator("#cw-progress .cw-ready").filter(has_text="plan.pdf")).to_be_visible()
    assert not [url for url in tab.urls if "opensesame" in url]

    tab.answer(f"Repeat: {SECRET}").locator(".cw-chip").first.click()
    expect(tab.page.locator(".cw-text mark")).to_have_text(SECRET)
    expect(tab.page.locator(".cw-viewer-note")).to_contain_text("its password is not kept")
    tab.page.get_by_role("button", name="plan.pdf", exact=True).click()
    tab.page.locator("#cw-guide [data-do=open]").click()
    expect(tab.page.locator(".cw-text mark")).to_have_count(0)
    expect(tab.page.locator(".cw-viewer-note")).to_contain_text("its password is not kept")
    assert serious_violations(tab) == []


@pytest.mark.slow
def test_a_password_can_be_typed_while_another_file_comes_in(tab: Tab, tmp_path: Path) -> None:
    tab.upload(write_pdf(tmp_path / "map.pdf", [SECRET], password="opensesame"))
    field = tab.page.get_by_label("Password of map.pdf")
    field.focus()
    tab.page.keyboard.type("open")
    drop(tab, "beside.txt")
    expect(field).to_be_focused()
    tab.page.keyboard.type("sesame")
    expect(field).to_have_value("opensesame")
    tab.page.get_by_role("button", name="Open map.pdf").click()
    expect(tab.page.locator("#cw-progress .cw-ready").filter(has_text="map.pdf")).to_be_visible()


@pytest.mark.slow
def test_an_encrypted_file_that_is_given_up_leaves_nothing(tab: Tab, tmp_path: Path, folder: Path) -> None:
    tab.upload(write_pdf(tmp_path / "letter.pdf", [SECRET], password="opensesame"))
    expect(tab.page.get_by_label("Password of letter.pdf")).to_be_visible()
    accepted = folder / "library" / "accepted"
    assert len(list(accepted.rglob("letter.pdf"))) == 1
    tab.page.get_by_role("button", name="Clear this list").click()
    expect(tab.page.locator("#cw-progress li")).to_have_count(0)
    assert list(accepted.rglob("letter.pdf")) == []


@pytest.mark.slow
def test_more_files_at_once_than_there_are_rows_are_all_told_of(tab: Tab) -> None:
    files = text_files({f"note {n}.txt": f"Note number {n} says little." for n in range(MOST_ROWS + 10)})
    tab.page.locator("#cw-upload input[type=file]").set_input_files(files)
    tab.page.get_by_label("Find a source").fill("note ")
    found = tab.page.locator("#cw-many [role=status]")
    expect(found).to_have_text(re.compile(rf"{len(files)} of \d+ found"), timeout=5 * WAIT_MS)
    expect(tab.page.locator("#cw-progress")).to_contain_text("0 failed, 0 to go")
    tab.page.get_by_role("button", name="Clear this list").click()


@pytest.mark.slow
def test_a_library_that_vanishes_under_the_app_is_said_to_be_gone(browser: Browser, tmp_path: Path) -> None:
    with app(tmp_path) as address:
        tab = new_tab(browser, address)
        shutil.move(tmp_path / "library", tmp_path / "moved")
        tab.page.locator("#cw-upload input[type=file]").set_input_files(text_files({"late.txt": "Too late."}))
        expect(tab.page.locator("#cw-progress .cw-failed").filter(has_text="late.txt")).to_contain_text("is gone")
        expect(tab.page.locator("#cw-documents")).to_contain_text("is gone")
        shutil.move(tmp_path / "moved", tmp_path / "library")
