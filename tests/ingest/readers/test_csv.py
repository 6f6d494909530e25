"""Rows of delimited tables keep their column heads and row numbers."""

from pathlib import Path

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
