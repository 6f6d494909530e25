"""Stored text is cut into the lines of its picture, each character once."""

from ingest.readers.blocks.text_lines import line_runs, text_line


def test_a_run_ends_with_its_line_and_a_repeated_head_is_one_run() -> None:
    raw = "2018\r\nNet 7\r\nOwn 8"
    heads, net, own = range(4), range(6, 11), range(13, 18)
    positions = [*net[:4], *heads, None, net[4], None, *own[:4], *heads, None, own[4]]
    runs = list(line_runs(raw, positions, lambda at: sum(at >= begin for begin in (6, 13))))
    assert [(start, end) for start, end, _ in runs] == [(0, 3), (4, 8), (9, 10), (11, 14), (20, 21)]
    assert "".join(raw[at] for _, _, found in runs for at in found) == "Net20187Own8"


def test_a_line_lies_as_its_characters_do() -> None:
    corner, beside, below = (0.0, 0.0, 0.1, 0.1), (0.8, 0.0, 0.9, 0.1), (0.0, 0.8, 0.1, 0.9)
    for first, last, turns in ((corner, beside, 0), (corner, below, 1), (below, corner, 3), (corner, corner, 0)):
        assert text_line(0, 5, (0, 0, 1, 1), first, last).turns == turns
