"""OpenDocument texts, spreadsheets and presentations are read like their Microsoft counterparts."""

from pathlib import Path

from tests.support.documents.sample_documents import read_pages, write_flat_odf, write_odf


def test_open_document_texts_sheets_and_slides(tmp_path: Path) -> None:
    text = '<text:h text:outline-level="2">Head</text:h><text:p>a<text:s text:c="2"/>b</text:p>'
    assert read_pages(write_odf(tmp_path / "a.odt", "text", text))[0].text == "## Head\n\na  b"
    cell = "<table:table-cell table:number-columns-repeated='{}'><text:p>{}</text:p></table:table-cell>"
    row = f"<table:table-row>{cell}</table:table-row>"
    sheet = f'<table:table table:name="S">{row.format(1, "x")}{row.format(9999999, "y")}</table:table>'
    (page,) = read_pages(write_odf(tmp_path / "a.ods", "spreadsheet", sheet))
    assert page.label == "sheet “S”"
    assert len(page.text) < 20_000
    box = "<draw:text-box><text:p>T</text:p></draw:text-box>"
    slide = f"<draw:page><draw:frame presentation:class='title'>{box}</draw:frame></draw:page>"
    assert read_pages(write_odf(tmp_path / "a.odp", "presentation", slide * 2))[1].label == "slide 2"


def test_a_text_has_headings_lists_tables_and_properties(tmp_path: Path) -> None:
    cell = "<table:table-cell{}><text:p>{}</text:p></table:table-cell>"
    spans = ' table:number-columns-spanned="2"'
    head = cell.format("", "City") + cell.format(spans, "Sales") + "<table:covered-table-cell/>"
    rows = [head, cell.format("", "") + cell.format("", "2018") + cell.format("", "2017")]
    rows.append(cell.format("", "Rome") + cell.format("", "3") + cell.format("", "4"))
    table = f"<table:table>{''.join(f'<table:table-row>{row}</table:table-row>' for row in rows)}</table:table>"
    item = "<text:list-item><text:p>{}</text:p>{}</text:list-item>"
    inner = f"<text:list>{item.format('deep', '')}</text:list>"
    text = (
        '<text:h text:outline-level="1">One</text:h>'
        f"<text:list>{item.format('a', inner)}{item.format('b', '')}</text:list>{table}"
    )
    (page,) = read_pages(write_odf(tmp_path / "a.odt", "text", text))
    assert page.text == (
        "# One\n\n- a\n  - deep\n- b\n\nCity | Sales\n2018 | 2017\nCity: Rome | Sales 2018: 3 | Sales 2017: 4"
    )
    assert [one.title for one in page.structure.headings] == ["One"]
    assert len(page.structure.tables[0].cells) == 7


def test_hidden_rows_of_a_sheet_are_said(tmp_path: Path) -> None:
    row = "<table:table-row{}><table:table-cell><text:p>{}</text:p></table:table-cell></table:table-row>"
    hidden = row.format(' table:visibility="collapse"', "b")
    sheet = f"<table:table>{row.format('', 'a')}{hidden}</table:table>"
    (page,) = read_pages(write_odf(tmp_path / "a.ods", "spreadsheet", sheet))
    assert "b" in page.text
    assert page.note == "what is hidden is read too: 1 hidden row"


def test_a_flat_file_is_read_like_an_archive_without_its_pictures_and_settings(tmp_path: Path) -> None:
    before = "<office:meta><title>Fees</title></office:meta><office:settings><item>true</item></office:settings>"
    picture = f"<draw:image><office:binary-data>{'iVBORw0KGgo=' * 1_000_000}</office:binary-data></draw:image>"
    maths = "<draw:object><math xmlns='http://www.w3.org/1998/Math/MathML'><mi>x</mi><mo>=</mo><mn>1</mn></math>"
    text = (
        '<text:h text:outline-level="2">Head</text:h>'
        f"<text:p>The fee is 20 euros.<draw:frame>{picture}</draw:frame></text:p>"
        f"<text:p><draw:frame>{maths}</draw:object></draw:frame></text:p><text:p>After it.</text:p>"
    )
    (page,) = read_pages(write_flat_odf(tmp_path / "a.fodt", "text", text, before))
    assert page.text == "## Head\n\nThe fee is 20 euros.\n\nx = 1\n\nAfter it."
    assert (page.metadata, page.note) == ({"title": "Fees"}, "")
    sheet = "<table:table table:name='S'><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell>"
    (page,) = read_pages(write_flat_odf(tmp_path / "a.fods", "spreadsheet", f"{sheet}</table:table-row></table:table>"))
    assert (page.label, page.text) == ("sheet “S”", "# S\n\nx")
