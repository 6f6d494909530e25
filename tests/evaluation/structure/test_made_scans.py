"""Scans are made of pages that state their text, the same ones every time."""

from pathlib import Path

import numpy as np

from evaluation.structure.made_scans import Wear, printed_pages, scanned, worn
from tests.support.documents.pdfs import WIDTH, Words, write_words

PROSE = [Words(60, 800 - 12 * at, f"Line {at} of a page with many a word of plain text", 9) for at in range(20)]


def test_pages_of_known_text_are_chosen_and_few_words_are_not_enough(tmp_path: Path) -> None:
    write_words(tmp_path / "a.pdf", [[Words(60, 700, "Too short")], PROSE])
    write_words(tmp_path / "copy.pdf", [PROSE])
    write_words(tmp_path / "short.pdf", [[Words(60, 700, "Too short")]])
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    (page,) = printed_pages(tmp_path)
    assert page.text.startswith("Line 0 of a page")
    assert not page.is_table


def test_what_is_not_on_the_shown_part_of_a_page_is_not_printed(tmp_path: Path) -> None:
    write_words(tmp_path / "a.pdf", [[*PROSE, Words(WIDTH + 50, 400, "Beyond the page")]])
    (page,) = printed_pages(tmp_path)
    assert "Beyond" not in page.text


def test_the_same_wear_gives_the_same_scan(tmp_path: Path) -> None:
    write_words(tmp_path / "a.pdf", [PROSE])
    (page,) = printed_pages(tmp_path)
    first, again = (np.asarray(scanned(page, Wear(dpi=72, skew=1))) for _ in range(2))
    assert np.array_equal(first, again)
    assert first.std() > 0
    upright, turned = scanned(page, Wear(dpi=72)), worn(scanned(page, Wear(dpi=72)), Wear(turns=1), 0)
    assert turned.size == upright.size[::-1]
