"""Text that was written in English is shown in the language of the page, whoever wrote it; the rest stays as it is."""

from pathlib import Path

import pytest

from ingest.readers.registry import reader_for
from rag.errors import DocumentError
from web.page_language import in_language
from web.stored_texts import kind_shown, language_shown, place_shown, reason_shown

PLACES = {
    "§ 7.2, line 1,512": "§ 7.2, Zeile 1.512",
    "p. 3": "S. 3",
    "Table 3, p. ii (page 4 of the file)": "Table 3, S. ii (Seite 4 der Datei)",
    "lines 1–420": "Zeilen 1–420",
    "section “Fees, p. 3”": "Abschnitt „Fees, p. 3“",
    "Fees, slide 3": "Fees, Folie 3",
    "Anlage A": "Anlage A",
    "": "",
}


@pytest.mark.parametrize(("place", "shown"), PLACES.items())
def test_a_place_is_shown_in_the_language_of_the_page(place: str, shown: str) -> None:
    assert place_shown(place) == place
    with in_language("de"):
        assert place_shown(place) == shown


def test_reasons_and_their_fields_are_shown_in_the_language_of_the_page() -> None:
    size = "the file has 320 MB, and the limit is 250 MB (setting max_file_mb)"
    both = "replaces the earlier version; 2 of 3 pages have no text (scanned?): 1, 3"
    with in_language("de"):
        assert reason_shown(size) == "die Datei hat 320 MB, und die Grenze ist 250 MB (Einstellung max_file_mb)"
        assert reason_shown(both) == "ersetzt die frühere Fassung; 2 von 3 Seiten haben keinen Text (gescannt?): 1, 3"
        assert reason_shown("something else; went wrong") == "something else; went wrong"
    assert reason_shown(both) == both


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.txt", b""),
        ("film.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 20),
        ("no.pdf", b"%PDF-1.7 broken"),
        ("no.docx", b"PK\x03\x04" + bytes(40)),
        ("no.png", b"\x89PNG\r\n\x1a\nbroken"),
    ],
)
def test_what_the_readers_say_of_real_files_is_recognised(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DocumentError) as raised:
        list(reader_for(path, name).read(path))
    with in_language("de"):
        assert reason_shown(str(raised.value)) != str(raised.value)


def test_kinds_and_languages_have_names() -> None:
    assert (kind_shown("annual report"), language_shown("en")) == ("annual report", "English")
    with in_language("fr"):
        assert (kind_shown("annual report"), kind_shown("10-K"), kind_shown("mine")) == (
            "rapport annuel",
            "10-K",
            "mine",
        )
        assert (language_shown("de"), language_shown("xq"), language_shown("")) == ("allemand", "xq", "")
