"""Call a model's chat template, which is a program of strangers.

One conversation is rendered at load to see what this one does: whether it takes a system prompt, shows all it is given,
opens the model's thinking or can switch it off. What it cannot show is an error then, not a wrong answer later. One
with a call of a tool is rendered too: see `tool_rendering`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rag.errors import ModelError
from rag.generation.thinking import ThinkingFormat, is_left_open
from rag.generation.tool_messages import as_functions, folded, has_calls, with_functions
from rag.generation.tool_rendering import find_call_format
from rag.interfaces import Message
from rag.types.tools import ToolDefinition

SYSTEM = "Answer from the sources."
ANSWER = "It is a tree, says [1]."
_FIRST = '<source id="1" from="a.md">\nAn oak is a tree.\n</source>\n\nQuestion: What is an oak?'
_LAST = "Question: And what is a yew?"
_CONVERSATION: list[Message] = [
    {"role": "system", "content": SYSTEM},
    {"role": "user", "content": _FIRST},
    {"role": "assistant", "content": ANSWER},
    {"role": "user", "content": _LAST},
]

_COMMAND = re.compile(r"(?<!<)/(?:no_?think|think|system_override)\b")
"""Words that some templates act upon wherever a message has them; not the end of a closing tag."""

_SWITCHES = ("enable_thinking", "thinking", "reasoning")
"""Variables by which templates switch thinking on or off."""

_CODE = re.compile(r"\{[%{].*?[%}]\}", re.DOTALL)
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
_MAX_REASON = 110


@dataclass(frozen=True, slots=True)
class Style:
    """How a template is called: with which variables, what is added to the system prompt, and whether that is folded.

    A folded system prompt stands at the beginning of the user's first turn.
    """

    variables: Mapping[str, object] = field(default_factory=dict)
    command: str = ""
    folds: bool = False


class Rendering:
    """A tokenizer's chat template, called so that it shows everything and thinks as is wanted.

    Args:
        tokenizer: the model's tokenizer.
        source: the template.
        name: the model's name for error messages.
        form: how the model marks its thinking.
        thinking: have the model think before it answers, if the template can switch that.
        tool_source: the template for conversations with tools, if it is another one.

    Raises:
        ModelError: it cannot show a conversation.
    """

    def __init__(
        self, tokenizer: Any, source: str, name: str, form: ThinkingFormat, *, thinking: bool, tool_source: str = ""
    ) -> None:
        self._tokenizer = tokenizer
        self._source = source
        self._tool_source = tool_source or source
        self._form = form
        self.commands = frozenset(_COMMAND.findall(source))
        """Words in messages that the template acts upon."""
        self.has_switch = bool(self.commands) or any(_uses(source, variable) for variable in _SWITCHES)
        """Whether the template has a switch for thinking at all; it may be without effect."""
        plain = self._showing_all(name)
        styles = {on: self._thinking_style(plain, on=on) for on in (True, False)}
        self._style = styles[thinking]
        self.can_switch = self._apply(_CONVERSATION, styles[True]) != self._apply(_CONVERSATION, styles[False])
        """Whether thinking can be switched on and off."""
        self.call_format = find_call_format(self._apply_with_tools)
        """The format in which the model calls tools; None if its template has no place for them, or another format."""

    @property
    def tail(self) -> str:
        """What the template writes after the last message."""
        return self._tail(self._style)

    @property
    def beginning(self) -> str:
        """A rendered conversation up to the first message."""
        return self._apply(_CONVERSATION, self._style).partition(_FIRST)[0]

    @property
    def after_answer(self) -> str:
        """What the template writes after an answer: the end of a turn, and the next one."""
        return self._apply(_CONVERSATION, self._style).partition(ANSWER)[2]

    def render(self, messages: Sequence[Message], tools: Sequence[ToolDefinition] = ()) -> str:
        """Render messages, and the tools that the model may call, ready for the next answer."""
        if tools or has_calls(messages):
            return self._apply_with_tools(messages, tools)
        return self._apply(messages, self._style)

    def _apply_with_tools(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolDefinition],
        is_prompt: bool = True,
    ) -> str:
        return self._apply(
            with_functions(messages),
            self._style,
            chat_template=self._tool_source,
            add_generation_prompt=is_prompt,
            tools=as_functions(tools) or None,
        )

    def _apply(self, messages: Sequence[Message], style: Style, **other: Any) -> str:
        if style.command:
            system = "\n\n".join([*(m["content"] for m in messages if m["role"] == "system"), style.command])
            others = [message for message in messages if message["role"] != "system"]
            messages = [{"role": "system", "content": system.strip()}, *others]
        rendered = self._tokenizer.apply_chat_template(
            folded(messages) if style.folds else list(messages),
            tokenize=False,
            **{"chat_template": self._source, "add_generation_prompt": True, **style.variables, **other},
        )
        return str(rendered)

    def _showing_all(self, name: str) -> Style:
        """Return the style in which nothing is lost: the system prompt as it is, else folded."""
        for style in (Style(), Style(folds=True)):
            reason = self._fault(style)
            if not reason:
                return style
        raise ModelError(
            f"The chat template of the model in {name} cannot show a conversation: {reason}. Choose another "
            "instruction-tuned model."
        )

    def _fault(self, style: Style) -> str:
        """Return why a conversation cannot be rendered in this style; nothing if it can."""
        try:
            lost = _lost(self._apply(_CONVERSATION, style))
        except Exception as error:  # noqa: BLE001  a template may raise anything
            return shortened(error)
        return f"{lost} would be lost" if lost else ""

    def _thinking_style(self, plain: Style, *, on: bool) -> Style:
        """Return the style that switches thinking on or off, as far as the template can."""
        variables: dict[str, object] = {name: on for name in _SWITCHES if _uses(self._source, name)}
        if _uses(self._source, "reasoning_effort") and self._form.before_answer:
            variables["reasoning_effort"] = "medium" if on else "low"
        style = replace(plain, variables=variables)
        if self._fault(style):
            return plain
        if on or not is_left_open(self._tail(style), self._form):
            return style
        for command in sorted(self.commands & {"/no_think", "/nothink"}):
            commanded = replace(style, command=command)
            if not self._fault(commanded) and not is_left_open(self._tail(commanded), self._form):
                return commanded
        return style

    def _tail(self, style: Style) -> str:
        return self._apply(_CONVERSATION, style).rpartition(_LAST)[2]


def shortened(error: Exception) -> str:
    """Return the first sentence of an error's message, cut if it is long."""
    text = " ".join(str(error).split()) or type(error).__name__
    sentence = re.split(r"[.!?](?: |$)", text, maxsplit=1)[0]
    return sentence if len(sentence) <= _MAX_REASON else f"{sentence[:_MAX_REASON].rstrip()} …"


def _uses(source: str, variable: str) -> bool:
    """Return whether a template reads a variable; text that it writes does not count."""
    code = _LITERAL.sub("''", " ".join(_CODE.findall(source)))
    return re.search(rf"(?<![.\w]){variable}\b", code) is not None


def _lost(rendered: str) -> str:
    """Return what a rendered conversation has lost; nothing if all is there, in its order."""
    at = 0
    for name, text in (("the sources", _FIRST), ("an earlier answer", ANSWER), ("the question", _LAST)):
        at = rendered.find(text, at)
        if at < 0:
            return name
        at += len(text)
    return "" if SYSTEM in rendered else "the system prompt"
