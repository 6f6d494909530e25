"""Answers at the shell, with their notes: nothing in them acts upon a terminal."""

from dataclasses import replace

import pytest
from rich.console import Console

from cli import output, output_answers, output_ingest
from ingest.prepare import FileResult
from rag.types import (
    Citation,
    Dropped,
    Event,
    GenerationStats,
    Plan,
    PromptRead,
    Sentence,
    StopReason,
    Timings,
    Token,
    ToolCalled,
)
from tests.conftest import passage
from tests.support.values import answer

CITATION = Citation(number=1, document="a.pdf", page=3, label="3", start=0, end=5, quote="It is so.", score=0.9)

ANSWER = answer("q?", text="It is so.", passages=(passage("It is so."),))
CITED = Sentence(start=0, end=9, text="It is so.", citations=(CITATION,), support="supported")


def verdict(capsys: pytest.CaptureFixture[str], reason: StopReason, *sentences: Sentence) -> str:
    output_answers.print_verdict(
        replace(ANSWER, text="", sentences=sentences, abstained=not sentences, stop_reason=reason)
    )
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("cancelled", "Stopped."),
        ("length", "Cut off at the length limit (setting max_new_tokens)"),
        ("repetition", "began to repeat itself"),
        ("filtered", "content filter (setting content_filter)"),
        ("interrupted", "the model's server broke off. Ask again"),
    ],
)
def test_an_answer_that_did_not_end_by_itself_says_why(
    capsys: pytest.CaptureFixture[str], reason: StopReason, said: str
) -> None:
    assert said in verdict(capsys, reason)


def test_an_answer_about_the_app_has_no_sources(capsys: pytest.CaptureFixture[str]) -> None:
    output_answers.print_verdict(replace(ANSWER, plan=Plan(kind="about_app")))
    assert capsys.readouterr().out.strip() == ""


def test_the_rate_is_that_of_writing_and_none_is_said_where_nothing_was_measured(
    capsys: pytest.CaptureFixture[str],
) -> None:
    timings = Timings(first_token_s=2.0, total_s=2.0, prompt_tokens=900, output_tokens=15)
    output_answers.print_verdict(replace(ANSWER, timings=timings))
    assert " ".join(capsys.readouterr().err.split()).endswith("900 tokens read, 15 written")
    measured = replace(timings, generation=GenerationStats(decode_s=0.5))
    output_answers.print_verdict(replace(ANSWER, timings=measured))
    assert "900 tokens read, 15 written (30.0/s)" in " ".join(capsys.readouterr().err.split())


def test_thinking_is_shown_on_demand_and_never_with_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    for shown in (True, False):
        thinking = output_answers.Thinking(shown=shown)
        for piece in ("Hm, ", "[bold]x[0] \\"):
            thinking.print(piece)
        thinking.end()
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("Thinking …\n")
        assert err[11:] == ("Hm, [bold]x[0] \\\n\n" if shown else "")
    output_answers.Thinking(shown=True).end()
    assert capsys.readouterr().err == "", "a model that does not think leaves no line"


def test_how_long_is_still_read_is_a_line_on_a_terminal_and_nothing_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    events: list[Event] = [PromptRead(0.4, 12.3), PromptRead(0.7, 6.0), Token("It is so.")]
    assert [*output_answers.showing_reading(events)] == events[2:]
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(output_answers, "err", Console(force_terminal=True))
    assert [*output_answers.showing_reading(events)] == events[2:]
    assert "Reading: 70%, about 6 s to the first word" in capsys.readouterr().out


@pytest.mark.parametrize(
    "hostile", ["a\x1b[2J.pdf", "a\x9b31m.pdf", "a\rb\x08\x07.pdf", "a\nadded b.pdf", "\u202efdp.a"]
)
def test_a_file_name_cannot_act_upon_the_terminal(capsys: pytest.CaptureFixture[str], hostile: str) -> None:
    output_ingest.print_file(FileResult(name=hostile, source=hostile, status="failed", reason="no text"))
    output.print_error(f"{hostile} is damaged.")
    output.print_table(hostile, ("name",), [(hostile,)])
    citation = replace(CITATION, document=hostile, quote=hostile)
    sentence = replace(CITED, text=hostile, citations=(citation,), support="weak")
    output_answers.print_verdict(replace(ANSWER, text=hostile, sentences=(sentence,), passages=(passage(hostile),)))
    printed = "".join(capsys.readouterr())
    assert not set(printed.replace("\n", "")) & {"\x1b", "\x9b", "\r", "\x08", "\x07", "\u202e"}
    assert "\nadded" not in printed


def test_of_a_partial_answer_it_is_said_in_plain_words_what_was_not_found(capsys: pytest.CaptureFixture[str]) -> None:
    text = "It has 7 wheels in Bonn."
    unfound = replace(CITED, start=10, end=30, text=text, citations=(), support="unsupported", missing=("7", "Bonn"))
    out = verdict(capsys, "end", CITED, unfound)
    assert "Not found in the documents: the sources do not support this part of the answer." in out
    assert "“It has 7 wheels in Bonn.” (not there: 7, Bonn)" in out
    assert out.count("7 wheels") == 1
    assert "Not found" not in verdict(capsys, "end", CITED)
    assert "Not found in the documents:" not in verdict(capsys, "end")


def test_what_a_weak_sentence_lacks_and_who_says_otherwise_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    other = replace(CITATION, number=2, document="b.pdf", page=1, label="1", quote="It is not so.")
    weak = replace(CITED, start=10, end=18, text="It is 8.", support="weak", missing=("8",))
    out = verdict(capsys, "end", replace(CITED, disputed=(other,)), weak)
    assert "Another source says otherwise than “It is so.”\n[2] b.pdf, p. 1\n    “It is not so.”" in out
    assert "“It is 8.”  partly supported (not there: 8)" in out


def test_a_quoted_row_of_a_table_is_printed_below_its_heads(capsys: pytest.CaptureFixture[str]) -> None:
    row = replace(CITATION, quote="Net [bold]sales[/] | 2018: 32,765 | 2017: 31,657", place="Table 3, p. 3")
    printed = verdict(capsys, "end", replace(CITED, citations=(row,)))
    lines = [line.split() for line in printed.splitlines()]
    assert ["2018", "2017"] in lines
    assert ["Net", "[bold]sales[/]", "32,765", "31,657"] in lines
    assert "a.pdf, Table 3, p. 3" in printed


def test_notes_are_printed_below_an_answer_and_nothing_twice(capsys: pytest.CaptureFixture[str]) -> None:
    noted = replace(
        ANSWER,
        dropped=(Dropped(passage("Or so."), "no room"),),
        plan=Plan(kind="list"),
        notes=("Gathered from 1 section of [red]a.pdf.", "1 more passage was found, but not read."),
    )
    output_answers.print_verdict(noted)
    printed = capsys.readouterr().out
    assert "Gathered from 1 section of [red]a.pdf." in printed
    assert printed.count("not read") == 1
    output_answers.print_verdict(replace(noted, plan=Plan(), notes=()))
    assert capsys.readouterr().out.count("not read") == 1


def test_calls_of_tools_are_printed_harmlessly(capsys: pytest.CaptureFixture[str]) -> None:
    output_answers.print_call(ToolCalled("search", {"query": "[bold]x\x1b[0m"}), "de")
    out, err = capsys.readouterr()
    assert (out, err) == ("", "Nochmals gesucht nach „[bold]x\ufffd[0m“ (nichts Neues)\n")
