"""Eight states of the page, as small pictures, and five as a screen reader has them: `make looks` renews those kept.

A picture is a quarter of the page each way, in colour. A page looks different if more points changed than fonts account
for, or if one tile of it has another colour on average: a small block, a button's colour, a pane that has moved.
"""

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops
from playwright.sync_api import Browser

from tests.browser.page.accessible_trees import keep_trees
from tests.browser.page.page_states import (
    NARROW,
    WIDE,
    answered,
    as_it_opens,
    cited_page,
    guide,
    notes,
    served,
    settings,
)
from tests.support.browser_tab import Tab, browsing

KEPT = Path(__file__).parent / "kept_looks"
MOST_CHANGED = 0.005
"""Share of the points that may differ: a few letters change fewer, a wrapped line more."""

MOST_IN_A_TILE = 16
"""Of 255: how far a tile's average of red, green or blue may be from what it was. Letters are thin and move it less."""

_SHRUNK = 4
_TILE = 8
"""Points each way: 32 of the page."""

_COLOURS = 128
_SEEN = 32
"""Of 255: a smaller difference of a point comes of the smoothing of fonts, and of the few colours that are kept."""

STATES: Mapping[str, tuple[tuple[int, int], str, Callable[[Tab], None]]] = {
    "empty": (WIDE, "light", as_it_opens),
    "answer": (WIDE, "light", answered),
    "page": (WIDE, "dark", cited_page),
    "guide": (WIDE, "light", guide),
    "notes": (WIDE, "dark", notes),
    "settings": (WIDE, "light", settings),
    "narrow-answer": (NARROW, "light", answered),
    "narrow-page": (NARROW, "dark", cited_page),
}


def look(browser: Browser, address: str, state: str) -> Image.Image:
    """Bring a new tab into the state, and return its small picture."""
    (width, height), theme, reach = STATES[state]
    tab = Tab(browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce"))
    try:
        tab.open(f"{address}/?__theme={theme}")
        reach(tab)
        tab.page.mouse.move(0, 0)
        tab.page.evaluate("document.fonts.ready.then(() => document.activeElement?.blur())")
        return small(tab.page.screenshot(animations="disabled"))
    finally:
        tab.page.close()


def small(picture: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    return image.resize((image.width // _SHRUNK, image.height // _SHRUNK), Image.Resampling.BOX)


def few_colours(picture: Image.Image) -> Image.Image:
    """Return the picture as it is kept, a rare colour as near to what it was as a common one."""
    return picture.quantize(_COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def difference(one: Image.Image, other: Image.Image) -> str:
    """Say what is different beyond what fonts account for; "" for nothing."""
    if one.size != other.size:
        return f"{one.size} became {other.size}"
    apart = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    red, green, blue = apart.split()
    histogram = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()
    if (share := sum(histogram[_SEEN:]) / sum(histogram)) > MOST_CHANGED:
        return f"{share:.1%} of the points"
    apart_by_tile = np.asarray(ImageChops.difference(_tiles(one), _tiles(other))).max(axis=2)
    if (most := apart_by_tile.max()) <= MOST_IN_A_TILE:
        return ""
    row, column = np.unravel_index(apart_by_tile.argmax(), apart_by_tile.shape)
    side = _TILE * _SHRUNK
    return f"the tile at {column * side}, {row * side} by {most} of 255"


def _tiles(picture: Image.Image) -> Image.Image:
    """Return the average colour of each tile."""
    size = (-(-picture.width // _TILE), -(-picture.height // _TILE))
    return picture.convert("RGB").resize(size, Image.Resampling.BOX)


def main() -> None:
    """Keep the looks and the trees of today."""
    KEPT.mkdir(exist_ok=True)
    with served() as address, browsing() as browser:
        for state in STATES:
            few_colours(look(browser, address, state)).save(KEPT / f"{state}.png", optimize=True)
        keep_trees(browser, address)


if __name__ == "__main__":
    main()
