"""Pieces of streamed answers, in the forms that servers send."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rag.interfaces import TextDelta, ThoughtDelta
from rag.model_servers.chat_reader import ChatReader
from rag.types.decoding import Decoding
from tests.support.servers.scripted_server import ended, said
from tests.support.values import present, text_of


def read(*pieces: Any, **decoding: Any) -> list[TextDelta]:
    reader = ChatReader(Decoding(**decoding), clock())
    deltas: list[TextDelta] = []
    for piece in pieces:
        deltas += reader.push(piece)
        if reader.is_complete:
            break
    return [*deltas, *reader.last()]


def clock() -> Callable[[], float]:
    ticks: Iterator[int] = iter(range(1000))
    return lambda: float(next(ticks))


def thoughts(deltas: list[TextDelta]) -> str:
    return "".join(delta.thought for delta in deltas if isinstance(delta, ThoughtDelta))


def with_log_probs(content: str, *values: float) -> dict[str, Any]:
    piece = said(content)
    piece["choices"][0]["logprobs"] = {"content": [{"token": "x", "logprob": value} for value in values]}
    return piece


def test_an_answer_comes_piece_by_piece_and_its_last_delta_says_how_it_ended() -> None:
    deltas = read(said("", role="assistant"), said("Dogs"), said(" bark."), ended("stop", 12, 3))
    assert [(delta.text, delta.tokens, delta.stop_reason) for delta in deltas] == [
        ("Dogs", 1, None),
        (" bark.", 2, None),
        ("", 3, "end"),
    ]


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_thinking_in_a_field_of_its_own_is_no_part_of_the_answer(name: str) -> None:
    deltas = read(said(**{name: "Hm, "}), said(**{name: "dogs"}), said("Dogs bark."), ended("stop", 12, 9))
    assert (thoughts(deltas), text_of(deltas), deltas[-1].tokens) == ("Hm, dogs", "Dogs bark.", 1)


def test_thinking_in_tags_is_no_part_of_the_answer() -> None:
    pieces = [said(piece) for piece in ("<thi", "nk>\nHm", ", dogs", "</th", "ink>", "\n\nDogs", " bark.")]
    deltas = read(*pieces, ended())
    assert (thoughts(deltas), text_of(deltas)) == ("Hm, dogs", "Dogs bark.")


def test_a_stop_sequence_ends_the_answer_and_never_shows() -> None:
    deltas = read(said("Dogs bark.#"), said("## And"), said(" cats"), stop=("###",))
    assert (text_of(deltas), deltas[-1].stop_reason) == ("Dogs bark.", "stop")
    assert text_of(read(said("<think>a ### b</think>"), said("Dogs."), ended(), stop=("###",))) == "Dogs."


def test_a_server_that_ignores_the_limit_is_held_to_it() -> None:
    deltas = read(*(said(f" w{number}") for number in range(9)), max_new_tokens=4)
    assert (text_of(deltas), deltas[-1].tokens, deltas[-1].stop_reason) == ("w0 w1 w2 w3", 4, "length")


def test_tokens_are_counted_by_their_probabilities_and_the_least_likely_is_known() -> None:
    deltas = read(with_log_probs("Dogs bark", -0.1, -2.5), with_log_probs(".", -0.2), ended("stop", 9, 4))
    certainty = present(deltas[-1].certainty)
    assert (deltas[-1].tokens, certainty.min_log_prob, certainty.answerable) == (3, -2.5, None)
    assert read(said("Dogs"), ended())[-1].certainty is None


@pytest.mark.parametrize(("reason", "meaning"), [("length", "length"), ("content_filter", "interrupted")])
def test_the_servers_reasons_have_their_meaning(reason: str, meaning: str) -> None:
    assert read(said("Yes"), ended(reason))[-1].stop_reason == meaning


def test_times_and_savings_are_the_servers_where_it_tells_them() -> None:
    details = {"prompt_tokens_details": {"cached_tokens": 8}}
    timings = {"timings": {"prompt_ms": 250.0, "predicted_ms": 500.0, "draft_n": 6, "draft_n_accepted": 4}}
    stats = present(read(said("Yes"), ended("stop", 9, 1, **details) | timings)[-1].stats)
    assert (stats.waiting_s, stats.prefill_s, stats.decode_s) == (0.75, 0.25, 0.5)
    assert (stats.reused_tokens, stats.drafted_tokens, stats.accepted_tokens) == (8, 6, 4)
    stats = present(read(said("Yes"), ended())[-1].stats)
    assert (stats.waiting_s, stats.prefill_s, stats.decode_s, stats.reused_tokens) == (0.0, 1.0, 1.0, 0)


@pytest.mark.parametrize("number", [int("9" * 400), float("nan"), float("inf")])
def test_numbers_that_nothing_can_be_calculated_with_are_passed_over(number: float) -> None:
    ending = ended("stop") | {
        "usage": {"prompt_tokens": number, "completion_tokens": number},
        "timings": {"prompt_ms": number, "predicted_ms": number, "draft_n": number},
    }
    stats = present(read(said("Yes"), ending)[-1].stats)
    assert (stats.prefill_s, stats.decode_s, stats.drafted_tokens) == (1.0, 1.0, 0)


def test_pieces_without_text_add_nothing() -> None:
    pieces: list[Any] = [
        {},
        {"choices": [{"delta": None, "finish_reason": None}]},
        {"choices": [{"delta": {"content": None}, "logprobs": None}]},
        {"choices": [{"delta": {"content": 7}, "logprobs": {"content": [None, {"logprob": "x"}]}}]},
        {"usage": {"prompt_tokens": -3, "completion_tokens": True}, "choices": []},
    ]
    deltas = read(said("Dogs"), *pieces, said(" bark"), ended())
    assert (text_of(deltas), deltas[-1].tokens, deltas[-1].stop_reason) == ("Dogs bark", 2, "end")
