"""Messages in any order are a question with the turns before it; nothing but text is read."""

import time

import pytest

from api.openai.asked_messages import MAX_TURNS, Conversation, Message, Part, conversation_of
from api.openai.openai_errors import ParameterError
from rag.grounding.abstention import NOT_FOUND
from rag.types import Turn


def read(*said: str, instructions: str = "", window: int = 4096) -> Conversation:
    """Read messages written as "u question" or "a answer"."""
    roles = {"u": "user", "a": "assistant", "s": "system", "d": "developer", "t": "tool"}
    given = [Message.model_validate({"role": roles[each[0]], "content": each[2:]}) for each in said]
    return conversation_of(given, instructions, window=window, param="messages")


def test_earlier_messages_are_turns_and_the_last_of_the_user_is_the_question() -> None:
    assert read("u One?", "a One.", "u Two?", "a Two.", "u Three?") == Conversation(
        "Three?", (Turn("One?", "One."), Turn("Two?", "Two.")), ""
    )


@pytest.mark.parametrize(
    ("said", "question", "turns"),
    [
        (["a Hello!", "u One?"], "One?", 0),
        (["u One?", "u Two?"], "One?\nTwo?", 0),
        (["u One?", "a One.", "a Also.", "u Two?"], "Two?", 1),
        (["u One?", "a One."], "One?", 0),
        (["u One?", "t result", "a One.", "u Two?"], "Two?", 1),
        (["u One?", "a ", "u Two?"], "One?\nTwo?", 0),
    ],
)
def test_roles_out_of_order_are_put_in_order(said: list[str], question: str, turns: int) -> None:
    found = read(*said)
    assert (found.question, len(found.history)) == (question, turns)


def test_calls_since_the_last_answer_come_with_their_results() -> None:
    call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": '{"x": 1}'}}
    given: list[dict[str, object]] = [
        {"role": "user", "content": "One?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "a", "content": [{"type": "text", "text": "first"}]},
        {"role": "assistant", "content": "One."},
        {"role": "user", "content": "Two?"},
        {"role": "assistant", "content": "Wait.", "tool_calls": [call, {"id": "b", "type": "custom"}]},
        {"role": "tool", "tool_call_id": "a", "content": "second"},
    ]
    found = conversation_of([Message.model_validate(each) for each in given], window=4096, param="messages")
    assert (found.question, found.history) == ("Two?", (Turn("One?", "One."),))
    assert [(each.call.arguments, each.result) for each in found.answered] == [({"x": 1}, "second")]
    with pytest.raises(ParameterError, match="which no message before it makes"):
        read("u Two?", "t result")


def test_all_messages_of_the_system_are_instructions_wherever_they_are() -> None:
    found = read("s Be brief.", "u One?", "d Be kind.", "s ", instructions="Be true.")
    assert found.instructions == "Be true.\n\nBe brief.\n\nBe kind."


def test_what_was_added_to_earlier_answers_is_taken_off() -> None:
    said = (
        "u One?",
        "a It is 20. [1] And x[0] too. [2][3]\n\nSources:\n\n- [1] [a.txt](<http://b>): “It is 20.”",
        "u Two?",
        f"a A draft.\n\n{NOT_FOUND} Nothing was found for it.",
        "u Three?",
    )
    assert [turn.answer for turn in read(*said).history] == ["It is 20. And x[0] too.", NOT_FOUND]


def test_ten_thousand_messages_are_read_at_once_and_the_latest_kept() -> None:
    said = [f"{role} {number} {role}" for number in range(5000) for role in "ua"]
    started = time.thread_time()  # the processor's time, in which a busy machine is no slower; a tenth of it is needed
    found = read(*said, "u Last?")
    assert time.thread_time() - started < 2
    assert len(found.history) == MAX_TURNS
    assert found.history[-1] == Turn("4999 u", "4999 a")


def test_long_turns_are_left_out_as_the_window_has_no_room_for_them() -> None:
    said = ["u " + "x" * 3000, "a One.", "u Two?", "a " + "y" * 3000, "u Three?"]
    assert [len(turn.answer) for turn in read(*said, window=2000).history] == [3000]
    assert read(*said, window=512).history == ()


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [("image_url", "Images cannot be read"), ("input_image", "Images"), ("file", "Upload the file to /v1/files")],
)
def test_what_is_no_text_is_refused(kind: str, sentence: str) -> None:
    asked = Message(role="user", content=[Part(type="text", text="What is this?"), Part(type=kind)])
    with pytest.raises(ParameterError, match=sentence):
        conversation_of([asked], window=4096, param="messages")


def test_without_a_question_there_is_nothing_to_answer() -> None:
    with pytest.raises(ParameterError, match="has no message of the user"):
        read("s Be brief.", "a Hello!")
