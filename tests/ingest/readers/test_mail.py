"""Messages have their headers, text, forwarded messages and names of attachments."""

from pathlib import Path

from tests.support.documents.sample_documents import read_pages, write_file


def test_a_message_with_its_headers_forwarded_message_and_attachments(tmp_path: Path) -> None:
    mail = b"""From: =?utf-8?q?J=C3=BCrgen?= <j@example.org>
To: all@example.org
Subject: Lunch
Date: Mon, 1 Jan 2024 10:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=B

--B
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Caf=E9 at noon.

--B
Content-Type: application/pdf
Content-Disposition: attachment; filename="menu.pdf"

%PDF
--B
Content-Type: message/rfc822

Subject: Earlier
From: k@example.org

The older text.
--B--
"""
    first, second = read_pages(write_file(tmp_path / "a.eml", mail))
    assert first.label == "message “Lunch”"
    assert "From: Jürgen <j@example.org>" in first.text
    assert "Café at noon." in first.text
    assert "Attached, not read: menu.pdf" in first.text
    assert (second.label, "The older text." in second.text) == ("message “Earlier”", True)


def test_an_encrypted_message_is_read_as_its_headers(tmp_path: Path) -> None:
    mail = b"From: a@b.c\nTo: d@e.f\nSubject: Sealed\nContent-Type: application/pkcs7-mime\n\nAAAA"
    (page,) = read_pages(write_file(tmp_path / "a.eml", mail))
    assert "AAAA" not in page.text
    assert page.text == "# Sealed\n\nFrom: a@b.c\nTo: d@e.f"
    assert page.note == "the message is encrypted, and only its headers are read"


def test_html_is_left_out_only_where_plain_text_says_the_same(tmp_path: Path) -> None:
    head = "From: a@b.c\nTo: d@e.f\nSubject: Hi\nContent-Type: multipart/alternative; boundary=B\n\n"
    html = "--B\nContent-Type: text/html\n\n<p>marked <b>up</b></p>\n"
    plain = "--B\nContent-Type: text/plain\n\nplain\n"
    assert "marked up" in read_pages(write_file(tmp_path / "a.eml", f"{head}{html}--B--"))[0].text
    both = read_pages(write_file(tmp_path / "b.eml", f"{head}{plain}{html}--B--"))[0].text
    assert ("plain" in both, "marked" in both) == (True, False)
    mixed = head.replace("alternative", "mixed")
    beside = read_pages(write_file(tmp_path / "c.eml", f"{mixed}{html}{plain}--B--"))[0].text
    assert beside.endswith("marked up\n\nplain")
    blank = plain.replace("plain\n", "\n")
    assert "marked up" in read_pages(write_file(tmp_path / "d.eml", f"{head}{blank}{html}--B--"))[0].text


def test_a_footer_beside_alternatives_costs_neither_of_them_their_text(tmp_path: Path) -> None:
    mail = """From: a@b.c
To: d@e.f
Subject: Hi
Content-Type: multipart/mixed; boundary=A

--A
Content-Type: multipart/alternative; boundary=B

--B
Content-Type: text/plain

The fee is 20 euros.
--B
Content-Type: multipart/mixed; boundary=C

--C
Content-Type: text/html

<p>The fee is <b>20 euros</b>.</p>
--C
Content-Type: application/pdf; name="fees.pdf"

%PDF
--C--
--B--
--A
Content-Type: text/plain

Sent to all members.
--A--
"""
    (page,) = read_pages(write_file(tmp_path / "a.eml", mail))
    _, _, body = page.text.partition("To: d@e.f\n\n")
    assert body == "The fee is 20 euros.\n\nSent to all members.\n\nAttached, not read: fees.pdf"


def test_a_message_says_what_it_is(tmp_path: Path) -> None:
    mail = b"From: Ann <a@b.c>\nTo: d@e.f\nSubject: Lunch\nDate: Mon, 1 Jan 2024 10:00:00 +0000\n\nAt noon."
    (page,) = read_pages(write_file(tmp_path / "a.eml", mail))
    expected = {"title": "Lunch", "author": "Ann <a@b.c>", "date": "2024-01-01T10:00:00+00:00"}
    assert page.metadata == expected
    assert [one.title for one in page.structure.headings] == ["Lunch"]
