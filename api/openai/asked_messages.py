"""The messages of a client as a question with the turns before it, and the instructions to answer by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from api.openai.answer_endings import without_ending
from api.openai.answered_calls import AnsweredCall, CallLog
from api.openai.openai_errors import ParameterError
from api.openai.request_fields import Fields
from rag.grounding.markers import strip_markers
from rag.text.markdown_code import find_code
from rag.types import Turn
from rag.types.fail_fast import FailFastList

MAX_MESSAGES = 20_000

MAX_TURNS = 32
"""Latest turns that may be shown to the model. A quarter of its window, which is for them, holds fewer."""

CHARACTERS_PER_TOKEN = 2
"""Of these turns, so many characters for each token of the window are read at most."""

_RAW = 4
"""Characters with markers that are read for each that there is room for."""

_MAX_INSTRUCTIONS = 8000
_MAX_MARKER = 999

_TEXTS = ("text", "input_text", "output_text")
_IMAGES = ("image_url", "input_image", "image")
_FILES = ("file", "input_file", "input_audio")


class Part(Fields):
    """A part of a message's content."""

    type: str
    text: str | None = None


class CalledFunction(Fields):
    """The function of a call; `arguments` are JSON."""

    name: str
    arguments: str = ""


class MessageCall(Fields):
    """A call in a message of the assistant; one of another kind of tool has no function."""

    id: str = ""
    function: CalledFunction | None = None


class Message(Fields):
    """A message. One of the assistant may have calls of functions, and one of a tool the result of a call."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | FailFastList[Part] | None = None
    tool_calls: FailFastList[MessageCall] | None = None
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A question with the `history` before it, the latest turns as far as they may be read, and instructions.

    `answered` are the calls of functions since the last answer that have results.
    """

    question: str
    history: tuple[Turn, ...]
    instructions: str
    answered: tuple[AnsweredCall, ...] = ()


def conversation_of(messages: Sequence[Message], instructions: str = "", *, window: int, param: str) -> Conversation:
    """Return the conversation that messages in any order are.

    Instructions are those given and the system's and developer's messages. Messages of the user with no answer between
    them are one question, and an answer to no question is passed over, as is one that follows the last question.
    `window` is the model's, in tokens, and `param` names the messages in errors.

    Raises:
        ParameterError: the user asks nothing, or the messages have something other than text, or a result of no call.
    """
    calls = CallLog(param)
    asked: list[str] = []
    turns: list[tuple[str, str]] = []
    told = [instructions] if instructions else []
    last = max((index for index, message in enumerate(messages) if message.role == "user"), default=-1)
    for index, message in enumerate(messages):
        text = _text(message, param)
        if message.role in ("system", "developer"):
            told.append(text)
        elif message.role == "user":
            asked.append(text)
        elif message.tool_calls or message.role == "tool":
            _note_call(message, text, calls)
        elif message.role == "assistant" and asked and text and index < last:
            turns.append(("\n".join(asked), text))
            asked = []
            calls.clear()
    if last < 0:
        raise ParameterError(param, f"'{param}' has no message of the user. Send the question as the last one.")
    instructions = "\n\n".join(text.strip() for text in told if text.strip())
    if len(instructions) > _MAX_INSTRUCTIONS:
        raise ParameterError(
            param,
            f"The system's messages have {len(instructions)} characters, and the limit is {_MAX_INSTRUCTIONS}. Shorten "
            "them, or add the long part as a document.",
        )
    latest = _latest(turns, window * CHARACTERS_PER_TOKEN)
    return Conversation("\n".join(asked), latest, instructions, calls.answered())


def _note_call(message: Message, text: str, calls: CallLog) -> None:
    """Note the calls of a message, or the result that it is."""
    if message.role == "tool":
        calls.result(message.tool_call_id, text)
    for each in message.tool_calls or ():
        if each.function:
            calls.call(each.id, each.function.name, each.function.arguments)


def _text(message: Message, param: str) -> str:
    if isinstance(message.content, str):
        return message.content
    return "\n".join(_part_text(part, param) for part in message.content or ())


def _part_text(part: Part, param: str) -> str:
    if part.type in _IMAGES:
        raise ParameterError(param, "Images cannot be read in a message. Add the image as a document, or ask in words.")
    if part.type in _FILES:
        raise ParameterError(param, "Files cannot be read in a message. Upload the file to /v1/files, then ask.")
    return part.text or "" if part.type in _TEXTS else ""


def _latest(turns: Sequence[tuple[str, str]], characters: int) -> tuple[Turn, ...]:
    """Return the latest turns, as the model is shown them, of so many characters at most."""
    latest: list[Turn] = []
    for question, answer in reversed(turns[-MAX_TURNS:]):
        turn = Turn(question, _said(answer, characters * _RAW))
        characters -= len(turn.question) + len(turn.answer)
        if characters < 0:
            break
        latest.append(turn)
    return tuple(reversed(latest))


def _said(answer: str, characters: int) -> str:
    """Return an answer of ours without what was added to the model's text: markers, sources, refusals.

    Beyond so many `characters` it is not read: parsing it would take long, and there is no room for it.
    """
    text = without_ending(answer)[:characters]
    return strip_markers(text, _MAX_MARKER, find_code(text))[0]


def chat_messages(conversation: Conversation) -> Iterable[dict[str, str]]:
    """Yield a conversation as messages for a model: instructions first, then user and assistant in turn; no calls."""
    if conversation.instructions:
        yield {"role": "system", "content": conversation.instructions}
    for turn in conversation.history:
        yield {"role": "user", "content": turn.question}
        yield {"role": "assistant", "content": turn.answer}
    yield {"role": "user", "content": conversation.question}
