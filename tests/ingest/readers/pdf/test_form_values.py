"""Form values are inserted among the lines of a page, each after its label."""

from collections.abc import Sequence

from ingest.readers.blocks.geometry import Box, Line
from ingest.readers.pdf.raw_page import insert_form_values


class Typewriter:
    """Text whose characters are ten units wide; each line has a place of its own."""

    def __init__(self, lines: Sequence[tuple[float, float, str]]) -> None:
        self.text = "\r\n".join(text for _, _, text in lines)
        self.lines: list[Line] = []
        self._boxes: dict[int, Box] = {}
        at = 0
        for left, bottom, text in lines:
            for place in range(len(text)):
                self._boxes[at + place] = Box(left + 10 * place, bottom, left + 10 * place + 10, bottom + 10)
            self.lines.append(Line(at, at + len(text), left, bottom, left + 10 * len(text), bottom + 10))
            at += len(text) + 2

    def boxes(self, positions: Sequence[int]) -> list[Box]:
        return [self._boxes[position] for position in positions]


def texts(page: Typewriter, fields: Sequence[Box]) -> list[str]:
    return [page.text[line.start : line.end] for line in insert_form_values(page, page.lines, fields, 0)]


def test_a_value_comes_after_the_label_left_of_it() -> None:
    page = Typewriter([(0, 100, "Name:"), (0, 50, "Town:"), (100, 50, "Bath"), (100, 100, "Ann")])
    fields = [Box(95, 45, 200, 65), Box(95, 95, 200, 115)]
    assert texts(page, fields) == ["Name:", "Ann", "Town:", "Bath"]


def test_a_value_without_a_label_in_its_row_comes_after_the_one_above() -> None:
    page = Typewriter([(0, 100, "Name"), (0, 20, "Signature"), (0, 70, "Ann")])
    assert texts(page, [Box(-5, 65, 200, 85)]) == ["Name", "Ann", "Signature"]


def test_a_line_of_several_values_is_divided_among_its_fields() -> None:
    page = Typewriter([(0, 100, "From:"), (200, 100, "to:"), (60, 100, "May           June")])
    assert texts(page, [Box(55, 95, 120, 115), Box(195, 95, 300, 115)]) == ["From:", "May", "to:", "June"]


def test_a_page_without_values_keeps_its_lines() -> None:
    page = Typewriter([(0, 100, "Name:"), (0, 50, "Town:")])
    assert texts(page, [Box(95, 45, 200, 65)]) == ["Name:", "Town:"]
