"""From a chip to the page it cites: the right page beside the chat, exactly the cited words in a frame."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.support.app_process import scripted
from tests.support.browser_tab import WAIT_MS, Tab
from tests.support.documents.pdfs import HEIGHT, WIDTH, Words, overlap, write_words

pytestmark = pytest.mark.browser

LEFT = [Words(60, 700 - 16 * at, f"Oak number {at} stands left.", 9) for at in range(20)]
RIGHT = [Words(320, 700 - 16 * at, f"Elm number {at} stands right.", 9) for at in range(20)]
TURNED = [Words(80, 680 - 30 * at, f"Fir number {at} stands turned.", 11) for at in range(8)]
CROP = (40, 90, 560, 800)
NOTES = "# Trees\n\nThe birch 🌳 is white. The yew is poisonous.\n\n" + "Nothing more is said.\n\n" * 60


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("viewer")
    (folder / "notes.md").write_text(NOTES)
    columns = write_words(
        folder / "columns.pdf", [[Words(60, 700, "Contents")], [*LEFT, *RIGHT], [Words(60, 700, "End")]]
    )
    turned = write_words(folder / "turned.pdf", [TURNED], rotation=90, crop=CROP)
    with scripted(folder, "Nothing.", columns, turned, folder / "notes.md") as url:
        yield url


def open_citation(tab: Tab, sentence: str) -> None:
    tab.ask(f"Repeat: {sentence}")
    tab.page.locator("#cw-chat .cw-chip").first.click()


def framed(tab: Tab) -> tuple[float, float, float, float]:
    """Return the only frame on the page, as fractions of the image."""
    expect(tab.page.locator(".cw-box")).to_have_count(1, timeout=WAIT_MS)
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


@pytest.mark.parametrize("words", [RIGHT[11], pytest.param(LEFT[7], marks=pytest.mark.slow)])
def test_the_cited_words_are_framed_on_a_page_of_two_columns(tab: Tab, words: Words) -> None:
    open_citation(tab, words.text)
    expect(tab.page.locator(".cw-viewer-title")).to_have_text("columns.pdf · 2 of 3", timeout=WAIT_MS)
    assert overlap(framed(tab), upright(words)) >= 0.8


@pytest.mark.slow
def test_the_cited_words_are_framed_on_a_page_that_is_turned_and_cropped(tab: Tab) -> None:
    open_citation(tab, TURNED[5].text)
    expect(tab.page.locator(".cw-viewer-title")).to_have_text("turned.pdf", timeout=WAIT_MS)
    assert overlap(framed(tab), turned_and_cropped(TURNED[5])) >= 0.8


@pytest.mark.slow
def test_the_frame_stays_on_the_words_when_zoomed_and_in_view(tab: Tab) -> None:
    open_citation(tab, LEFT[19].text)
    for _ in range(3):
        tab.page.get_by_role("button", name="Larger").click()
    assert overlap(framed(tab), upright(LEFT[19])) >= 0.8
    open_citation(tab, LEFT[19].text)
    expect(tab.page.locator(".cw-box")).to_be_in_viewport()


@pytest.mark.slow
def test_another_document_opens_at_the_width_of_the_pane(tab: Tab) -> None:
    open_citation(tab, LEFT[0].text)
    for _ in range(3):
        tab.page.get_by_role("button", name="Larger").click()
    page = tab.page.locator(".cw-page").first
    expect(page).to_have_css("--cw-zoom", "2")
    tab.page.get_by_role("button", name="Next page").click()
    expect(tab.page.locator(".cw-viewer-title")).to_have_text("columns.pdf · 3 of 3")
    expect(page).to_have_css("--cw-zoom", "2")
    tab.page.locator("#cw-documents .cw-doc", has_text="turned.pdf").click()
    tab.page.locator("#cw-guide [data-do=open]").click()
    expect(tab.page.locator(".cw-viewer-title")).to_have_text("turned.pdf")
    expect(page).to_have_css("--cw-zoom", "1")


@pytest.mark.slow
def test_a_mark_is_a_filling_with_a_bar_in_the_margin_and_strikes_through_nothing(tab: Tab) -> None:
    open_citation(tab, f"{LEFT[7].text} {LEFT[8].text}")
    mark = tab.page.locator(".cw-box").first
    expect(mark).to_be_visible()
    assert mark.evaluate("(each) => getComputedStyle(each).outlineStyle") == "none"
    assert mark.evaluate("(each) => getComputedStyle(each).borderTopWidth") == "0px"
    expect(tab.page.locator(".cw-bar")).to_have_count(1)
    bar, filled = (
        tab.page.locator(selector).first.evaluate("(each) => each.getBoundingClientRect().toJSON()")
        for selector in (".cw-bar", ".cw-box")
    )
    assert bar["right"] <= filled["left"]
    assert bar["height"] >= filled["height"]


@pytest.mark.slow
def test_the_pages_before_and_after_can_be_turned_to(tab: Tab) -> None:
    open_citation(tab, LEFT[0].text)
    title = tab.page.locator(".cw-viewer-title")
    expect(title).to_have_text("columns.pdf · 2 of 3", timeout=WAIT_MS)
    tab.page.get_by_role("button", name="Next page").click()
    expect(title).to_have_text("columns.pdf · 3 of 3", timeout=WAIT_MS)
    expect(tab.page.get_by_role("button", name="Next page")).to_be_disabled()
    tab.page.get_by_role("button", name="Previous page").click()
    expect(title).to_have_text("columns.pdf · 2 of 3", timeout=WAIT_MS)
    expect(tab.page.locator(".cw-box")).to_have_count(0)


@pytest.mark.slow
def test_citations_are_walked_through_by_keyboard_alone(tab: Tab) -> None:
    tab.ask(f"Repeat: {LEFT[2].text} {TURNED[1].text}")
    tab.expect_idle()
    chips = tab.page.locator("#cw-chat .cw-chip")
    chips.first.focus()
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator(".cw-page").first).to_be_focused(timeout=WAIT_MS)
    expect(chips.nth(0)).to_have_class("cw-chip cw-current")
    tab.page.keyboard.press("]")
    expect(chips.nth(1)).to_have_class("cw-chip cw-current")
    tab.page.keyboard.press("[")
    expect(chips.nth(0)).to_have_class("cw-chip cw-current")
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("#cw-viewer")).to_be_hidden()
    expect(chips.first).to_be_focused()


def test_a_text_is_shown_with_the_passage_marked_and_scrolled_to(tab: Tab) -> None:
    open_citation(tab, "The yew is poisonous.")
    mark = tab.page.locator(".cw-text mark")
    expect(mark).to_have_text(
        "The yew is poisonous.", timeout=WAIT_MS
    )  # after a sign outside the Basic Multilingual Plane
    expect(mark).to_be_in_viewport()


@pytest.mark.slow
def test_the_text_of_a_page_can_be_read_in_place_of_its_picture(tab: Tab) -> None:
    open_citation(tab, RIGHT[4].text)
    expect(tab.page.locator(".cw-box")).to_have_count(1, timeout=WAIT_MS)
    tab.page.get_by_role("button", name="Text", exact=True).click()
    expect(tab.page.locator(".cw-text mark")).to_have_text(RIGHT[4].text)


@pytest.mark.slow
def test_a_click_on_a_chip_shows_the_page_at_once(tab: Tab) -> None:
    tab.ask(f"Repeat: {LEFT[12].text}")
    tab.expect_idle()
    milliseconds = tab.page.evaluate(
        """() => new Promise((resolve) => {
             const began = performance.now();
             new MutationObserver((_, observer) => {
               if (document.querySelector('.cw-box')) { observer.disconnect(); resolve(performance.now() - began); }
             }).observe(document.querySelector('#cw-viewer'), {subtree: true, childList: true});
             document.querySelector('#cw-chat .cw-chip').click();
           })"""
    )
    print(f"chip to page: {milliseconds:.0f} ms")  # noqa: T201
    assert milliseconds < 10_000


@pytest.mark.slow
def test_a_page_that_is_not_there_is_not_told_from_one_that_is_somebody_elses(tab: Tab, address: str) -> None:
    for path in ("pages/999/1", "pages/999/1.png", "pages/1/999"):
        assert tab.page.request.get(f"{address}/citewell/{path}").status == 403
    for path in (f"pages/{10**30}/1", f"pages/1/{10**30}"):  # no id has so many digits
        assert tab.page.request.get(f"{address}/citewell/{path}").status == 404


@pytest.mark.slow
def test_words_that_stand_there_no_more_are_not_marked_and_it_is_said(tab: Tab) -> None:
    """As after a document was replaced: the same place, other words."""
    open_citation(tab, LEFT[3].text)
    expect(tab.page.locator(".cw-box")).to_have_count(1, timeout=WAIT_MS)
    chip = tab.page.locator("#cw-chat .cw-chip").first
    chip.evaluate("(each) => { each.value = each.value.replace(/:[^:]*$/, ':0123456789ab'); }")
    chip.click()
    expect(tab.page.locator(".cw-viewer-note")).to_contain_text("has changed since the answer", timeout=WAIT_MS)
    expect(tab.page.locator(".cw-box, mark")).to_have_count(0)
