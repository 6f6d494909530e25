"""Turn a follow-up question into a standalone query.

What needs the conversation is searched for together with the last question that did not. That finds the subject unless
only an answer named it ("Who founded it?" "Ian Murdock." "Where was he born?"): then the model rewrites the question,
and its version is used if all of its words are from the conversation.
"""

import re
from collections.abc import Sequence

from rag.interfaces import Generator, Message
from rag.runtime.progress import CancelEvent
from rag.text.stop_words import FUNCTION_WORDS
from rag.types import Turn
from rag.types.decoding import Decoding
from rag.understanding.conversation_references import referred_item
from rag.understanding.question_reader import needs_conversation, read_question

_NAME = re.compile(r"(?<=[\w,;:(“\"'] )[^\W\d_a-z][\w.-]*|^[^\W\d_a-z][\w.-]*(?= [^\W\d_a-z])")
"""A capitalised word inside a sentence, or one that begins a text and is followed by another."""

_PRONOUN = re.compile(
    r"\b(it|its|they|them|their|theirs|he|him|his|she|her|hers|this|that|these|those|former|latter)\b", re.IGNORECASE
)

_REFERRING = re.compile(
    _PRONOUN.pattern + r"|there|one|ones|same|such|so|above|previous|again|else|instead", re.IGNORECASE
)
"""A word that a rewriting may leave out, for it says what the word refers to."""

_SURELY_NEEDED = 0.95
"""Probability from which nothing but a follow-up is seen in a question."""

_INSTRUCTION = (
    "Rewrite the last question so that it is understood without the conversation: put names in place of words such as "
    "he, it or they. Do not answer it. Write one question and nothing else."
)
_EXAMPLES = (
    (
        "What is the tallest mountain?",
        "It is Mount Everest.",
        "Who climbed it first?",
        "Who climbed Mount Everest first?",
    ),
    ("Which boat is the least expensive?", "The canoe.", "And the one with most seats?", "Which boat has most seats?"),
    (
        "Wie viele Gäste hatte das Nordbad 2020?",
        "Es waren 4.100.",
        "Und das Südbad?",
        "Wie viele Gäste hatte das Südbad 2020?",
    ),
)
_REWRITING = Decoding(max_new_tokens=48, stop=("\n",), thinking_tokens=0)
_REWRITE_TURNS = 2
_ANSWER_WORDS = 60
"""Words of an answer that the model sees when it rewrites: the subject is at the beginning."""


def standalone_query(question: str, history: Sequence[Turn]) -> str:
    """Return the query by the rules: the question, a follow-up preceded by the last standalone question.

    One that names an item of the list before it by its place ("the second one") is preceded by that item. If the last
    standalone question names nothing ("How many people died?"), the last one before it that does stands first.
    """
    question = question.strip()
    if item := referred_item(question, history):
        return f"{item} {question}"
    if not history or not needs_conversation(question):
        return question
    later = (turn.question for turn in history[1:] if _may_be_subject(turn.question))
    *before, anchor = [history[0].question, *later]
    named = next((each for each in reversed(before) if _names_something(each)), "")
    subjects = [anchor] if _names_something(anchor) or not named else [named, anchor]
    return " ".join([*map(str.strip, subjects), question])


def _may_be_subject(question: str) -> bool:
    return not needs_conversation(question) or may_stand_alone(question)


def may_stand_alone(question: str) -> bool:
    """Return whether a question that is read as a follow-up may be none: "And which plan is the cheapest?"."""
    return read_question(question).needs_conversation < _SURELY_NEEDED and not _PRONOUN.search(question)


def _names_something(question: str) -> bool:
    return bool(_NAME.search(question) or re.search(r"\d", question))


def needs_model(question: str, history: Sequence[Turn]) -> bool:
    """Return whether a pronoun may refer to something that only the last answer names: rules miss that subject."""
    if not history or not _PRONOUN.search(question) or not needs_conversation(question):
        return False
    asked = " ".join([question, *(turn.question for turn in history)]).lower()
    return any(name.lower() not in asked for name in _NAME.findall(history[-1].answer))


def rewrite(
    question: str, history: Sequence[Turn], generator: Generator, cancelled: CancelEvent | None = None
) -> str | None:
    """Return the question as the model rewrites it to stand alone; None if it is not faithful."""
    deltas = generator.stream(_messages(question, history), _REWRITING, cancelled)
    rewritten = "".join(delta.text for delta in deltas).strip().strip('"“”')
    return rewritten if _is_faithful(rewritten, question, history) else None


def _messages(question: str, history: Sequence[Turn]) -> list[Message]:
    messages: list[Message] = [{"role": "system", "content": _INSTRUCTION}]
    for asked, answered, follow_up, wanted in _EXAMPLES:
        messages.append({"role": "user", "content": _conversation([Turn(asked, answered)], follow_up)})
        messages.append({"role": "assistant", "content": wanted})
    return [*messages, {"role": "user", "content": _conversation(history[-_REWRITE_TURNS:], question)}]


def _conversation(history: Sequence[Turn], question: str) -> str:
    turns = (f"Question: {t.question}\nAnswer: {' '.join(t.answer.split()[:_ANSWER_WORDS])}" for t in history)
    return "\n".join([*turns, f"Last question: {question}"])


def _is_faithful(rewritten: str, question: str, history: Sequence[Turn]) -> bool:
    """Return whether it adds words to the question, only the conversation's, and keeps all others but references.

    The first word may be left out if another one stays, as it may only lead on from the question before ("And …", "Und
    …"). A rewriting that has the question before in it, word for word, says nothing new.
    """
    if any(turn.question.strip() in rewritten for turn in history):
        return False
    conversation = " ".join([question, *(f"{turn.question} {turn.answer}" for turn in history[-_REWRITE_TURNS:])])
    new = _content_words(rewritten)
    rest = question.partition(" ")[2]
    retained = {word for word in _content_words(rest) or _content_words(question) if not _REFERRING.fullmatch(word)}
    return bool(new - _content_words(question)) and new <= _content_words(conversation) and retained <= new


def _content_words(text: str) -> set[str]:
    """Return the words of the text without function words, pronouns and possessive endings."""
    words = (word.removesuffix("'s").removesuffix("’s") for word in re.findall(r"\w+(?:['’]s)?", text.lower()))
    return {word for word in words if word not in FUNCTION_WORDS and not _PRONOUN.fullmatch(word)}
