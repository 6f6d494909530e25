"""Slides come in the order they are shown, with their titles, notes and charts."""

from pathlib import Path

from tests.support.documents.sample_documents import read_pages, relations, write_pptx, write_zip


def test_slides_come_in_the_order_they_are_shown_title_first(tmp_path: Path) -> None:
    slides = [[("body", "one"), ("title", "First")], [("", "")], [("title", "Third"), ("sldNum", "3")]]
    pages = read_pages(write_pptx(tmp_path / "a.pptx", slides))
    assert [(page.label, page.text, page.state) for page in pages] == [
        ("slide 1", "# First\n\none", "ready"),
        ("slide 2", "", "empty"),
        ("slide 3", "# Third", "ready"),
    ]


def test_notes_and_charts_are_read_with_their_slide(tmp_path: Path) -> None:
    chart = (
        "<c><title><t>Sales</t></title><ser><tx><v>2024</v></tx><cat><pt idx='0'><v>Rome</v></pt></cat>"
        "<val><pt idx='0'><v>3</v></pt></val></ser><ser><tx><v>2025</v></tx><cat><pt idx='0'><v>Rome</v></pt></cat>"
        "<val><pt idx='0'><v>4</v></pt></val></ser></c>"
    )
    frame = '<graphicFrame><chart xmlns:r="http://x/relationships" r:id="c"/></graphicFrame>'
    notes = "<n><sp><ph type='sldNum'/><p><t>7</t></p></sp><p><t>Say hello.</t></p></n>"
    parts = {
        "ppt/slides/slide1.xml": f"<s><spTree>{frame}</spTree></s>",
        "ppt/slides/_rels/slide1.xml.rels": relations(("c", "chart", "c.xml"), ("n", "notesSlide", "n.xml")),
        "ppt/slides/c.xml": chart,
        "ppt/slides/n.xml": notes,
    }
    (page,) = read_pages(write_zip(tmp_path / "a.pptx", parts))
    assert page.text == "Sales\n\nCategory | 2024 | 2025\nCategory: Rome | 2024: 3 | 2025: 4\n\nNotes: Say hello."


def test_a_damaged_slide_is_noted_and_the_others_are_read(tmp_path: Path) -> None:
    parts = {
        "ppt/slides/slide1.xml": "this is not XML",
        "ppt/slides/slide2.xml": "<s><spTree><sp><txBody><p><t>fine</t></p></txBody></sp></spTree></s>",
    }
    first, second = read_pages(write_zip(tmp_path / "a.pptx", parts))
    assert (first.state, first.note) == ("empty", "the slide is damaged and cannot be read")
    assert second.text == "fine"


def test_tables_have_merged_heads_pictures_their_texts_and_lists_their_marks(tmp_path: Path) -> None:
    cells = "<tc gridSpan='{}' {}><txBody><p><r><t>{}</t></r></p></txBody></tc>"
    head = cells.format(1, "", "City") + cells.format(2, "", "Sales") + cells.format(1, "hMerge='1'", "")
    years = cells.format(1, "", "") + cells.format(1, "", "2018") + cells.format(1, "", "2017")
    body = cells.format(1, "", "Rome") + cells.format(1, "", "3") + cells.format(1, "", "4")
    table = f"<tbl><tblPr firstRow='1'/><tr>{head}</tr><tr>{years}</tr><tr>{body}</tr></tbl>"
    bullets = "<p><r><t>one</t></r></p><p><pPr lvl='1'/><r><t>two</t></r></p>"
    slide = (
        f"<s><spTree><graphicFrame>{table}</graphicFrame><pic><cNvPr descr='a map'/></pic>"
        f"<sp><nvPr><ph type='body'/></nvPr><txBody>{bullets}</txBody></sp></spTree></s>"
    )
    (page,) = read_pages(write_zip(tmp_path / "a.pptx", {"ppt/slides/slide1.xml": slide}))
    assert page.text == (
        "City | Sales\n2018 | 2017\nCity: Rome | Sales 2018: 3 | Sales 2017: 4\n\na map\n\n- one\n  - two"
    )
    assert [one.caption for one in page.structure.figures] == ["a map"]
    assert len(page.structure.tables[0].cells) == 7
