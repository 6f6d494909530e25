"""Text that makes no sense is told by its words, whatever its language; text that makes sense is kept."""

import pytest

from ingest.readers.pdf.scanned import (
    agreement,
    is_better,
    is_doubtful,
    is_sparse,
    is_suspect,
    strange_characters,
)

ENGLISH = "The committee approved the budget for the year, and the report was sent to all of its members in May. " * 3
SENSIBLE = {
    "English": ENGLISH,
    "German": "Die Gesellschaft hat im Geschäftsjahr einen Gewinn erzielt, der auf die Sparten entfällt. " * 3,
    "Russian": "Общество получило прибыль за отчётный год и направило её на развитие производства. " * 3,
    "Arabic": "حققت الشركة أرباحا في السنة المالية الماضية ووزعتها على المساهمين. " * 3,
    "Chinese": "公司在本财政年度取得了利润，并将其分配给股东。" * 8,
    "figures": "\n".join(
        f"Segment {name} {at * 1313:,} ({at}.5)% $12.7m Q{at}" for at, name in enumerate("ABCDEFGHIJ")
    ),
    "code": "def read(path):\n    for page in pages(path):\n        yield page.text\n\nprint(read('a.pdf'))\n" * 3,
    "bullets": "● Class one\n● Class two\n● Cell with words\n● Another cell\n● And one more of these\n" * 3,
}


@pytest.mark.parametrize("language", SENSIBLE)
def test_text_that_makes_sense_is_kept(language: str) -> None:
    assert not is_doubtful(SENSIBLE[language])


@pytest.mark.parametrize(
    "text",
    [
        "7KH FRPPLWWHH DSSURYHG WKH EXGJHW IRU WKH \\HDU DQG WKH UHSRUW ZDV VHQW WR DOO PHPEHUV LQ 0D\\ " * 2,
        "\ue001\ue002\ue003 \ue004\ue005 \ue006\ue007" * 9,
        "(cid:12)(cid:7)(cid:44) (cid:3)(cid:9) " * 9,
        "/g12/g33/g7 /g9/g44/g2 /g1/g5 " * 9,
        "tne;cmm~ttee >ppr0ved th*bud9et f^r\\ye@r 4nd#rep0rt w{s s3nt|t0 a!l m=mb3rs ~n |\\/|ay x#z q@@ " * 3,
    ],
)
def test_nonsense_is_doubtful(text: str) -> None:
    assert is_doubtful(text)


def test_a_page_of_few_words_is_sparse_and_a_scanner_s_odd_words_are_suspect() -> None:
    assert is_sparse("CONFIDENTIAL 17 May 2019")
    assert not is_sparse(ENGLISH)
    assert not is_suspect(ENGLISH)
    assert is_suspect(ENGLISH + "toi n»Bfl s*r;tiiR H^uid")


def test_lines_that_disagree_show_wrong_words() -> None:
    right = ["The Foundation received the following letters", "accepting membership and enclosing their check"]
    wrong = ["Tne Foundntion recelved tbe fallowings lettors", "aceepting aomberehip end wrelosing tbeir cheek"]
    assert agreement(right, right) == 1.0
    assert agreement(wrong, right) < 0.3
    assert agreement(["a few"], ["a few words"]) == 1.0  # too little to tell


def test_recognised_text_replaces_only_what_it_betters() -> None:
    assert is_better(ENGLISH, "CONFIDENTIAL 17 May 2019")
    assert not is_better("CONFIDENTIAL 17 May 2019", "CONFIDENTIAL 17 May 2019")
    assert is_better("short", "\ue001\ue002")
    assert not is_better("x = f(y*z) >> b[i]", "x = f(y*z) >> b[i]")
    assert strange_characters("plain") == 0.0
