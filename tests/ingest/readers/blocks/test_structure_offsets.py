"""Structure moves with its text when characters are removed."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.blocks.structure_offsets import cut, moved, shifted
from rag.types import Cell, Figure, Heading, Structure, Table


@given(st.lists(st.tuples(st.text("ab\n", max_size=3), st.text("\u200b\u2060", max_size=2)), max_size=8))
def test_a_place_keeps_the_characters_that_are_left_of_it(parts: list[tuple[str, str]]) -> None:
    before = "".join(kept + removed for kept, removed in parts)
    after = "".join(kept for kept, _ in parts)
    half = len(before) // 2
    structure = Structure(
        (Heading(1, 0, half, "a"),) if half else (),
        (Table(start=0, end=len(before), cells=(Cell(row=0, column=0, start=half, end=len(before)),)),),
        (Figure(half, len(before), ""),),
    )
    result = moved(structure, before, after)

    def left(start: int, end: int) -> str:
        return "".join(character for character in before[start:end] if character in "ab\n")

    assert [after[h.start : h.end] for h in result.headings] == [t for t in [left(0, half)] if t]
    (table,) = result.tables
    assert after[table.start : table.end] == after
    assert after[table.cells[0].start : table.cells[0].end] == left(half, len(before))
    assert after[result.figures[0].start : result.figures[0].end] == left(half, len(before))


STRUCTURE = Structure(
    (Heading(1, 0, 3, "abc"), Heading(2, 12, 14, "de")),
    (
        Table(
            start=4,
            end=11,
            cells=(
                Cell(row=0, column=0, start=4, end=5),
                Cell(row=1, column=0, start=6, end=7),
                Cell(row=2, column=0, start=8, end=11),
            ),
        ),
    ),
    (Figure(12, 14, "de"),),
)


def test_a_structure_is_shifted_with_its_text() -> None:
    result = shifted(STRUCTURE, 10)
    assert [heading.start for heading in result.headings] == [10, 22]
    assert (result.tables[0].start, result.tables[0].cells[2].end, result.figures[0].end) == (14, 21, 24)
    assert shifted(Structure(), 10) == Structure()


def test_a_part_has_what_lies_within_it_and_a_table_goes_on() -> None:
    result = cut(STRUCTURE, 6, 14)
    assert result.headings == (Heading(2, 6, 8, "de"),)
    assert result.figures == (Figure(6, 8, "de"),)
    (table,) = result.tables
    assert (table.start, table.end, table.continues) == (0, 5, True)
    assert [(cell.row, cell.start, cell.end) for cell in table.cells] == [(0, 0, 1), (1, 2, 5)]
    assert not cut(STRUCTURE, 0, 7).tables[0].continues
    assert cut(STRUCTURE, 1, 2) == Structure()
