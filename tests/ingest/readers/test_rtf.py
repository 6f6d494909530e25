"""RTF documents are read in their code page."""

from pathlib import Path

from tests.support.documents.sample_documents import read_pages, write_file


def test_rtf_is_read_in_its_code_page_without_its_formatting(tmp_path: Path) -> None:
    data = rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0 Arial;}}\f0 \'cf\'f0\'e8 {\b bold} word.\par two}"
    assert read_pages(write_file(tmp_path / "a.rtf", data))[0].text == "При bold word.\n\ntwo"


def test_headings_tables_and_properties(tmp_path: Path) -> None:
    rtf = (
        r"{\rtf1\ansi{\info{\title Fees}{\author Ann}{\company ACME}{\creatim\yr2024\mo5\dy6}}"
        r"\pard\outlinelevel1 Costs\par\pard Text.\par"
        r"\trowd City\cell Year\cell Sales\cell\row\trowd Rome\cell 2024\cell 3\cell\row\pard End.\par}"
    )
    (page,) = read_pages(write_file(tmp_path / "a.rtf", rtf))
    assert page.text == "## Costs\n\nText.\n\nCity | Year | Sales\nCity: Rome | Year: 2024 | Sales: 3\n\nEnd."
    assert [one.title for one in page.structure.headings] == ["Costs"]
    assert page.metadata == {"title": "Fees", "author": "Ann", "organisation": "ACME", "date": "2024-05-06"}
