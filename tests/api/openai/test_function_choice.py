"""The model chooses: its calls are checked, a mistake is told once, and a required call is made or refused."""

from typing import Any

import pytest

from api.openai.function_choice import Choice, FunctionChoice
from api.openai.function_definitions import functions_of
from api.openai.openai_errors import ParameterError
from rag.interfaces import Message
from rag.runtime.progress import CancelEvent
from rag.types.decoding import Decoding
from rag.types.tools import ToolCall
from tests.support.tools.calling_generator import CallingGenerator, call

PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [{"type": "function", "name": "get_weather", "description": "Weather.", "parameters": PARAMETERS}]
ASKED: list[Message] = [{"role": "user", "content": "Weather in Rome?"}]
ROME = call("get_weather", '{"city": "Rome"}')
CALL = ToolCall("call00001", "get_weather", {"city": "Rome"})


class Objecting:
    """Object to anything that has a word."""

    def objection(self, text: str) -> str | None:
        return "the word Rome" if "Rome" in text else None


def choose(
    generator: CallingGenerator, choice: Any = None, *, reads_on: bool = False, parallel: bool = True, **more: Any
) -> Choice:
    functions = functions_of(TOOLS, choice, parallel=parallel)
    asking = FunctionChoice(generator, functions, more.get("content_filter"), reads_on=reads_on)
    answered = more.get("answered", ())
    return asking.choose(ASKED, answered, Decoding(max_new_tokens=more.get("tokens", 300)), CancelEvent())


def test_a_call_is_chosen_with_the_text_before_it() -> None:
    choice = choose(CallingGenerator(f"Let me look. {ROME}"))
    assert (choice.calls, choice.text.strip(), choice.stop_reason) == ((CALL,), "Let me look.", "tool_calls")
    assert choice.prompt_tokens > 3
    assert choice.output_tokens > 3


def test_a_long_text_is_no_call_and_is_not_read_to_its_end_unless_wanted() -> None:
    story = " ".join(f"word{number}" for number in range(100))
    assert len(choose(CallingGenerator(story)).text) < 260
    assert choose(CallingGenerator(story), reads_on=True).text.strip() == story.strip()


FENCED = '```json\n{"name": "get_weather", "arguments": {"city": "Rome"}}\n```'


@pytest.mark.parametrize("text", [FENCED, FENCED.removesuffix("```"), f"\n{FENCED}\n"])
def test_a_call_that_is_all_of_a_block_of_code_is_a_call(text: str) -> None:
    choice = choose(CallingGenerator(text))
    assert (choice.calls, choice.text) == ((CALL,), "")


def test_a_mistake_is_told_and_may_be_mended() -> None:
    generator = CallingGenerator(call("get_weather", '{"town": "Rome"}'), ROME)
    assert choose(generator).calls == (ToolCall("call00002", "get_weather", {"city": "Rome"}),)
    told = generator.prompts[1][0][-1]
    assert (told["role"], told["content"]) == ("tool", "The object of the arguments lacks 'city'.")


def test_what_stays_wrong_is_no_call() -> None:
    assert choose(CallingGenerator(call("fly", "{}"))).calls == ()
    assert choose(CallingGenerator(f"{ROME}{call('fly', '{}')}")).calls[0].name == "get_weather"


def test_a_required_call_is_demanded_and_its_lack_is_refused() -> None:
    generator = CallingGenerator("I would rather not.")
    with pytest.raises(ParameterError, match="called no function as 'tool_choice' requires"):
        choose(generator, "required")
    assert generator.prompts[0][0][0]["content"].startswith("Call one of the functions")
    assert choose(CallingGenerator(ROME), "required").calls == (CALL,)


def test_calls_may_be_held_to_one_and_are_never_many() -> None:
    many = CallingGenerator(ROME * 20, context_tokens=9000)
    assert len(choose(many, tokens=2000).calls) == 8
    assert len(choose(many, parallel=False, tokens=2000).calls) == 1


def test_the_content_filter_holds_for_arguments() -> None:
    assert choose(CallingGenerator(ROME), content_filter=Objecting()).calls == ()


def test_functions_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ParameterError, match="Offer fewer functions"):
        choose(CallingGenerator(ROME, context_tokens=305))
