"""Lists and longer answers are shown without what no source has, however the text is cut into deltas."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.unsupported_lines import MAX_HELD, Judge, LineFilter, keep_supported
from rag.interfaces import TextDelta, ThoughtDelta
from rag.types import Certainty, Citation, Sentence, Support


def sentence(piece: str, support: Support, *quotes: int) -> Sentence:
    """A piece, supported by quotes that begin at these characters of a page."""
    cited = [
        Citation(number=1, document="a.txt", page=1, label="", start=at, end=at + 9, quote="", score=1.0)
        for at in quotes
    ]
    return Sentence(start=0, end=len(piece), text=piece, citations=tuple(cited), support=support)


def judge(piece: str) -> Sequence[Sentence]:
    """Whatever says "false" has no support; no quote is told."""
    return [sentence(piece, "unsupported" if "false" in piece else "supported")]


def quoting(**quotes: int) -> Judge:
    """The first of these words in a piece tells where its quote begins; in "doubtful" ones it is weak support."""

    def cited(piece: str) -> Sequence[Sentence]:
        found = next(at for word, at in quotes.items() if word in piece)
        return [sentence(piece, "weak" if "doubtful" in piece else "supported", found)]

    return cited


def shown(text: str, size: int = 1, judge: Judge = judge) -> tuple[str, list[str]]:
    kept = LineFilter(judge)
    parts = [kept.push(text[at : at + size]) for at in range(0, len(text), size)]
    return "".join([*parts, kept.finish()]), kept.left_out


def test_an_item_that_no_source_has_leaves_the_list() -> None:
    assert shown("- one\n- false item\n- two") == ("- one\n- two", ["- false item"])


def test_numbers_go_on_without_what_was_left_out() -> None:
    assert shown("1. one\n2. false\n3. three\n\n1. new\n")[0] == "1. one\n2. three\n\n1. new"


def test_an_item_introduces_only_what_is_deeper() -> None:
    assert shown("1. false:\n2. one\n") == ("1. one", ["1. false:"])
    assert shown("- false:\n- Entry:\n- one") == ("- Entry:\n- one", ["- false:"])
    assert shown("- false:\n  - one") == ("- false:\n  - one", [])


def test_an_item_is_listed_once() -> None:
    assert shown("- Apples\n- pears\n- apples.\n")[0] == "- Apples\n- pears"


def test_items_that_differ_in_a_sign_are_not_the_same() -> None:
    text = "- C\n- C++\n- C#\n- -5 °C\n- +5 °C\n- a < b\n- a > b\n- 1.5 m\n- 15 m\n- 1,5 m"
    assert shown(text) == (text, [])


@pytest.mark.parametrize(
    "text",
    [
        "**Alpha**\n- Price: 20\n- Guests: none\n\n**Beta**\n- Price: 30\n- Guests: none",
        "### Plan A\n#### Fees\n- 20 a day\n\n### Plan B\n#### Fees\n- 20 a day",
        "Alpha:\n- Guests: none\n\nBeta:\n- Guests: none",
        "- Alpha:\n- Guests: none\n- Beta:\n- Guests: none",
        "1. **Alpha**\n   - Guests: none\n2. **Beta**\n   - Guests: none",
        "1. Alpha has a hall. It takes no guests.\n2. Beta has a garden. It takes no guests.",
    ],
    ids=["headings", "headings below headings", "introductions", "items that introduce", "items of items", "sentences"],
)
def test_what_is_said_of_one_thing_may_be_said_of_another(text: str) -> None:
    assert shown(text) == (text, [])


def test_an_item_of_an_item_is_listed_once() -> None:
    text = "1. One\n   - red\n   - **Red**.\n2. Two\n   - red\n3. one\n   - red"
    assert shown(text)[0] == "1. One\n   - red\n2. Two\n   - red"


def test_an_item_that_says_less_by_the_same_quote_repeats_the_one_before() -> None:
    judge = quoting(Adults=0, halls=100)
    first = "- Adults pay 20 euros, and guests 5"
    assert shown(f"{first}\n- Adults pay 20 euros.\n- To be paid by Adults: 20 euros", judge=judge)[0] == (
        f"{first}\n- To be paid by Adults: 20 euros"
    )


@pytest.mark.parametrize(
    "text",
    [
        "- Adults pay 20 euros, and guests 5\n- halls: 20 euros",
        "- Adults may bring guests\n- Adults may not bring guests",
        "- Adults pay 20 euros, a doubtful rule\n- Adults pay 20 euros",
        "- Adults pay 20 euros\n- Children of Adults pay 20 euros",
    ],
    ids=["another quote", "a denial", "the doubtful before the sure one", "somebody else"],
)
def test_an_item_that_says_something_else_is_listed(text: str) -> None:
    assert shown(text, judge=quoting(Adults=0, halls=100))[0] == text


def test_items_that_follow_those_of_an_item_are_not_said_again() -> None:
    text = "- one\n- Of two:\n  1. one\n  2. three\n- one\n- four"
    assert shown(text)[0] == text.replace("\n- one\n- four", "\n- four")


def test_a_list_ends_where_its_items_are_said_again() -> None:
    def listing() -> Iterator[TextDelta]:
        yield TextDelta("- one\n- two\n- one\n", 9)
        yield TextDelta("- two\n- thr", 14)
        raise AssertionError("nobody waits for more of it")

    found = list(keep_supported(listing(), LineFilter(judge, is_list=True)))
    assert "".join(delta.text for delta in found) == "- one\n- two"
    assert found[-1].stop_reason == "repetition"


def test_of_what_is_no_list_only_the_repetitions_are_left_out() -> None:
    text = "- one\n- two\n- one\n- two\n- three"
    assert shown(text)[0] == "- one\n- two\n- three"


@pytest.mark.parametrize(("begun", "rest"), [("- one\n- tw", "- one"), ("- on", "- on")])
def test_an_item_within_which_a_loop_was_cut_off_is_not_shown_beside_others(begun: str, rest: str) -> None:
    found = list(keep_supported(iter([TextDelta(begun, 9, "repetition")]), LineFilter(judge)))
    assert [(delta.text, delta.stop_reason) for delta in found] == [(rest, "repetition")]


def test_a_sentence_is_said_once() -> None:
    assert shown("It is so. It is not. It is so.\n\nIt is so. And more.")[0] == "It is so. It is not. \n\nAnd more."


def test_a_block_of_code_stays_or_goes_whole() -> None:
    text = "Run this:\n```sh\nmake false. One\nmake\n```\nThen wait.\n"
    assert shown(text) == ("Then wait.", ["```sh\nmake false. One\nmake\n```"])
    assert shown(f"1. Edit it. {text}2. Then")[0] == "1. Edit it. \nThen wait.\n2. Then"
    assert shown(text.replace("false", "true"))[0] == text.replace("false", "true").rstrip()


def test_headings_and_lines_that_introduce_something_are_kept_and_nothing_is_introduced_in_vain() -> None:
    text = "## The false friends\n**false**\nfalse ones are:\n- these\n"
    assert shown(text) == (text.rstrip(), [])
    assert shown("1. Edit it.\nFor example:\n")[0] == "1. Edit it."
    assert shown("1. Edit it.\n2. **Install it:**\n")[0] == "1. Edit it.\n2. **Install it.**"


def test_what_goes_on_and_on_is_not_held_back_for_ever() -> None:
    kept = LineFilter(judge)
    assert kept.push("x" * (MAX_HELD + 1)) == "x" * MAX_HELD


@given(
    st.lists(
        st.sampled_from(["- a\n", "false. ", "Yes it is. ", "```\n", "1. b\n", "c", "So:\n", "2. d:\n", " ", "\n"])
    ),
    st.integers(1, 9),
)
def test_the_deltas_do_not_matter(parts: list[str], size: int) -> None:
    text = "".join(parts)
    assert shown(text, size) == shown(text, len(text) or 1)


def deltas(closed: list[bool]) -> Iterator[TextDelta]:
    try:
        yield ThoughtDelta("", 0, thought="hm")
        yield TextDelta("", 0, certainty=Certainty(1.0))
        yield TextDelta("- fal", 1)
        yield TextDelta("se\n- tr", 2)
        yield TextDelta("ue", 3, "end")
    finally:
        closed.append(True)


def test_thoughts_signals_and_the_stop_reason_pass_through() -> None:
    closed: list[bool] = []
    kept = LineFilter(judge)
    found = list(keep_supported(deltas(closed), kept))
    assert [delta.text for delta in found] == ["", "", "- true"]
    assert found[-1].stop_reason == "end"
    assert kept.left_out == ["- false"]


def test_items_that_only_vary_a_beginning_are_left_out_unless_a_source_has_them() -> None:
    judged: dict[str, Support] = {"sure": "supported"}
    kept = LineFilter(lambda piece: [sentence(piece, judged.get(piece.split()[-1], "weak"))])
    items = [f"- it may not put limits on the {end}" for end in ("use", "sale", "fun", "sure", "sun")]
    assert kept.push("\n".join([*items, ""])) == "\n".join([items[0], items[1], items[3]])
    assert kept.left_out == [items[2], items[4]]
