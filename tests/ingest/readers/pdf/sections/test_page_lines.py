from ingest.readers.layout.geometry import Line
from ingest.readers.pdf.fonts import Type
from ingest.readers.pdf.sections.page_lines import Body, PageLines, are_beside, body_of_page, body_type


def test_the_usual_type_is_that_of_the_prose_not_of_many_short_lines() -> None:
    texts = ["A line of prose that is long enough to be one of a paragraph."] * 5 + ["12"] * 20
    types = [Type(10)] * 5 + [Type(7, bold=True)] * 20
    lines = [Line(0, 1, 50, 0, 400, 10)] * 25

    assert body_type([PageLines(texts, lines, types, 12)]) == Body(10, bold=False, italic=False)


def test_a_document_without_text_has_no_usual_type() -> None:
    assert body_type([]) == Body()


def test_a_page_in_larger_type_has_a_body_of_its_own() -> None:
    page = PageLines(["A line of prose that is long enough."] * 3, [Line(0, 1, 50, 0, 400, 12)] * 3, [Type(12)] * 3, 14)

    assert body_of_page(page, Body(9)) == Body(12)
    assert body_of_page(page, Body(14)) == Body(14)


def test_lines_at_one_height_are_beside_each_other() -> None:
    assert are_beside(Line(0, 1, 0, 100, 50, 110), Line(1, 2, 90, 101, 120, 111))
    assert not are_beside(Line(0, 1, 0, 100, 50, 110), Line(1, 2, 0, 88, 50, 98))
