"""Divided words are joined, paragraphs separated, and characters mapped back to the page."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.blocks.geometry import Line
from ingest.readers.blocks.paragraphs import join_runs, line_runs, raw_positions, text_runs
from tests.support.documents.pdfs import Words, read_pdf, write_words


def test_divided_words_are_joined_and_hyphens_that_belong_stay(tmp_path: Path) -> None:
    lines = ["The committee met to consid-", "er a well-known and a well-", "known matter, the Smith-", "Jones affair."]
    path = write_words(tmp_path / "a.pdf", [[Words(60, 700 - 12 * at, line) for at, line in enumerate(lines)]])
    text = " ".join(read_pdf(path)[0].text.split())
    assert text == "The committee met to consider a well-known and a well-known matter, the Smith-Jones affair."


def test_a_paragraph_is_set_apart(tmp_path: Path) -> None:
    heights = [700, 688, 676, 650, 638, 626]
    path = write_words(tmp_path / "a.pdf", [[Words(60, y, f"line at {y}") for y in heights]])
    assert read_pdf(path)[0].text == "line at 700\nline at 688\nline at 676\n\nline at 650\nline at 638\nline at 626"


def lines_of(*texts: str, pitch: float = 12.0) -> tuple[str, list[Line]]:
    """Return raw text and its lines, one under another."""
    lines, at = [], 0
    for number, text in enumerate(texts):
        lines.append(Line(at, at + len(text), 0, -pitch * number, 100, 10 - pitch * number))
        at += len(text) + 2
    return "\r\n".join(texts), lines


@given(st.lists(st.text(alphabet="ab-ﬁ\xa0é", min_size=1, max_size=8), min_size=1, max_size=5))
def test_every_character_of_the_text_leads_back_to_the_raw_one(texts: list[str]) -> None:
    raw, lines = lines_of(*texts)
    runs = list(text_runs(raw, lines))
    text, positions = join_runs(raw, runs), raw_positions(raw, runs)
    assert len(text) == len(positions)
    for character, position in zip(text, positions, strict=True):
        if position is None:
            assert character in "\n-"
        else:
            assert character == raw[position] or raw[position] in "ﬁ\xa0"


def test_ligatures_and_odd_spaces_become_plain_characters() -> None:
    raw, lines = lines_of("e\ufb03cient\xa0text")
    assert join_runs(raw, list(text_runs(raw, lines))) == "efficient text"


def test_a_run_ends_with_its_line_and_a_repeated_head_is_one_run() -> None:
    raw = "2018\r\nNet 7\r\nOwn 8"
    heads, net, own = range(4), range(6, 11), range(13, 18)
    positions = [*net[:4], *heads, None, net[4], None, *own[:4], *heads, None, own[4]]
    runs = list(line_runs(raw, positions, lambda at: sum(at >= begin for begin in (6, 13))))
    assert [(start, end) for start, end, _ in runs] == [(0, 3), (4, 8), (9, 10), (11, 14), (20, 21)]
    assert "".join(raw[at] for _, _, found in runs for at in found) == "Net20187Own8"
