"""Generated tokens as text: thinking and answer are counted and shown apart."""

from rag.generation.chat.chat_template import ChatTemplate
from rag.generation.chat.generated_text import GeneratedText
from rag.generation.chat.tool_rendering import WithoutCalls
from rag.types.decoding import Decoding
from tests.support.random_models import word_tokenizer
from tests.support.tools.tool_templates import QWEN


def template() -> ChatTemplate:
    tokenizer = word_tokenizer("<think>", "</think>")
    tokenizer.chat_template = QWEN
    return ChatTemplate(tokenizer, "x")


def test_only_an_answer_that_may_call_tools_frees_them_from_the_mask() -> None:
    calling, _ = template().for_calls({"say"})
    assert isinstance(GeneratedText(calling, Decoding(), is_open=None).new_mask_splitter(), WithoutCalls)
    assert not isinstance(GeneratedText(template(), Decoding(), is_open=None).new_mask_splitter(), WithoutCalls)
