"""Places are numbered in the order in which they are cited, and quotes that lie on each other are one place."""

from rag.types import Citation, Sentence
from tests.conftest import passage
from web.rendering.quoted_places import QuotedPlaces

PAGE = "One two three four five six."
PASSAGES = (passage(PAGE), passage(PAGE, document="b.pdf"))


def quoted(start: int, end: int, *, number: int = 1, page: int = 1) -> Citation:
    name = PASSAGES[number - 1].chunk.document
    return Citation(
        number=number, document=name, page=page, label="", start=start, end=end, quote=PAGE[start:end], score=1.0
    )


def sentence(*citations: Citation, disputed: tuple[Citation, ...] = ()) -> Sentence:
    return Sentence(start=0, end=1, text="x", citations=citations, support="supported", disputed=disputed)


def test_numbers_follow_the_order_of_citing() -> None:
    later, earlier, other = quoted(14, 18), quoted(0, 3), quoted(0, 3, number=2)
    places = QuotedPlaces([sentence(later), sentence(earlier, disputed=(other,)), sentence(later)], PASSAGES)
    assert [places.number(each) for each in (later, earlier, other)] == [1, 2, 3]
    assert places.quotes == [(1, later), (2, earlier), (3, other)]


def test_a_quote_within_another_is_the_same_place() -> None:
    inner, outer = quoted(4, 7), quoted(0, 13)
    places = QuotedPlaces([sentence(inner), sentence(outer)], PASSAGES)
    assert (places.number(inner), places.number(outer)) == (1, 1)
    assert places.quotes == [(1, outer)]


def test_quotes_that_overlap_are_joined_as_the_page_has_them() -> None:
    places = QuotedPlaces([sentence(quoted(8, 18)), sentence(quoted(0, 13))], PASSAGES)
    assert [(number, each.quote) for number, each in places.quotes] == [(1, PAGE[0:18])]


def test_another_page_and_a_slight_touch_are_other_places() -> None:
    places = QuotedPlaces([sentence(quoted(0, 13), quoted(0, 13, page=2), quoted(12, 28))], PASSAGES)
    assert [number for number, _ in places.quotes] == [1, 2, 3]
