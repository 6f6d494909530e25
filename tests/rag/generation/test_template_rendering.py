"""Any chat template shows the whole conversation, its system prompt folded if need be, or is refused in a sentence."""

import pytest

from rag.errors import ModelError
from rag.generation.template_rendering import Rendering
from rag.generation.thinking import THINK
from tests.support.random_models import word_tokenizer

MESSAGES = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "One?"},
    {"role": "assistant", "content": "Yes."},
    {"role": "user", "content": "Two?"},
]
ALTERNATING = (
    "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
    "<{{ m.role }}>{{ m.content | trim }}{% endfor %}"
)
NO_SYSTEM = "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
DROPPING = "{% for m in messages %}{% if m.role != 'system' %}<{{ m.role }}>{{ m.content }}{% endif %}{% endfor %}"
PLAIN = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
SYSTEM_LAST = (  # as Mistral's: the system prompt goes to the last question
    "{% set system = messages[0].content %}{% for m in messages[1:] %}"
    "[{{ m.role }}]{{ system + '\n\n' if loop.last else '' }}{{ m.content }}{% endfor %}"
)


def rendering(source: str, *, thinking: bool = False) -> Rendering:
    return Rendering(word_tokenizer(), source, "x", THINK, thinking=thinking)


@pytest.mark.parametrize("template", [NO_SYSTEM + PLAIN, NO_SYSTEM + ALTERNATING, ALTERNATING, DROPPING])
def test_a_system_prompt_that_a_template_refuses_or_drops_begins_the_first_question(template: str) -> None:
    made = rendering(template)
    assert made.render(MESSAGES) == "<user>Be kind.\n\nOne?<assistant>Yes.<user>Two?"
    assert made.render([{"role": "system", "content": ""}, *MESSAGES[1:]]).startswith("<user>One?")
    assert made.render(MESSAGES[1:]).startswith("<user>One?")


def test_a_system_prompt_that_a_template_shows_stays_where_the_template_puts_it() -> None:
    assert rendering(PLAIN).render(MESSAGES).startswith("<system>Be kind.<user>One?")
    assert rendering(SYSTEM_LAST).render(MESSAGES) == "[user]One?[assistant]Yes.[user]Be kind.\n\nTwo?"


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ messages[-1].content }}", "the sources would be lost"),
        (PLAIN.replace("m.content", "m.content | e"), "the sources would be lost"),
        ("{% for m in messages %}{% if m.role != 'assistant' %}{{ m.content }}{% endif %}{% endfor %}", "an earlier"),
        ("{{ raise_exception('Only for tools. ' * 99) }}", "Only for tools"),
        ("{% for m in messages %}", "Unexpected end of template"),
        ("{{ messages[9].content + '' }}", "has no element 9"),
    ],
)
def test_a_template_that_cannot_show_a_conversation_is_one_sentence(template: str, reason: str) -> None:
    with pytest.raises(ModelError) as caught:
        rendering(template)
    message = str(caught.value)
    assert message.startswith("The chat template of the model in x cannot show a conversation: ")
    assert message.endswith(" Choose another instruction-tuned model.")
    assert reason in message
    assert len(message) <= 300


RAISING = PLAIN + "{% if thinking %}{{ undefined_text + 'x' }}{% endif %}"


def test_a_switch_that_breaks_the_template_is_not_used() -> None:
    broken = rendering(RAISING, thinking=True)
    assert broken.render(MESSAGES).endswith("Two?")
    assert not broken.can_switch
