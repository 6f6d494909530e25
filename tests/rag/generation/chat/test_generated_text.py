"""Generated tokens as text: thinking and answer are counted and shown apart."""

from rag.generation.chat.chat_template import ChatTemplate
from rag.generation.chat.generated_text import GeneratedText
from rag.generation.chat.tool_rendering import WithoutCalls
from rag.interfaces import TextDelta, ThoughtDelta
from rag.types.decoding import Decoding
from tests.support.random_models import word_tokenizer
from tests.support.tools.tool_templates import QWEN


def template() -> ChatTemplate:
    tokenizer = word_tokenizer("<think>", "</think>")
    tokenizer.chat_template = QWEN
    return ChatTemplate(tokenizer, "x")


def test_thinking_and_answer_are_apart() -> None:
    made = template()
    text = GeneratedText(made, Decoding(max_new_tokens=2), is_open=True)
    deltas = [delta for token in made.tokenise("a b") for delta in text.push(token)]
    assert all(isinstance(delta, ThoughtDelta) for delta in deltas)
    assert text.is_thinking
    assert (text.thoughts, text.answers) == (2, 0)


def test_an_answer_is_complete_at_its_limit() -> None:
    made = template()
    text = GeneratedText(made, Decoding(max_new_tokens=2, thinking_tokens=0), is_open=False)
    deltas = [delta for token in made.tokenise("a b") for delta in text.push(token)]
    assert deltas[-1] == TextDelta(" b", 2)
    assert text.is_answering
    assert text.is_complete


def test_only_an_answer_that_may_call_tools_frees_them_from_the_mask() -> None:
    calling, _ = template().for_calls({"say"})
    assert isinstance(GeneratedText(calling, Decoding(), is_open=None).new_mask_splitter(), WithoutCalls)
    assert not isinstance(GeneratedText(template(), Decoding(), is_open=None).new_mask_splitter(), WithoutCalls)
