"""From a chip to the page it cites: exactly its words are framed, and the page is read, searched and turned."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import open_document, sides
from tests.support.app_process import scripted
from tests.support.browser_tab import Tab, box_of, serious_violations
from tests.support.documents.pdfs import HEIGHT, WIDTH, Words, overlap, write_words

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LEFT = [Words(60, 700 - 16 * at, f"Oak number {at} stands left.", 9) for at in range(20)]
RIGHT = [Words(320, 700 - 16 * at, f"Elm number {at} stands right.", 9) for at in range(20)]
LAST = [Words(60, 700, "The end: no oak number stands here.")]
TURNED = [Words(80, 680 - 30 * at, f"Fir number {at} stands turned.", 11) for at in range(8)]
CROP = (40, 90, 560, 800)
NOTES = "# Trees 🌳\n\nThe birch is white. A BIRCH is a tree.\n\n## Others\n\nThe yew is no birch.\n\n"
NOTES += "Nothing more is said.\n\n" * 60 + "The larch is red.\n"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("reading")
    (folder / "notes.md").write_text(NOTES)
    columns = write_words(folder / "columns.pdf", [[Words(60, 700, "Contents")], [*LEFT, *RIGHT], LAST])
    turned = write_words(folder / "turned.pdf", [TURNED], rotation=90, crop=CROP)
    with scripted(folder, "Nothing.", columns, turned, folder / "notes.md") as url:
        yield url


def open_citation(tab: Tab, sentence: str) -> None:
    tab.answer(f"Repeat: {sentence}").locator(".cw-chip").first.click()


def framed(tab: Tab) -> tuple[float, float, float, float]:
    """Return the only frame on the page, as fractions of the image."""
    expect(tab.page.locator(".cw-box")).to_have_count(1)
    frame, picture = tab.page.evaluate(  # at one moment: a larger picture takes the place of this one when it is there
        """[".cw-box", ".cw-picture img"].map((selector) => document.querySelector(selector))
             .map((each) => each.getBoundingClientRect().toJSON())"""
    )
    left = (frame["left"] - picture["left"]) / picture["width"]
    top = (frame["top"] - picture["top"]) / picture["height"]
    return left, top, left + frame["width"] / picture["width"], top + frame["height"] / picture["height"]


def upright(words: Words) -> tuple[float, float, float, float]:
    left, bottom, right, top = words.box()
    return left / WIDTH, 1 - top / HEIGHT, right / WIDTH, 1 - bottom / HEIGHT


def turned_and_cropped(words: Words) -> tuple[float, float, float, float]:
    """On a page that is cropped and shown a quarter turn clockwise, up is to the right."""
    left, bottom, right, top = words.box()
    wide, high = CROP[2] - CROP[0], CROP[3] - CROP[1]
    return (bottom - CROP[1]) / high, (left - CROP[0]) / wide, (top - CROP[1]) / high, (right - CROP[0]) / wide


@pytest.mark.parametrize("words", [RIGHT[11], LEFT[7]])
def test_the_cited_words_are_framed_on_a_page_of_two_columns(tab: Tab, words: Words) -> None:
    open_citation(tab, words.text)
    expect(tab.page.locator(".cw-viewer-title")).to_have_text("columns.pdf · 2 of 3")
    assert overlap(framed(tab), upright(words)) >= 0.8


def test_the_cited_words_are_framed_on_a_page_that_is_turned_and_cropped(tab: Tab) -> None:
    open_citation(tab, TURNED[5].text)
    expect(tab.page.locator(".cw-viewer-title")).to_have_text("turned.pdf")
    assert overlap(framed(tab), turned_and_cropped(TURNED[5])) >= 0.8


def test_citations_are_walked_through_by_keyboard_alone(tab: Tab) -> None:
    chips = tab.answer(f"Repeat: {LEFT[2].text} {TURNED[1].text}").locator(".cw-chip")
    chips.first.focus()
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator(".cw-page").first).to_be_focused()
    expect(chips.nth(0)).to_have_class("cw-chip cw-current")
    tab.page.keyboard.press("]")
    expect(chips.nth(1)).to_have_class("cw-chip cw-current")
    tab.page.keyboard.press("[")
    expect(chips.nth(0)).to_have_class("cw-chip cw-current")
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("#cw-viewer")).to_be_hidden()
    expect(chips.first).to_be_focused()


def test_a_text_is_shown_with_the_passage_marked_and_scrolled_to(tab: Tab) -> None:
    open_citation(tab, "The larch is red.")
    mark = tab.page.locator(".cw-text mark")
    expect(mark).to_have_text("The larch is red.")  # after a sign outside the Basic Multilingual Plane
    expect(mark).to_be_in_viewport()


def test_the_text_of_a_page_can_be_read_in_place_of_its_picture(tab: Tab) -> None:
    open_citation(tab, RIGHT[4].text)
    expect(tab.page.locator(".cw-box")).to_have_count(1)
    tab.page.get_by_role("button", name="Text", exact=True).click()
    expect(tab.page.locator(".cw-text mark")).to_have_text(RIGHT[4].text)


def test_words_that_stand_there_no_more_are_not_marked_and_it_is_said(tab: Tab) -> None:
    """As after a document was replaced: the same place, other words."""
    open_citation(tab, LEFT[3].text)
    expect(tab.page.locator(".cw-box")).to_have_count(1)
    chip = tab.page.locator("#cw-chat .cw-chip").first
    chip.evaluate("(each) => { each.value = each.value.replace(/:[^:]*$/, ':0123456789ab'); }")
    chip.click()
    expect(tab.page.locator(".cw-viewer-note")).to_contain_text("has changed since the answer")
    expect(tab.page.locator(".cw-box, mark")).to_have_count(0)


def find(tab: Tab, words: str) -> None:
    tab.page.locator("#cw-viewer .cw-page").focus()
    tab.page.keyboard.press("Control+f")
    tab.page.get_by_role("searchbox", name="Words to find").fill(words)


@pytest.mark.parametrize(("words", "zoomed"), [(LEFT[7], 0), (RIGHT[11], 2), (TURNED[3], 0)])
def test_the_text_of_a_picture_lies_over_its_words(tab: Tab, words: Words, zoomed: int) -> None:
    open_citation(tab, words.text)
    for _ in range(zoomed):
        tab.page.get_by_role("button", name="Larger").click()
    line = tab.page.locator(".cw-layer span", has_text=words.text)
    expect(line).to_have_count(1)
    mark, text = sides(tab.page.locator(".cw-box").first), sides(line)
    for side in ("left", "top", "right", "bottom"):
        assert abs(mark[side] - text[side]) <= 6


def test_words_of_a_picture_can_be_selected_and_asked_about(tab: Tab) -> None:
    open_citation(tab, LEFT[7].text)
    line = tab.page.locator(".cw-layer span", has_text=LEFT[9].text)
    expect(line).to_be_attached()
    box = box_of(line)
    tab.page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    tab.page.mouse.down()
    tab.page.mouse.move(box["x"] + box["width"] + 3, box["y"] + box["height"] / 2, steps=4)
    tab.page.mouse.up()
    assert tab.page.evaluate("getSelection().toString().trim()") == LEFT[9].text
    tab.page.get_by_role("button", name="Ask about this").click()
    expect(tab.page.locator("#cw-question textarea")).to_have_value(f"What is said about “{LEFT[9].text}”?")


def test_words_are_found_on_all_pages_marked_and_walked_through(tab: Tab) -> None:
    open_citation(tab, LEFT[0].text)
    title, state = tab.page.locator(".cw-viewer-title"), tab.page.locator(".cw-find-state")
    find(tab, "oak  NUMBER")
    expect(state).to_have_text("1 of 21")
    expect(tab.page.locator(".cw-layer mark.cw-hit")).to_have_count(19)
    expect(tab.page.locator(".cw-box")).to_have_count(1)
    field = tab.page.get_by_role("searchbox", name="Words to find")
    expect(field).to_be_focused()
    tab.page.keyboard.press("Enter")
    expect(state).to_have_text("2 of 21")
    for _ in range(2):
        tab.page.keyboard.press("Shift+Enter")
    expect(state).to_have_text("21 of 21")
    expect(title).to_have_text("columns.pdf · 3 of 3")
    tab.page.keyboard.type("+")
    expect(state).to_have_text("Not found")
    expect(tab.page.locator(".cw-page").first).to_have_css("--cw-zoom", "1")
    assert serious_violations(tab) == []
    tab.page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    expect(tab.page.locator("#cw-viewer")).to_be_visible()
    expect(tab.page.locator(".cw-page").first).to_be_focused()


def test_a_page_that_comes_late_leaves_the_field_for_words_alone(tab: Tab) -> None:
    held: list[Route] = []
    tab.answer(f"Repeat: {LEFT[3].text}")
    tab.page.route("**/citewell/pages/**", lambda route: held.append(route) if not held else route.fallback())
    with tab.page.expect_request("**/citewell/pages/**"):
        tab.page.locator("#cw-chat .cw-chip").first.click()
    expect(tab.page.locator("#cw-viewer")).to_be_visible()
    find(tab, "oak")
    held[0].continue_()
    expect(tab.page.locator(".cw-find-state")).to_have_text("1 of 21")
    expect(tab.page.locator(".cw-box")).to_have_count(1)
    expect(tab.page.get_by_role("searchbox", name="Words to find")).to_be_focused()


def test_words_are_found_in_a_text_and_the_cited_ones_stay_apart(tab: Tab) -> None:
    open_citation(tab, "The birch is white.")
    expect(tab.page.locator(".cw-text .cw-cited")).to_have_text("The birch is white.")
    find(tab, "birch")
    expect(tab.page.locator(".cw-find-state")).to_have_text("1 of 3")
    expect(tab.page.locator(".cw-text .cw-hit")).to_have_text(["birch", "BIRCH", "birch"])
    expect(tab.page.locator(".cw-text .cw-cited")).to_have_text("birch")
    tab.page.get_by_role("button", name="Next place").click()
    expect(tab.page.locator(".cw-text .cw-cited")).to_have_text("BIRCH")


def test_pages_are_turned_by_buttons_and_keys_enlarged_and_each_document_keeps_its_size(tab: Tab) -> None:
    open_citation(tab, LEFT[0].text)
    title, page = tab.page.locator(".cw-viewer-title"), tab.page.locator(".cw-page").first
    expect(title).to_have_text("columns.pdf · 2 of 3")
    tab.page.get_by_role("button", name="Next page").click()
    expect(title).to_have_text("columns.pdf · 3 of 3")
    expect(tab.page.get_by_role("button", name="Next page")).to_be_disabled()
    tab.page.get_by_role("button", name="Previous page").click()
    expect(title).to_have_text("columns.pdf · 2 of 3")
    expect(tab.page.locator(".cw-box")).to_have_count(0)
    for key, number in (("ArrowRight", 3), ("ArrowLeft", 2), ("PageDown", 3), ("PageUp", 2)):
        page.focus()
        tab.page.keyboard.press(key)
        expect(title).to_have_text(f"columns.pdf · {number} of 3")
    tab.page.keyboard.press("+")
    expect(page).to_have_css("--cw-zoom", "1.25")
    open_document(tab, "turned.pdf")
    expect(title).to_have_text("turned.pdf")
    expect(page).to_have_css("--cw-zoom", "1")
    tab.page.locator("#cw-chat .cw-chip").first.click()
    expect(title).to_have_text("columns.pdf · 2 of 3")
    expect(page).to_have_css("--cw-zoom", "1.25")
    tab.page.keyboard.press("0")
    expect(page).to_have_css("--cw-zoom", "1")
    tab.page.keyboard.press("-")
    expect(page).to_have_css("--cw-zoom", "0.75")


def test_with_forced_colours_the_text_over_a_picture_stays_unseen(tab: Tab) -> None:
    tab.page.emulate_media(forced_colors="active")
    open_citation(tab, LEFT[7].text)
    line = tab.page.locator(".cw-layer span").first
    expect(line).to_have_css("color", "rgba(0, 0, 0, 0)")


def test_the_number_of_the_page_is_a_field(tab: Tab) -> None:
    open_citation(tab, LEFT[7].text)
    title, number = (
        tab.page.locator(".cw-viewer-title"),
        tab.page.locator("#cw-viewer").get_by_label("Page", exact=True),
    )
    expect(number).to_have_value("2")
    expect(tab.page.locator(".cw-page-total")).to_have_text("of 3")
    number.click()
    tab.page.keyboard.type("3")  # in place of the 2; on the page "0" and "+" are keys of their own
    tab.page.keyboard.press("Enter")
    expect(title).to_have_text("columns.pdf · 3 of 3")
    expect(tab.page.locator("#cw-viewer .cw-page")).to_be_focused()
    tab.page.keyboard.press("PageUp")
    expect(number).to_have_value("2")
    for typed, there in (("900", "3"), ("0", "1"), ("-4", "1")):
        number.fill(typed)
        number.press("Enter")
        expect(number).to_have_value(there)
        expect(title).to_have_text(f"columns.pdf · {there} of 3")
    for typed, key in (("2", "Escape"), ("two", "Enter"), ("2", "Tab")):
        number.fill(typed)
        number.press(key)
        expect(number).to_have_value("1")
    expect(title).to_have_text("columns.pdf · 1 of 3")
    tab.answer("Repeat: The birch is white.").locator(".cw-chip").click()
    expect(title).to_have_text("notes.md")
    expect(number).to_be_disabled()


def test_the_frame_stays_on_the_words_when_zoomed_and_in_view(tab: Tab) -> None:
    open_citation(tab, LEFT[19].text)
    for _ in range(3):
        tab.page.get_by_role("button", name="Larger").click()
    assert overlap(framed(tab), upright(LEFT[19])) >= 0.8
    open_citation(tab, LEFT[19].text)
    expect(tab.page.locator(".cw-box")).to_be_in_viewport()


def test_a_mark_is_a_filling_with_a_bar_in_the_margin_and_strikes_through_nothing(tab: Tab) -> None:
    open_citation(tab, f"{LEFT[7].text} {LEFT[8].text}")
    mark = tab.page.locator(".cw-box").first
    expect(mark).to_be_visible()
    expect(mark).to_have_css("outline-style", "none")
    expect(mark).to_have_css("border-top-width", "0px")
    expect(tab.page.locator(".cw-bar")).to_have_count(1)
    bar, filled = (sides(tab.page.locator(each).first) for each in (".cw-bar", ".cw-box"))
    assert bar["right"] <= filled["left"]
    assert bar["height"] >= filled["height"]
