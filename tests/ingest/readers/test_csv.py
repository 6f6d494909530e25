"""Rows of delimited tables keep their column heads and row numbers."""

from pathlib import Path

import pytest

from rag.errors import DocumentError
from tests.support.sample_documents import read_pages, write_file


def test_rows_of_a_csv_keep_their_heads_and_their_numbers(tmp_path: Path) -> None:
    (page,) = read_pages(write_file(tmp_path / "a.csv", 'Name;Town\n"Ann; B";Rome\n'))
    assert page.text == "Name | Town\nName: Ann; B | Town: Rome"
    pages = read_pages(
        write_file(tmp_path / "b.tsv", "Name\tTown\n" + "".join(f"P{at}\tT{at}\n" for at in range(3000)))
    )
    assert pages[0].label.startswith("rows 1–")
    assert pages[1].text.startswith("Name: ")
    numbers = [tuple(map(int, page.label.removeprefix("rows ").split("–"))) for page in pages]
    assert [first for first, _ in numbers[1:]] == [last + 1 for _, last in numbers[:-1]]
    assert numbers[-1][1] == 3001


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = [["Name", "Remark"], ["Ann", "a, b; c"], ["Bob", "d, e; f"]]
    lines = [delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) for row in rows]
    (page,) = read_pages(write_file(tmp_path / "a.csv", "\n".join(lines)))
    assert page.text == "Name | Remark\nName: Ann | Remark: a, b; c\nName: Bob | Remark: d, e; f"


def test_a_table_without_column_names_stays_as_it_is(tmp_path: Path) -> None:
    assert read_pages(write_file(tmp_path / "a.csv", "1,2\n3,4\n"))[0].text == "1 | 2\n3 | 4"


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="the file is empty"):
        read_pages(write_file(tmp_path / "a.csv", " \n"))
