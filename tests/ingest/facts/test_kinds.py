"""Kinds by format, title, text and file name."""

import time

import pytest

from ingest.facts.kinds import CHINESE_TITLES, TEXTS, TITLES, kind_of
from ingest.facts.opening import opening_of
from rag.text.facets import KINDS
from rag.types import Page


def kind(text: str = "", title: str = "", name: str = "a.pdf") -> str:
    return kind_of(name, title, opening_of([Page(number=1, label="1", text=text)]))


@pytest.mark.parametrize(
    ("name", "expected"), [("a.eml", "mail"), ("a.PPTX", "slides"), ("a.csv", "spreadsheet"), ("a.epub", "book")]
)
def test_some_formats_have_one_kind(name: str, expected: str) -> None:
    assert kind(name=name, title="Annual report") == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Procès-verbal de la séance", "minutes"),
        ("Geschäftsbericht 2020", "annual report"),
        ("Amcor reports fiscal 2023 results", "earnings release"),
        ("Loan agreement", "contract"),
        ("Interface Configuration Guide", "manual"),
        ("東北電気 2018 年第一季度报告", "quarterly report"),
        ("Restaurant Receipt Form", "form"),
    ],
)
def test_a_title_says_the_kind(title: str, expected: str) -> None:
    assert kind(title=title) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Abstract. We show [1] that …", "paper"),
        ("This is made by and between A and B, WHEREAS …", "contract"),
        ("Dear Sir or Madam,\nthank you", "letter"),
        ("OMB No. 1545-0074. Please print.", "form"),
        ("The sun was shining on the sea.", "other"),
        ("", "other"),
    ],
)
def test_a_text_shows_its_kind(text: str, expected: str) -> None:
    assert kind(text) == expected


def test_a_file_name_helps_and_a_page_of_the_web_is_an_article() -> None:
    assert kind("Some text", name="README.rst") == "manual"
    assert kind("Some text", name="a.html") == "article"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("[1" * 8_000, "other"), ("☐" * 8_000, "form"), ("_" * 8_000, "form"), ("[1☐_" * 2_000, "form")],
)
def test_a_hostile_text_is_looked_at_in_time(text: str, expected: str) -> None:
    started = time.thread_time()  # the processor's time, in which a busy machine is no slower; a hundredth is needed
    assert kind(text) == expected
    assert time.thread_time() - started < 2


def test_every_kind_with_words_is_a_kind_to_filter_by() -> None:
    assert {kind for kind, *_ in (*TITLES, *CHINESE_TITLES, *TEXTS)} <= KINDS.keys()
