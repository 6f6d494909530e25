"""Templates in the manner of real families: their thinking, their beginning and end, and their control tokens."""

from pathlib import Path
from typing import Any

import pytest
from tokenizers import AddedToken
from tokenizers.processors import TemplateProcessing

from rag.errors import ModelError
from rag.generation.chat_template import ChatTemplate, load_tokenizer
from tests.support.random_models import CHAT_TEMPLATE, word_tokenizer
from tests.support.random_models import chat_template as template

TURNS = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
PROMPT = TURNS + "<|im_start|>assistant\n"
QWEN3 = PROMPT + "{% if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}"
QWEN3_THINKING = PROMPT + "<think>\n{# </think> #}"
SMOLLM3 = (
    "{% if enable_thinking is not defined %}{% set enable_thinking = true %}{% endif %}"
    "{% set mode = '/think' if enable_thinking else '/no_think' %}"
    "{% if messages[0].role == 'system' %}{% set system = messages[0].content %}"
    "{% if '/no_think' in system %}{% set mode = '/no_think' %}"
    "{% elif '/think' in system %}{% set mode = '/think' %}{% endif %}"
    "{% set messages = messages[1:] %}{% endif %}"
    "<|im_start|>system\nReasoning Mode: {{ mode }}\n{{ system }}<|im_end|>\n"
    + PROMPT
    + "{% if mode == '/no_think' %}<think>\n\n</think>\n{% endif %}"
)
NEMOTRON = (
    "{% set ns = namespace(on=true) %}{% for m in messages %}{% if m.role != 'assistant' %}"
    "{% if '/think' in m.content %}{% set ns.on = true %}{% elif '/no_think' in m.content %}{% set ns.on = false %}"
    "{% endif %}{% endif %}{% endfor %}"
    "{% for m in messages %}<{{ m.role }}>{{ m.content.replace('/think', '').replace('/no_think', '').strip() }}\n"
    "{% endfor %}<assistant>{{ '<think>' if ns.on else '<think></think>' }}"
)
R1 = PROMPT.replace("{{ m.content }}", "{{ m.content.split('</think>')[-1] }}") + "<think>\n"
LFM = PROMPT.replace("{{ m.content }}", "{{ m.content.split('</think>')[-1] }}{% if m.thinking %}{% endif %}")
GRANITE = "{% if thinking and messages[0].role != 'system' %}Write between <think></think>.{% endif %}" + PROMPT
DEEPSEEK = PROMPT + "{{ '<think>' if thinking else '</think>' }}"
GEMMA4 = (
    "{% if enable_thinking %}<|think|>{% endif %}"
    + PROMPT
    + "{% if not enable_thinking %}<|channel>thought\n<channel|>{% endif %}"
)

HARMONY = (
    "{% for m in messages %}<|start|>{{ m.role }}<|message|>{{ m.content }}<|end|>{% endfor %}"
    "{% if messages[0].thinking %}<|channel|>analysis<|message|>{% endif %}"
    "Reasoning: {{ reasoning_effort }}<|start|>assistant"
)


def prompt(made: ChatTemplate, said: str = "a") -> str:
    return made.render([{"role": "system", "content": "b"}, {"role": "user", "content": said}])


@pytest.mark.parametrize(
    ("source", "off", "on"),
    [
        (CHAT_TEMPLATE, False, False),
        (QWEN3, False, True),
        (QWEN3_THINKING, True, True),
        (SMOLLM3, False, True),
        (NEMOTRON, False, True),
        (R1, True, True),
        (LFM, True, True),
        (GRANITE, False, False),
        (DEEPSEEK, False, True),
        (GEMMA4, False, True),
        (HARMONY, True, True),
    ],
)
def test_a_model_thinks_if_its_template_cannot_switch_that_off_or_it_is_wanted(
    source: str, off: bool, on: bool
) -> None:
    assert template(source).expects_thinking == off
    assert template(source, thinking=True).expects_thinking == on


@pytest.mark.parametrize("source", [QWEN3, SMOLLM3, NEMOTRON, DEEPSEEK])
def test_switched_off_the_prompt_closes_the_thinking(source: str) -> None:
    assert prompt(template(source)).rstrip().endswith("</think>")
    assert not prompt(template(source, thinking=True)).rstrip().endswith("</think>")


def test_a_setting_that_the_template_cannot_follow_is_said() -> None:
    assert "(setting thinking)" in template(CHAT_TEMPLATE, thinking=True).notice
    assert "(setting thinking)" in template(GRANITE, thinking=True).notice, "it has a switch, without effect here"
    assert not template(QWEN3, thinking=True).notice
    assert not template(CHAT_TEMPLATE).notice


def test_thinking_is_left_out_by_tokens_after_the_prompt() -> None:
    def skipped(source: str) -> str:
        made = template(source, "<", ">", "</", "think")
        return made.decode(made.skip_thinking()).replace(" ", "")

    assert skipped(R1) == "</think>"
    assert skipped(LFM) == "<think></think>"
    assert skipped(QWEN3) == ""


def test_words_that_the_template_acts_upon_are_text_in_a_document() -> None:
    shown = prompt(template(NEMOTRON), "Open /think and /no_think, or </think>. Then /etc.")
    assert "Open / think and / no_think, or < / think>. Then /etc." in shown
    assert shown.endswith("<think></think>")
    assert "/no_think" in prompt(template(QWEN3), "Open /no_think."), "this template does not read it"


def test_an_earlier_answer_with_a_closing_tag_is_shown_whole() -> None:
    said = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "It ends with </think> there."},
        {"role": "user", "content": "b"},
    ]
    assert "It ends with < /think> there." in template(R1).render(said)


def test_of_several_templates_the_default_one_is_taken() -> None:
    assert "assistant" in prompt(template({"tool_use": "{{ messages }}", "default": CHAT_TEMPLATE}))
    assert "assistant" in prompt(template({"chat": CHAT_TEMPLATE}))
    for missing in ({"tool_use": "{{ messages }}", "rag": CHAT_TEMPLATE}, None, ""):
        with pytest.raises(ModelError, match="The model in x has no chat template: choose an instruction-tuned model"):
            template(missing)


def beginning_tokenizer() -> Any:
    """Return a tokenizer that puts <s> before any text."""
    tokenizer = word_tokenizer("<s>")
    tokenizer.add_special_tokens({"bos_token": "<s>"})
    processor = TemplateProcessing(single="<s> $A", special_tokens=[("<s>", tokenizer.bos_token_id)])
    tokenizer.backend_tokenizer.post_processor = processor
    return tokenizer


@pytest.mark.parametrize("source", [CHAT_TEMPLATE, "{{ bos_token }}" + CHAT_TEMPLATE])
def test_a_prompt_begins_with_the_tokenizers_beginning_once(source: str) -> None:
    made = template(source, tokenizer=beginning_tokenizer())
    tokens = made.tokenise(prompt(made))
    assert tokens.count(made.tokenizer.bos_token_id) == 1
    assert tokens[0] == made.tokenizer.bos_token_id
    assert made.trailing_tokens() == 3


def test_an_answer_ends_with_the_tokenizers_end_and_with_what_the_template_writes_after_one() -> None:
    tokenizer = word_tokenizer("<eos>")
    tokenizer.add_special_tokens(
        {"eos_token": "<eos>", "pad_token": "<unk>", "additional_special_tokens": ["<|im_end|>"]}
    )
    made = template(CHAT_TEMPLATE, tokenizer=tokenizer)
    assert made.end_tokens == set(tokenizer.convert_tokens_to_ids(["<eos>", "<unk>", "<|im_end|>"]))
    assert template(CHAT_TEMPLATE).end_tokens == {made.tokenizer.convert_tokens_to_ids("<|im_end|>")}


def test_special_tokens_are_left_out_of_texts_but_for_those_that_mark_thinking() -> None:
    tokenizer = word_tokenizer()
    tokenizer.add_tokens(
        [AddedToken("[THINK]", special=True), AddedToken("[/THINK]", special=True)], special_tokens=True
    )
    made = template(CHAT_TEMPLATE, tokenizer=tokenizer)
    ids = tokenizer.convert_tokens_to_ids(["[THINK]", "a", "[/THINK]", "b", "<|im_end|>"])
    assert made.decode(ids).split() == ["[THINK]", "a", "[/THINK]", "b"]
    assert not made.expects_thinking, "its template never thinks"
    plain = template(CHAT_TEMPLATE)
    assert plain.decode(plain.tokenizer.convert_tokens_to_ids(["a", "<|im_end|>"])) == "a"


def test_a_tokenizer_that_cannot_be_loaded_is_one_sentence_and_runs_no_code(tmp_path: Path) -> None:
    (tmp_path / "tokenizer_config.json").write_text(
        '{"tokenizer_class": "Strange", "auto_map": {"AutoTokenizer": ["strange.Strange", null]}}'
    )
    (tmp_path / "config.json").write_text('{"model_type": "strange"}')
    (tmp_path / "strange.py").write_text("raise SystemExit('code of the folder was run')")
    with pytest.raises(ModelError, match=r"The tokenizer in .* cannot be loaded: ") as caught:
        load_tokenizer(tmp_path)
    assert str(caught.value).endswith("Fetch the model again, or choose another.")
    assert len(str(caught.value)) <= 200 + len(str(tmp_path)) * 2
