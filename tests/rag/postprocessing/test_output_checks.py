"""Checks of an answer while it streams: the same for every way of cutting it, and nothing shown is taken back."""

import re
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.interfaces import ContentFilter, TextDelta, ThoughtDelta
from rag.postprocessing.output_checks import TemplateTokens, check_stream, check_thoughts
from rag.text.sanitize import TEMPLATE_TOKENS, strip_invisible


class NoBananas:
    """Objects to bananas."""

    def objection(self, text: str) -> str | None:
        return "it speaks of bananas" if "banana" in text.lower() else None


class Model:
    """Streams texts as pieces, and remembers how far it was read and whether it was closed."""

    def __init__(self, *texts: str) -> None:
        self.texts = texts
        self.read = 0
        self.closed = False

    def stream(self) -> Iterator[TextDelta]:
        try:
            for text in self.texts:
                self.read += 1
                yield TextDelta(text, self.read, "end" if self.read == len(self.texts) else None)
        finally:
            self.closed = True


def shown(texts: Sequence[str], content_filter: ContentFilter | None = None) -> tuple[str, str | None]:
    """The text that gets through, and why it ended."""
    pieces = list(check_stream(Model(*texts).stream(), content_filter))
    assert [piece.stop_reason for piece in pieces[:-1]] == [None] * (len(pieces) - 1)
    return "".join(piece.text for piece in pieces), pieces[-1].stop_reason


def by_word(text: str) -> list[str]:
    return re.findall(r"\s*\S+|\s+$", text)


FRAGMENTS = st.sampled_from(
    [
        *("<|im_end|>", "<|im_start|>", "assistant", "\n", "<|im_", "start|>", "<", "[", "[1]", "[INST]", "<s>", "</s"),
        *("<|start_header_id|>assistant<|end_header_id|>", "<|end", "_of_text|>", "a <b> c", "x[0] < 3", "\x07", "\t"),
        *("The fee is 20 euros. ", "A banana. ", "No!\n", "好的。", "1. ", "word ", "\u200b", "\u202e", "می\u200cخ"),
        *("👩\u200d🚒", "\u200d", "The leader serves for one year, and no longer than that in any case. " * 3),
    ]
)
TEXTS = st.lists(FRAGMENTS, max_size=30).map("".join)


@given(TEXTS, st.data(), st.sampled_from([None, NoBananas()]))
def test_what_is_shown_does_not_depend_on_how_the_text_is_cut(
    text: str, data: st.DataObject, content_filter: ContentFilter | None
) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=20)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert shown(pieces, content_filter) == shown([text], content_filter) == shown([*text, ""], content_filter)


@given(st.lists(st.text(st.characters(exclude_categories=["C"], exclude_characters="<["), max_size=9), max_size=9))
def test_an_answer_with_nothing_to_object_to_is_untouched_and_never_waits(texts: list[str]) -> None:
    texts = [strip_invisible(text)[0] for text in texts]
    pieces = list(check_stream(Model(*texts, "").stream()))
    assert [piece.text for piece in pieces] == [*filter(None, texts), ""]


@given(TEXTS)
def test_whole_tokens_of_a_template_go_and_only_they(text: str) -> None:
    longest_first = "|".join(map(re.escape, sorted(TEMPLATE_TOKENS, key=len, reverse=True)))
    stream = TemplateTokens()
    assert "".join([*map(stream.push, text), stream.finish()]) == re.sub(longest_first, "", text)


def test_a_leaked_token_is_never_seen_however_it_is_split() -> None:
    text = "It is so.<|im_end|>\n<|im_start|>assistant\nIt is [1] so, 3 < 4.</s>"
    assert shown([*text]) == ("It is so.\nIt is [1] so, 3 < 4.", "end")


def test_what_a_source_has_is_quoted_and_other_tokens_go_however_it_is_split() -> None:
    sources = ["<p><s>old</s> new</p>", "Put it between [INST] and [/INST], <|im_start|> before the role."]
    quoted = "`<p><s>old</s> new</p>` goes between [INST] and [/INST], after <|im_start|>."
    for texts in ([quoted, "</p><|im_end|><pad>"], [*quoted, *"</p><|im_end|><pad>"]):
        pieces = check_stream(Model(*texts).stream(), None, sources)
        assert "".join(piece.text for piece in pieces) == quoted + "</p>"
    longer = check_stream(Model("<|im_start|>assistant\nYes").stream(), None, sources)
    assert "".join(piece.text for piece in longer) == "Yes"


def test_control_and_invisible_characters_go_and_line_ends_stay() -> None:
    assert shown(["\x1b[31mred\x07\n\tfdp\u202e.exe", "\U000e0041\u200b!"]) == ("[31mred\n\tfdp.exe!", "end")


SENTENCE = "The term of office of the Project Secretary is one year. "
LOOPS = {
    "a sentence": SENTENCE,
    "a word": "very ",
    "a long unit": " ".join(f"w{n}" for n in range(60)) + " ",
    "a script without spaces": "项目秘书的任期为一年。",
}


@pytest.mark.parametrize("unit", LOOPS.values(), ids=LOOPS.keys())
def test_a_text_that_goes_round_in_circles_is_stopped_early(unit: str) -> None:
    model = Model(*by_word("To begin with: " + unit * 200))
    pieces = list(check_stream(model.stream()))
    text = "".join(piece.text for piece in pieces)
    assert pieces[-1].stop_reason == "repetition"
    assert 3 <= text.count(unit.strip()) < 50
    assert model.closed
    assert model.read < len(model.texts) / 4 + 5


ORDINARY = {
    "numbers": ", ".join(map(str, range(1, 200))),
    "a list": "".join(f"- {name} votes yes\n" for name in "Ann Bob Cid Dan Eve Fay Gus Hal Ida Jim Kay Lea".split()),
    "a table": "| month | a | b | c |\n| --- | --- | --- | --- |\n" + "| x | 0.00 | 0.00 | 0.00 |\n" * 3,
    "a rule and leaders": "=" * 200 + "\n" + ". " * 100 + "1\n" + "-" * 80,
    "code": "def f():\n" + "    x += 1\n" * 4 + "}\n" * 10 + "</div>\n" * 6,
    "emphasis": "No. No. No. It is very, very, very, very good. Ha ha ha ha ha ha!",
    "said twice": SENTENCE * 2 + "That is all.",
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY.keys())
def test_lists_tables_code_and_emphasis_are_no_repetition(text: str) -> None:
    assert shown(by_word(text)) == (text, "end")


def test_an_objection_stops_the_answer_before_the_sentence() -> None:
    model = Model(*by_word("Apples are red. Bananas are yellow. Pears are green."))
    pieces = list(check_stream(model.stream(), NoBananas()))
    assert ("".join(piece.text for piece in pieces), pieces[-1].stop_reason) == ("Apples are red. ", "filtered")
    assert model.closed
    assert model.read < len(model.texts)


def test_a_filter_sees_the_last_sentence_too_even_without_an_end_mark() -> None:
    assert shown(["Apples are red. A ban", "ana"], NoBananas()) == ("Apples are red. ", "filtered")
    assert shown(["Apples are red. A pe", "ar"], NoBananas()) == ("Apples are red. A pear", "end")


def stream_of(*thoughts: str, answer: str = "Yes.") -> Iterator[TextDelta]:
    yield from (ThoughtDelta("", 0, thought=thought) for thought in thoughts)
    yield TextDelta(answer, 1)
    yield TextDelta("", 1, "end")


def thinking(deltas: Iterator[TextDelta]) -> tuple[str, str]:
    read = list(deltas)
    thought = "".join(delta.thought for delta in read if isinstance(delta, ThoughtDelta))
    assert [delta.stop_reason for delta in read if delta.stop_reason] == ["end"]
    return thought, "".join(delta.text for delta in read)


# Thinking is cleaned as an answer is, but never ends one.


def test_nothing_that_acts_on_a_terminal_or_page_stays_in_thinking() -> None:
    assert thinking(check_thoughts(stream_of("A\x1b[2J", "B\u202ec <|im_", "end|>d"))) == ("A[2JBc d", "Yes.")


def test_thinking_that_the_filter_objects_to_is_cut_off_and_the_answer_goes_on() -> None:
    said = ["Trees are green. ", "Bananas are yellow. ", "And so on. "]
    assert thinking(check_thoughts(stream_of(*said), NoBananas())) == ("Trees are green. ", "Yes.")


def test_thinking_that_repeats_itself_is_cut_off_and_the_answer_goes_on() -> None:
    thought, answer = thinking(check_thoughts(stream_of(*["I must think about this again and again. "] * 50)))
    assert 0 < len(thought) < 1000
    assert answer == "Yes."


def test_the_checks_of_an_answer_leave_thinking_alone() -> None:
    said = ["Bananas. "] * 60
    thought, answer = thinking(check_stream(stream_of(*said, answer="Yes."), NoBananas()))
    assert (thought, answer) == ("".join(said), "Yes.")
