"""Thinking and answer are told apart by their tags, wherever the text is cut."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.generation.thinking import THINK, ThinkingFormat, ThinkingStream, find_format

MAGISTRAL = find_format("", {"[THINK]", "[/THINK]"})
HARMONY = find_format("<|channel|>analysis<|message|>", set())


def split(pieces: Sequence[str], form: ThinkingFormat = THINK, *, is_open: bool = False) -> tuple[str, str]:
    stream = ThinkingStream(form, is_open=is_open)
    both = [*map(stream.push, pieces), stream.finish()]
    return "".join(thought for thought, _ in both), "".join(answer for _, answer in both)


@pytest.mark.parametrize(
    ("text", "is_open", "thought", "answer"),
    [
        ("<think>Hm.</think>Yes.", False, "Hm.", "Yes."),
        ("\n <think>\nHm.\n</think>\n\nYes.", False, "\nHm.\n", "\n\nYes."),
        ("Hm.</think>Yes.", True, "Hm.", "Yes."),
        ("<think>Hm.</think>Yes.", True, "Hm.", "Yes."),
        ("</think>Yes.", True, "", "Yes."),
        ("<think>Hm, </thin", False, "Hm, </thin", ""),
        ("Yes: a < b.", False, "", "Yes: a < b."),
        ("<thi", False, "", "<thi"),
        ("Yes. <think>No.</think>", False, "", "Yes. <think>No.</think>"),
        ("", False, "", ""),
    ],
)
def test_thinking_is_what_the_tags_at_the_beginning_hold(text: str, is_open: bool, thought: str, answer: str) -> None:
    assert split(list(text), is_open=is_open) == (thought, answer)


@given(st.text(alphabet="<>/think \nab", max_size=40), st.lists(st.integers(0, 60), max_size=6), st.booleans())
def test_where_a_text_is_cut_changes_nothing(text: str, cuts: list[int], is_open: bool) -> None:
    for whole in (text, f"<think>{text}</think>{text}"):
        places = sorted({min(cut, len(whole)) for cut in cuts})
        pieces = [whole[a:b] for a, b in zip([0, *places], [*places, len(whole)], strict=True)]
        assert split(pieces, is_open=is_open) == split([whole], is_open=is_open)


def test_nothing_is_held_back_but_the_beginning_of_a_tag() -> None:
    stream = ThinkingStream(THINK)
    assert stream.is_undecided
    assert stream.push("<think>One. <") == ("One. ", "")
    assert (stream.is_undecided, stream.is_thinking) == (False, True)
    assert stream.push("b> </th") == ("<b> ", "")
    assert stream.push("ink>Yes") == ("", "Yes")
    assert not stream.is_thinking
    assert stream.push(" </th") == ("", " </th")


def test_what_may_stand_before_the_answer_is_no_part_of_it() -> None:
    assert HARMONY is not None
    final = "<|channel|>final<|message|>"
    thought = "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant"
    assert split(list(f"{thought}{final}Yes."), HARMONY) == ("Hm.", "Yes.")
    assert split(list(f"{final}Yes."), HARMONY) == ("", "Yes.")
    assert split(list("Yes."), HARMONY) == ("", "Yes.")


def test_a_format_is_found_in_the_template_first_then_among_the_tokens() -> None:
    assert MAGISTRAL is not None
    assert MAGISTRAL.opening == "[THINK]"
    assert find_format("{{ '<think>' }}", {"[THINK]", "[/THINK]"}) is THINK
    assert find_format("{% if '</think>' in content %}", set()) is THINK
    assert find_format("{{ '<|end|>' }}", {"<|end|>", "<|user|>"}) is None
