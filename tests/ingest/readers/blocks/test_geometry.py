"""Boxes turn with their page."""

from ingest.readers.blocks.geometry import Box, upright


def test_four_quarter_turns_give_the_box_back() -> None:
    box = Box(1, 2, 5, 3)
    turned = box
    for _ in range(4):
        turned = upright(turned, 1)
        assert turned.left < turned.right
        assert turned.bottom < turned.top
    assert turned == box
    assert upright(box, 3) == upright(upright(box, 1), 2)
