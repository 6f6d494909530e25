"""Styles and numberings of Word say what is a heading, and which mark stands before it."""

import pytest
from lxml import etree

from ingest.readers.office.docx_styles import ListPlace, Numbering, Styles, formatted


def styles(inner: str) -> Styles:
    return Styles(etree.fromstring(f"<styles>{inner}</styles>"))


def properties(inner: str) -> etree._Element:
    return etree.fromstring(f"<pPr>{inner}</pPr>")


STYLES = styles(
    "<style styleId='berschrift2'><name val='heading 2'/></style>"
    "<style styleId='Own'><basedOn val='berschrift2'/></style>"
    "<style styleId='Part'><pPr><outlineLvl val='0'/></pPr></style>"
    "<style styleId='Plain'><basedOn val='Part'/><pPr><outlineLvl val='9'/></pPr></style>"
    "<style styleId='T'><name val='Title'/></style><style styleId='C'><name val='caption'/></style>"
    "<style styleId='Loop'><basedOn val='Loop'/></style>"
)


@pytest.mark.parametrize(
    ("inner", "level"),
    [
        ("<pStyle val='berschrift2'/>", 2),
        ("<pStyle val='Own'/>", 2),
        ("<pStyle val='Part'/>", 1),
        ("<pStyle val='Plain'/>", 0),
        ("<pStyle val='T'/>", 1),
        ("<pStyle val='Loop'/>", 0),
        ("<pStyle val='berschrift2'/><outlineLvl val='9'/>", 0),
        ("<outlineLvl val='2'/>", 3),
        (f"<outlineLvl val='{'2' * 5000}'/>", 0),
        ("", 0),
    ],
)
def test_the_level_of_a_heading(inner: str, level: int) -> None:
    assert STYLES.level(properties(inner)) == level
    assert STYLES.level(None) == 0


def test_captions_have_a_style() -> None:
    assert STYLES.is_caption(properties("<pStyle val='C'/>"))
    assert not STYLES.is_caption(properties("<pStyle val='T'/>"))


def test_a_list_is_named_by_the_paragraph_or_its_style() -> None:
    found = styles("<style styleId='L'><pPr><numPr><numId val='3'/></numPr></pPr></style>")
    assert found.place(properties("<pStyle val='L'/>")) == ListPlace("3", 0)
    assert found.place(properties("<pStyle val='L'/><numPr><ilvl val='1'/><numId val='4'/></numPr>")) == ListPlace(
        "4", 1
    )
    assert found.place(properties("<pStyle val='L'/><numPr><numId val='0'/></numPr>")) is None


NUMBERING = """<numbering><abstractNum abstractNumId='7'>
<lvl ilvl='0'><start val='1'/><numFmt val='decimal'/><lvlText val='%1.'/></lvl>
<lvl ilvl='1'><start val='1'/><numFmt val='lowerLetter'/><lvlText val='%1.%2)'/></lvl></abstractNum>
<abstractNum abstractNumId='8'><lvl ilvl='0'><numFmt val='bullet'/><lvlText val='x'/></lvl></abstractNum>
<num numId='1'><abstractNumId val='7'/></num><num numId='2'><abstractNumId val='8'/></num>
<num numId='3'><abstractNumId val='7'/><lvlOverride ilvl='0'><startOverride val='5'/></lvlOverride></num></numbering>"""


def test_marks_count_on_and_begin_again_below_each_number() -> None:
    numbering = Numbering(etree.fromstring(NUMBERING))
    places = [("1", 0), ("1", 1), ("1", 1), ("1", 0), ("1", 1), ("2", 0), ("3", 0), ("1", 0), ("9", 0)]
    marks = [numbering.mark(ListPlace(*place)) for place in places]
    assert marks == ["1.", "1.a)", "1.b)", "2.", "2.a)", "-", "5.", "6.", "-"]


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [
        (4, "upperRoman", "IV"),
        (1994, "lowerRoman", "mcmxciv"),
        (28, "lowerLetter", "bb"),
        (3, "decimalZero", "03"),
        (0, "upperLetter", "0"),
    ],
)
def test_numbers_are_written_in_words_formats(number: int, kind: str, text: str) -> None:
    assert formatted(number, kind) == text
