"""Any text of allowed figures and words can be written, and none with another figure or name."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.generation.decoding.allowed_figures import AllowedFigures
from rag.generation.decoding.allowed_months import AllowedMonths
from rag.generation.decoding.allowed_names import AllowedNames, OrdinaryWords
from rag.generation.decoding.grounded_text import Allowed, Written

SOURCE = "Net sales of 32,765 in 1998 and 2017-18, 12 345 or $1.2 million; 300 and 12 at 4.2; 3M on 3 January 2019."
FIGURES = Allowed(AllowedFigures([SOURCE]), AllowedMonths([SOURCE]))


def fault(text: str, allowed: Allowed = FIGURES) -> str:
    """Return what is wrong with a text, or nothing: the same whether it comes whole or by the character."""
    whole = Written().after(text, allowed)
    slow: Written | str = Written()
    for character in text:
        slow = slow if isinstance(slow, str) else slow.after(character, allowed)
    assert slow == whole
    ended = whole if isinstance(whole, str) else whole.ended(allowed)
    return ended if isinstance(ended, str) else ""


@pytest.mark.parametrize(
    "text",
    [
        *("$32 765 or 32.765 (32765)", "In 1998 300 people", "12 345, or 12 300", "1,200,000, 1.2 million"),
        *("1998. 2018, 1998", "(2017\u201318) FY18 '98", "2019-01-03 or 03.01.2019 or Jan 3rd, 2019", "3M's 12%"),
        *("1. One\n2. Two\n3) Three\n\n1. Again", "**1.** One\n**2.** Two", "Step 1: go\nStep 2: stop"),
        *("As [1] and [12] and [1, 2] say.", "In source #12, and source 8.", "sections 4.2 and 4.2."),
        *("\uff11\uff19\uff19\uff18", "no figure at all"),
    ],
)
def test_figures_of_the_source_list_numbers_and_markers_can_be_written(text: str) -> None:
    assert fault(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        *("Sales were 32,766", "Sales were 32,76", "7", "1998,300", "4.3", "1.21 million"),
        *("1. One\n7. Seven", "2. Two", "1 member", "[1998,7", "\uff11\uff19\uff19\uff17"),
    ],
)
def test_other_figures_cannot(text: str) -> None:
    assert fault(text) == "figure"


_words = st.text(string.ascii_lowercase, min_size=1, max_size=8)
_allowed = st.sampled_from(["32,765", "32765", "1998", "2018", "1,200,000", "4.2", "12", "300", "12 345"])
_other = st.integers(1, 10**7).filter(lambda number: not FIGURES.figures.has(str(number)))


@given(st.lists(st.one_of(_words, _allowed), max_size=12), st.sampled_from([" ", ", ", "; ", " (", ".\n"]))
def test_any_text_of_words_and_allowed_figures_can_be_written(parts: list[str], between: str) -> None:
    assert fault("so " + between.join(parts)) == ""


@given(st.lists(st.one_of(_words, _allowed), max_size=6), _other, st.lists(_words, max_size=3))
def test_no_text_with_another_figure_can_be_written(before: list[str], other: int, after: list[str]) -> None:
    assert fault(", ".join(["so", *before, str(other), *after])) == "figure"


NAMES = Allowed(
    FIGURES.figures,
    FIGURES.months,
    AllowedNames(["Adams studied at Harvard."], OrdinaryWords({"\u0120the": 1, "\u0120Lincoln": 2})),
)


@pytest.mark.parametrize(
    "text", ["Adams, of Harvard.", "Why the Harvardian?", "Adams'", "iPhone", 'He said: "Unheard."']
)
def test_names_of_the_source_and_first_words_can_be_written(text: str) -> None:
    assert fault(text, NAMES) == ("name" if "Unheard" in text else "")


@pytest.mark.parametrize("text", ["It was Lincoln.", "- Lincoln", "Lincoln", "He met Jefferson", "so (Jefferson)"])
def test_other_names_cannot(text: str) -> None:
    assert fault(text, NAMES) == "name"
    assert fault(text) == ""


@pytest.mark.parametrize("text", ["on 3 January", "im Januar", "May it be?", "in march", "in March's"])
def test_months_are_those_of_the_source(text: str) -> None:
    assert fault(text) == ("month" if "March" in text else "")
