"""Damaged, arbitrary and hostile input: every reader yields pages or refuses with a reason, and fetches nothing."""

import random
import socket
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.formats import FORMATS
from ingest.readers.recognition import onnx_models
from tests.support.documents.sample_documents import paragraph, read_pages, write_docx
from tests.support.fuzzing import cases, outcome, seeds

CASES = 400


@pytest.fixture(autouse=True)
def without_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged picture takes seconds to find no text in; that is not what is looked for."""
    monkeypatch.setattr(onnx_models, "is_available", lambda: False)


def test_damaged_documents_are_read_or_refused(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    inputs = seeds(tmp_path / "seeds")
    assert {outcome(tmp_path / "seeds" / name) for name in inputs if (tmp_path / "seeds" / name).exists()} == {"read"}
    seen = set()
    for name, data in islice(cases(inputs, random.Random(7)), CASES):
        (tmp_path / name).write_bytes(data)
        seen.add(outcome(tmp_path / name))
    assert seen == {"read", "refused"}


@pytest.mark.parametrize("suffix", sorted(min(each.suffixes) for each in FORMATS.values()))
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arbitrary_bytes_under_any_name_are_read_or_refused(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data)
    assert outcome(path) in ("read", "refused")


MARKUP = st.recursive(
    st.sampled_from(["text", "&amp;", "<br>", "<img alt=x>", "<b>", "</p>", "<!--", "é", "\0"]),
    lambda inner: st.tuples(
        st.sampled_from(["p", "div", "table", "tr", "td", "th", "ul", "li", "h1", "pre", "span", "script", "svg"]),
        st.lists(inner, max_size=4),
    ).map(lambda node: f"<{node[0]}>{''.join(node[1])}</{node[0]}>"),
    max_leaves=25,
)


@given(MARKUP)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_markup_is_read_or_refused(tmp_path: Path, markup: str) -> None:
    path = tmp_path / "a.html"
    path.write_text(f"<html>{markup}<p>end</p><script>hidden()</script>", encoding="utf-8")
    outcome(path)


def test_nothing_is_fetched_whatever_a_document_asks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise AssertionError("a reader opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    link = "http://example.invalid/x"
    (tmp_path / "a.html").write_text(
        f"<!DOCTYPE html SYSTEM '{link}.dtd'><link rel=stylesheet href='{link}.css'><img src='{link}.png'><p>text</p>"
        f"<iframe src='{link}'></iframe><script src='{link}.js'></script>"
    )
    (tmp_path / "a.xml").write_text(f"<!DOCTYPE a SYSTEM '{link}.dtd' [<!ENTITY b SYSTEM '{link}'>]><a>text &b;</a>")
    write_docx(tmp_path / "a.docx", paragraph("text") + f'<w:p><w:hyperlink w:anchor="{link}"/></w:p>')
    for name in ("a.html", "a.xml", "a.docx"):
        assert "text" in read_pages(tmp_path / name)[0].text
