"""The opening of a document is small, whatever the document."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.facts.opening import opening_of
from rag.types import Heading, Page, Structure


def page(text: str, structure: Structure | None = None, number: int = 1) -> Page:
    return Page(number=number, label=str(number), text=text, structure=structure or Structure())


def test_headings_come_from_the_structure_or_from_marks() -> None:
    structured = page("Title\ntext", Structure(headings=(Heading(1, 0, 5, "Title"),)))
    assert opening_of([structured]).headings == ((1, "Title"),)
    assert opening_of([page("# One\n## Two\ntext")]).headings == ((1, "One"), (2, "Two"))


def test_the_first_page_with_text_is_the_first_page() -> None:
    assert opening_of([page(""), page("Here", number=2)]).lines == ("Here",)
    assert opening_of([]).lines == opening_of([page("")]).lines == ()


@given(st.lists(st.text(), max_size=8))
def test_any_text_gives_an_opening_without_controls(texts: list[str]) -> None:
    opening = opening_of([page(text, number=place) for place, text in enumerate(texts, start=1)])
    assert all(line.isprintable() for line in opening.lines)


def test_a_huge_page_is_looked_at_only_in_part() -> None:
    opening = opening_of([page("x" * 5_000_000), page("y" * 5_000_000, number=2)])
    assert len(opening.text) < 100_000
    assert len(opening.first) < 10_000
