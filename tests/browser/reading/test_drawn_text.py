"""Markdown and hard-wrapped text are drawn as they mean; the text stays, with what is cited and found marked."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Serve, open_document
from tests.support.browser_tab import Tab, serious_violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MARKDOWN = """# Trees 🌳

The **birch** is _white_, 2*3*4 is 24, and `snake_case` is *no* word_of_mine.

- The oak is old and has **deep
  roots** in the ground.
  - An acorn is small.

  It falls in autumn.
10. The elm is tall.

```python
def yew():
    return "*poisonous*"

# No heading and no list
- yew
```

The larch loses its needles.
"""
WRAPPED = """The lighthouse stands at the end of the long pier, where the wind is
strongest, and it has been kept by the same family for more than two
hundred years. Its lamp can be seen from thirty miles away when the
night is clear.

John Smith
12 Harbour Street

Ships that come from the north take the eastern channel, because the
western one is shallow. A pilot comes aboard at the outer buoy, which
is painted red and white.

Channel      Depth      Width
East         30 m       200 m
"""

VERSES = """The apples ripen in the month of May
And fall before the middle of the day:
The pears are late, and nobody can say
Why they should stay upon the tree so long
While every bird is singing them a song.
"""


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve("Nothing.", {"trees.md": MARKDOWN, "harbour.txt": WRAPPED, "verses.txt": VERSES})


def opened(tab: Tab, name: str) -> Locator:
    open_document(tab, name)
    return tab.page.locator("#cw-viewer .cw-text")


def cited(tab: Tab, sentence: str) -> Locator:
    tab.answer(f"Repeat: {sentence}").locator(".cw-chip").first.click()
    return tab.page.locator("#cw-viewer .cw-text")


def style(element: Locator, name: str) -> str:
    return str(element.first.evaluate("(each, name) => getComputedStyle(each)[name]", name))


def test_emphasis_and_code_of_markdown_are_set_and_their_signs_hidden(tab: Tab) -> None:
    text = opened(tab, "trees.md")
    expect(text.locator(".cw-bold")).to_have_text(["birch", "deep\n", "  ", "roots"], use_inner_text=False)
    assert style(text.locator(".cw-bold"), "fontWeight") == "600"
    expect(text.locator(".cw-italic")).to_have_text(["white", "no"])
    expect(text.locator(".cw-code")).to_have_text(["snake_case"])
    assert "mono" in style(text.locator(".cw-code"), "fontFamily")
    seen = text.inner_text()
    assert "The birch is white, 2*3*4 is 24, and snake_case is no word_of_mine." in seen
    whole = text.evaluate("(each) => each.textContent")
    assert whole == MARKDOWN.removeprefix("# ").strip(), "the text itself, but for the mark of the heading"
    assert serious_violations(tab) == []


def test_items_of_lists_hang_and_code_stands_in_a_box(tab: Tab) -> None:
    text = opened(tab, "trees.md")
    items = text.locator(".cw-item")
    expect(items).to_have_count(4)
    lefts = items.evaluate_all("each => each.map((item) => parseFloat(getComputedStyle(item).paddingInlineStart))")
    assert lefts[1] > lefts[0] == lefts[2] == lefts[3], "the inner list lies further in"
    seen = [each.strip() for each in items.all_inner_texts()]
    assert seen[1:] == ["An acorn is small.", "It falls in autumn.", "10. The elm is tall."]
    edges = items.first.evaluate(
        """(item) => {
            item.style.width = '9em';
            const range = document.createRange();
            range.selectNodeContents(item);
            return [...range.getClientRects()].filter(({width}) => width > 1).map(({left}) => Math.round(left));
        }"""
    )
    assert len(set(edges[1:])) > 0
    assert min(edges) > items.first.evaluate("(item) => item.getBoundingClientRect().left") + 8, "none below the bullet"
    fence = text.locator("code.cw-fence")
    assert fence.inner_text().strip("\n") == 'def yew():\n    return "*poisonous*"\n\n# No heading and no list\n- yew'
    assert style(fence, "whiteSpace") == "pre"
    assert style(fence, "display") == "block"


@pytest.mark.parametrize(
    ("sentence", "seen"),
    [
        ("The birch is white, 2*3*4 is 24, and snake_case is no word_of_mine.", "The birch is white"),
        ("The oak is old and has deep roots in the ground.", "The oak is old"),
        ("The larch loses its needles.", "The larch loses its needles."),
    ],
)
def test_what_is_cited_in_drawn_markdown_is_marked(tab: Tab, sentence: str, seen: str) -> None:
    text = cited(tab, sentence)
    marks = text.locator("mark.cw-cited")
    expect(marks.first).to_be_attached()
    assert (
        "".join(marks.all_text_contents())
        .replace("*", "")
        .replace("_", "")
        .lstrip("- ")
        .startswith(seen.replace("_", ""))
    )
    expect(text.locator("mark.cw-cited:not(.cw-sign)").first).to_be_in_viewport()


def test_words_are_found_across_emphasis_and_line_ends(tab: Tab) -> None:
    text = opened(tab, "harbour.txt")
    tab.page.locator("#cw-viewer .cw-page").focus()
    tab.page.keyboard.press("Control+f")
    tab.page.get_by_role("searchbox", name="Words to find").fill("wind is strongest")
    expect(tab.page.locator(".cw-find-state")).to_have_text("1 of 1")
    marks = text.locator("mark.cw-hit")
    expect(marks.first).to_be_visible()
    assert " ".join("".join(marks.all_text_contents()).split()) == "wind is strongest"


def test_paragraphs_broken_at_a_column_flow_and_lines_that_end_early_stay(tab: Tab) -> None:
    text = opened(tab, "harbour.txt")
    seen = text.inner_text()
    assert "where the wind is strongest, and it has been kept by the same family" in seen
    assert "night is clear.\n\nJohn Smith\n12 Harbour Street\n\nShips that come" in seen
    assert "Channel      Depth      Width\nEast         30 m       200 m" in seen
    assert "mono" in style(text.locator(".cw-columns"), "fontFamily")
    assert text.evaluate("(each) => each.textContent") == WRAPPED.strip(), "the text stays as it is"


def test_verses_are_no_paragraph(tab: Tab) -> None:
    text = opened(tab, "verses.txt")
    expect(text).to_contain_text("The apples ripen")
    assert text.inner_text().strip() == VERSES.strip()
