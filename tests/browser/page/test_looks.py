"""Eight states of the page look as they did, and five are told as they were; `make looks` keeps what is meant."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser

from tests.browser.page.accessible_trees import KEPT_TREES, trees
from tests.browser.page.looks import KEPT, STATES, difference, few_colours, look, small
from tests.browser.page.page_states import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served() as url:
        yield url


@pytest.mark.parametrize("state", STATES)
def test_the_page_looks_as_it_did(browser: Browser, address: str, tmp_path: Path, state: str) -> None:
    now = look(browser, address, state)
    now.save(tmp_path / f"{state}.png")
    found = difference(now, Image.open(KEPT / f"{state}.png"))
    assert not found, (
        f"{found} in {tmp_path / state}.png against {KEPT.name}: look at both, and run 'make looks' if meant"
    )


def test_a_screen_reader_is_told_what_it_was(browser: Browser, address: str) -> None:
    told = dict(trees(browser, address))
    for state, tree in told.items():
        assert tree == (KEPT_TREES / f"{state}.yaml").read_text(), f"{state}: run 'make looks' if this is meant"


def drawn(*blocks: tuple[str, tuple[int, int, int, int]], words: str = "") -> Image.Image:
    """Return the small picture of a white page with a blue pane, grey lines of text and these blocks."""
    page = Image.new("RGB", (1400, 860), "white")
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, 300, 860), fill="#2f55d4")
    for line in range(8):
        draw.text(
            (340, 100 + 24 * line), "A line of an answer, as long as lines are, with a number: 1,200. " * 2, "#1a1d22"
        )
    for colour, box in blocks:
        draw.rectangle(box, fill=colour)
    draw.text((340, 292), words, "#1a1d22")
    saved = io.BytesIO()
    page.save(saved, "PNG")
    return small(saved.getvalue())


@pytest.mark.parametrize(
    ("colour", "box"),
    [
        ("#0a7d32", (0, 0, 300, 860)),
        ("#e6ecfd", (700, 400, 980, 480)),
        ("#2f55d4", (1000, 700, 1040, 740)),
        ("#2f55d4", (300, 0, 340, 860)),
    ],
    ids=["blue became green", "a pale block of 280 by 80", "a button", "a wider pane"],
)
def test_a_colour_and_a_small_block_are_seen(colour: str, box: tuple[int, int, int, int]) -> None:
    assert difference(drawn((colour, box)), drawn())


def test_a_few_letters_and_the_few_colours_that_are_kept_are_not() -> None:
    page = drawn()
    assert difference(page, few_colours(page)) == ""
    assert difference(drawn(words="a few"), page) == ""
    assert difference(page, page.resize((100, 100)))
