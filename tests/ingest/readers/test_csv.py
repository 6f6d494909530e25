"""Rows of delimited tables keep their column heads and row numbers."""

from pathlib import Path

import pytest

from tests.support.documents.sample_documents import read_pages, write_file


def test_rows_of_a_csv_keep_their_heads_and_their_numbers(tmp_path: Path) -> None:
    rows = [["Name", "Town"], *([f"P{at}", f"T{at}"] for at in range(3000))]
    pages = read_pages(write_file(tmp_path / "a.tsv", "\n".join("\t".join(row) for row in rows)))
    assert pages[1].text.startswith("Name: ")
    numbers = [tuple(map(int, page.label.removeprefix("rows ").split("–"))) for page in pages]
    assert [first for first, _ in numbers] == [1, *(last + 1 for _, last in numbers[:-1])]
    assert numbers[-1][1] == 3001
    assert [table.continues for page in pages for table in page.structure.tables] == [False] + [True] * (len(pages) - 1)
    read = [page.text[cell.start : cell.end] for page in pages for cell in page.structure.tables[0].cells]
    assert read == [cell for row in rows for cell in row]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = [["Name", "Remark"], ["Ann", "a, b; c"], ["Bob", "d, e; f"]]
    lines = [delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) for row in rows]
    (page,) = read_pages(write_file(tmp_path / "a.csv", "\n".join(lines)))
    assert page.text == "Name | Remark\nName: Ann | Remark: a, b; c\nName: Bob | Remark: d, e; f"


def test_a_table_without_column_names_stays_as_it_is(tmp_path: Path) -> None:
    assert read_pages(write_file(tmp_path / "a.csv", "1,2\n3,4\n"))[0].text == "1 | 2\n3 | 4"


def test_years_are_heads_of_columns_of_other_numbers(tmp_path: Path) -> None:
    (page,) = read_pages(write_file(tmp_path / "a.csv", "Country,1990,1991\nItaly,3,4\nNorway,5,6\n"))
    assert page.text == "Country | 1990 | 1991\nCountry: Italy | 1990: 3 | 1991: 4\nCountry: Norway | 1990: 5 | 1991: 6"


def test_titles_above_the_heads_are_the_caption(tmp_path: Path) -> None:
    (page,) = read_pages(write_file(tmp_path / "a.csv", "Sales (in thousands)\n\nCity,Sales,Town\nRome,3,x\n"))
    assert page.text == "Sales (in thousands)\n\nCity | Sales | Town\nCity: Rome | Sales: 3 | Town: x"
    (table,) = page.structure.tables
    assert (table.caption, table.unit) == ("Sales (in thousands)", "in thousands")


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x85", "\v", "\f"])
def test_only_line_ends_of_files_divide_rows(tmp_path: Path, character: str) -> None:
    content = f"Name,Town\r\nAnn{character}Lee,Rome\r\nBob,Oslo\r\n"
    (page,) = read_pages(write_file(tmp_path / "a.csv", content.encode()))
    assert page.text == "Name | Town\nName: Ann Lee | Town: Rome\nName: Bob | Town: Oslo"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_end_as_on_any_system(tmp_path: Path, end: str) -> None:
    content = end.join(["Name;Town", '"Ann, of";Rome', f'"Bob{end}Lee";Oslo', ""])
    (page,) = read_pages(write_file(tmp_path / "a.csv", content.encode()))
    assert page.text == "Name | Town\nName: Ann, of | Town: Rome\nName: Bob Lee | Town: Oslo"


def test_a_long_cell_keeps_its_table(tmp_path: Path) -> None:
    (page,) = read_pages(write_file(tmp_path / "a.csv", "Name,Review,Stars\nAnn," + "word " * 200 + ",x\n"))
    assert page.text.startswith("Name | Review | Stars\nName: Ann | Review: word")
