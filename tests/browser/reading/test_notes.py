"""Answers, selections and quotes become notes, which are written, ordered, and asked about; no edit is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Route, expect

from rag.stores.database import Database
from rag.stores.sql_notes import SqlNotes
from tests.browser.conftest import ask, open_document, pane
from tests.support.app_process import scripted
from tests.support.browser_tab import Tab, new_tab, serious_violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TREES = "# Trees\n\nThe birch is a white tree. The yew is a poisonous tree.\n"
HOSTILE = "<script>window.hacked = 1</script> <img src=x onerror='window.hacked = 1'> **bold**"
SELECT = """(element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const place = (text) => {
        while (walker.nextNode()) {
            const at = walker.currentNode.data.indexOf(text);
            if (at >= 0) return [walker.currentNode, at];
        }
    };
    const [first, start] = place('birch');
    walker.currentNode = element;
    const [last, end] = place('tree');
    const range = document.createRange();
    range.setStart(first, start);
    range.setEnd(last, end + 'tree'.length);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""

WRITE = """(title) => fetch("citewell/notes", {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({title, text: ""})
})"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("notes")


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[str]:
    (folder / "trees.md").write_text(TREES)
    (folder / "other.md").write_text("The oak is a tall tree.")
    with scripted(folder, "The birch is a white tree.", folder / "trees.md", folder / "other.md") as url:
        yield url


@pytest.fixture
def address(served: str, database: Database) -> str:
    """Return the address of the module's app, emptied of notes."""
    store = SqlNotes(database)
    for note in store.notes(""):
        store.delete(note.id, "")
    return served


def write(tab: Tab, title: str, text: str = "") -> None:
    tab.page.locator(".cw-note-bar [data-do=new]").click()
    dialog = tab.page.locator(".cw-note-dialog")
    dialog.get_by_label("Title").fill(title)
    dialog.locator("textarea").fill(text)
    dialog.get_by_label("Title").press("Enter")
    expect(dialog).to_be_hidden()
    expect(tab.page.locator(".cw-notes summary").last).to_have_text(title)


def titles(tab: Tab) -> Locator:
    return tab.page.locator(".cw-notes summary")


def test_notes_are_written_ordered_by_keyboard_and_by_drag_and_their_markup_does_nothing(tab: Tab) -> None:
    pane(tab, "Notes")
    for title, text in (("One", HOSTILE), ("Two", ""), ("Three", "")):
        write(tab, title, text)
    tab.page.get_by_label("Move Three up").press("Enter")
    expect(titles(tab)).to_have_text(["One", "Three", "Two"])
    expect(tab.page.locator(".cw-note-said")).to_have_text("Three is now 2 of 3.")
    expect(tab.page.get_by_label("Move Three up")).to_be_focused()
    rows = tab.page.locator(".cw-notes > li")
    rows.nth(2).drag_to(rows.nth(0), target_position={"x": 40, "y": 2})
    expect(titles(tab)).to_have_text(["Two", "One", "Three"])
    titles(tab).nth(1).click()
    own = rows.nth(1).locator(".cw-own")
    expect(own.locator("strong")).to_have_text("bold")
    expect(own).to_contain_text("<script>window.hacked = 1</script>")
    assert tab.page.evaluate("window.hacked") is None
    assert serious_violations(tab) == []
    tab.page.reload()
    pane(tab, "Notes")
    expect(titles(tab)).to_have_text(["Two", "One", "Three"])


def test_an_edit_in_two_tabs_is_said_and_neither_is_lost(browser: Browser, tab: Tab, address: str) -> None:
    pane(tab, "Notes")
    write(tab, "Fee", "20")
    other = new_tab(browser, address)
    pane(other, "Notes")
    for each in (tab, other):
        titles(each).first.click()
        each.page.get_by_label("Edit Fee").click()
    for each, text in ((tab, "25"), (other, "30")):
        each.page.locator(".cw-note-dialog textarea").fill(text)
        each.page.locator(".cw-note-dialog .cw-primary").click()
    dialog = other.page.locator(".cw-note-dialog")
    expect(dialog.locator(".cw-error")).to_contain_text("changed in another tab")
    expect(dialog.locator(".cw-stored-text")).to_have_text("25")
    expect(dialog.locator("textarea")).to_have_value("30")
    dialog.locator(".cw-primary").click()
    expect(dialog).to_be_hidden()
    expect(other.page.locator(".cw-notes .cw-own")).to_have_text("30")
    expect(tab.page.locator(".cw-note-dialog")).to_be_hidden()


def test_what_is_written_in_a_note_is_not_thrown_away_unasked(tab: Tab) -> None:
    pane(tab, "Notes")
    dialog, asked = tab.page.locator(".cw-note-dialog"), []
    answers = iter([False, False, True])

    def answer(question: Dialog) -> None:
        asked.append(question.message)
        (question.accept if next(answers) else question.dismiss)()

    tab.page.on("dialog", answer)
    tab.page.locator(".cw-note-bar [data-do=new]").click()
    dialog.locator("textarea").fill("Long thoughts")
    for _ in range(2):
        tab.page.keyboard.press("Escape")
        expect(dialog.locator("textarea")).to_have_value("Long thoughts")
    dialog.locator("[data-do=cancel]").click()
    expect(dialog).to_be_hidden()
    assert asked == ["Discard what you have written in this note?"] * 3
    tab.page.locator(".cw-note-bar [data-do=new]").click()
    tab.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert len(asked) == 3, "nothing was written"


def test_a_note_is_sent_once_and_its_late_answer_closes_no_other_note(tab: Tab) -> None:
    held: list[Route] = []
    pane(tab, "Notes")
    tab.page.route("**/citewell/notes", lambda route: held.append(route) if is_new(route) else route.fallback())
    dialog = tab.page.locator(".cw-note-dialog")
    tab.page.locator(".cw-note-bar [data-do=new]").click()
    dialog.get_by_label("Title").fill("Slow")
    with tab.page.expect_request("**/citewell/notes"):
        dialog.locator(".cw-primary").evaluate("button => { button.click(); button.click(); }")
    expect(dialog.locator(".cw-primary")).to_be_disabled()
    tab.page.once("dialog", lambda question: question.accept())
    dialog.locator("[data-do=cancel]").click()
    tab.page.locator(".cw-note-bar [data-do=new]").click()
    expect(dialog.locator(".cw-primary")).to_be_enabled()
    dialog.get_by_label("Title").fill("Next")
    assert len(held) == 1
    held.pop().continue_()
    expect(titles(tab)).to_have_text(["Slow"])
    expect(dialog.get_by_label("Title")).to_be_visible()
    expect(dialog.get_by_label("Title")).to_have_value("Next")


def test_a_look_at_the_list_from_another_window_replaces_nothing_in_it(tab: Tab) -> None:
    pane(tab, "Notes")
    for number in range(7):
        tab.page.evaluate(WRITE, f"Note {number}")
    look_again(tab)
    briefing, boxes = tab.page.locator("[data-do=briefing]"), tab.page.locator(".cw-notes input[type=checkbox]")
    expect(boxes).to_have_count(7)
    for box in boxes.all():
        box.check()
    refusal = tab.page.locator("#cw-left .cw-error", has_text="up to 6 notes")
    expect(refusal).to_be_visible()
    tab.page.locator(".cw-notes").evaluate("list => { for (const row of list.children) row.isTheFirst = true; }")
    for _ in range(2):
        look_again(tab)
    assert tab.page.locator(".cw-notes").evaluate("list => [...list.children].every((row) => row.isTheFirst)")
    expect(refusal).to_be_visible()
    expect(briefing).to_be_disabled()
    boxes.first.uncheck()
    expect(briefing).to_be_enabled()
    expect(refusal).to_be_hidden()
    tab.page.get_by_label("Move Note 1 up").press("Enter")
    expect(titles(tab).first).to_have_text("Note 1")
    expect(tab.page.get_by_label("Move Note 1 down")).to_be_focused()


def look_again(tab: Tab) -> None:
    with tab.page.expect_response("**/citewell/notes"):
        tab.page.evaluate("dispatchEvent(new Event('focus'))")


def is_new(route: Route) -> bool:
    return route.request.method == "POST"


def test_an_answer_and_selected_words_of_it_are_saved_with_their_citations(tab: Tab) -> None:
    ask(tab, "What is a birch?", 1)
    tab.page.get_by_label("Save as note").click()
    expect(tab.page.locator(".cw-toast")).to_have_text("Saved as a note.")
    tab.page.locator("#cw-chat [data-testid=bot]").evaluate(SELECT)
    menu = tab.page.locator(".cw-selection")
    expect(menu).to_be_visible()
    tab.page.keyboard.press("Tab")
    expect(menu.locator("button").first).to_be_focused()
    menu.locator("[data-act=save]").click()
    expect(menu).to_be_hidden()
    pane(tab, "Notes")
    expect(titles(tab)).to_have_text(["What is a birch?"] * 2)
    titles(tab).last.click()
    tab.page.locator(".cw-notes .cw-chip").last.click()
    expect(tab.page.locator("#cw-viewer mark")).to_contain_text("The birch is a white tree.")


def test_a_question_about_selected_words_is_asked_of_their_source_only(tab: Tab) -> None:
    open_document(tab, "trees.md")
    text, box = tab.page.locator("#cw-viewer .cw-text"), tab.page.locator("#cw-question textarea")
    box.fill("Tell me more.")
    expect(text).to_contain_text("birch")
    text.evaluate(SELECT)
    tab.page.locator(".cw-selection [data-act=ask]").click()
    expect(box).to_have_value("Tell me more.\nWhat is said about “birch is a white tree”?")
    expect(tab.page.locator(".cw-restricted")).to_contain_text("asked of trees.md only")
    with tab.page.expect_request(lambda request: '\\"only\\":[' in (request.post_data or "")):
        box.press("Enter")
    tab.expect_idle()
    expect(tab.page.locator(".cw-restricted")).to_have_count(0)
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(1)


def test_a_quote_is_saved_from_its_page_and_from_its_card_by_keyboard(tab: Tab) -> None:
    ask(tab, "What is a birch?", 1)
    tab.page.locator("#cw-quotes .cw-card .cw-open").first.focus()
    tab.page.keyboard.press("m")
    expect(tab.page.locator(".cw-selection button").first).to_be_focused()
    tab.page.locator(".cw-selection [data-act=save]").press("Enter")
    expect(tab.page.locator(".cw-toast")).to_have_text("Saved as a note.")
    tab.page.locator("#cw-quotes .cw-card .cw-open").first.click()
    expect(tab.page.locator("#cw-viewer mark")).to_be_visible()
    tab.page.locator("#cw-viewer [data-do=keep]").click()
    pane(tab, "Notes")
    expect(titles(tab)).to_have_count(2)
    titles(tab).last.click()
    expect(tab.page.locator(".cw-notes blockquote").last).to_have_text("The birch is a white tree.")


def test_a_briefing_is_an_answer_about_the_chosen_notes_every_sentence_cited(tab: Tab) -> None:
    pane(tab, "Notes")
    write(tab, "The birch", "The moon is made of cheese.")
    write(tab, "Not this")
    tab.page.get_by_label("Choose The birch").check()
    tab.page.locator("[data-do=briefing]").click()
    expect(tab.page.locator("#cw-chat .user-row")).to_contain_text("What is said in detail about “The birch:")
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(1)
    tab.expect_idle()
    expect(tab.page.locator("#cw-chat .cw-unsupported")).to_have_count(0)
    assert set(tab.page.locator("#cw-quotes .cw-open b").all_inner_texts()) == {"trees.md"}
    with tab.page.expect_download() as download:
        tab.page.locator("#cw-left .cw-exports a", has_text="Markdown").click()
    assert "moon is made of cheese" in Path(download.value.path()).read_text()
