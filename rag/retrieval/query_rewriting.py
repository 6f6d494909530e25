"""Makes a question that leans on the conversation into a query that stands alone.

Rules come first, and cost nothing: a question that points back (by a pronoun, an opening such as "and …" or "what
about …", or by being too bare to search with) is searched for together with the last question that stood alone. That
finds the subject unless it was only named in an answer ("Who founded it?" "Ian Murdock." "Where was he born?"): then
the model is asked to say what is meant, and is believed if it only used words of the conversation.
"""

import re
from collections.abc import Sequence

from rag.interfaces import Generator, Message
from rag.runtime.progress import CancelEvent
from rag.text.analyzer import FUNCTION_WORDS
from rag.types import Turn
from rag.types.decoding import Decoding

_PRONOUN = re.compile(
    r"\b(it|its|they|them|their|theirs|he|him|his|she|her|hers|this|that|these|those|former|latter)\b", re.IGNORECASE
)
_POINTS_BACK = re.compile(
    _PRONOUN.pattern + r"|\b(there|one|ones|same|such|so|above|previous|again|else|instead)\b", re.IGNORECASE
)
_OPENING = re.compile(
    r"\s*(and|but|or|also|then|so|what about|how about|what else|why|why not|how so|how come|really"
    r"|since when|until when|more|go on|explain|elaborate)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[\w,;:(“\"'] )[^\W\d_a-z][\w.-]*|^[^\W\d_a-z][\w.-]*(?= [^\W\d_a-z])")
"""A capitalised word within a sentence, or one that begins a text and is followed by another."""

_INSTRUCTION = (
    "Rewrite the last question so that it is understood without the conversation: put names in place of words such as "
    "he, it or they. Do not answer it. Write one question and nothing else."
)
_EXAMPLE = (
    ("What is the tallest mountain?", "It is Mount Everest.", "Who climbed it first?"),
    "Who climbed Mount Everest first?",
)
_REWRITING = Decoding(max_new_tokens=48, stop=("\n",))
_REMEMBERED_TURNS = 2
_ANSWER_WORDS = 60
"""Of an answer the rewriting sees so many words: its subject stands at its beginning."""


def standalone_query(question: str, history: Sequence[Turn]) -> str:
    """The query by the rules: the question itself, or with the last one that stood alone where it leans on that."""
    question = question.strip()
    if not history or not is_follow_up(question):
        return question
    standing_alone = (turn.question for turn in reversed(history[1:]) if not is_follow_up(turn.question))
    anchor = next(standing_alone, history[0].question)
    return f"{anchor.strip()} {question}"


def needs_model(question: str, history: Sequence[Turn]) -> bool:
    """Whether a pronoun may stand for something that only the last answer names: the rules miss that subject."""
    if not history or not _PRONOUN.search(question):
        return False
    asked = " ".join([question, *(turn.question for turn in history)]).lower()
    return any(name.lower() not in asked for name in _NAME.findall(history[-1].answer))


def rewrite(
    question: str, history: Sequence[Turn], generator: Generator, cancelled: CancelEvent | None = None
) -> str | None:
    """The question as the model puts it to stand alone; None if what it wrote cannot be relied on."""
    pieces = generator.stream(_messages(question, history), _REWRITING, cancelled)
    rewritten = "".join(piece.text for piece in pieces).strip().strip('"“”')
    return rewritten if _is_faithful(rewritten, question, history) else None


def _messages(question: str, history: Sequence[Turn]) -> list[Message]:
    (asked, answered, follow_up), wanted = _EXAMPLE
    return [
        {"role": "system", "content": _INSTRUCTION},
        {"role": "user", "content": _conversation([Turn(asked, answered)], follow_up)},
        {"role": "assistant", "content": wanted},
        {"role": "user", "content": _conversation(history[-_REMEMBERED_TURNS:], question)},
    ]


def _conversation(history: Sequence[Turn], question: str) -> str:
    turns = (f"Question: {t.question}\nAnswer: {' '.join(t.answer.split()[:_ANSWER_WORDS])}" for t in history)
    return "\n".join([*turns, f"Last question: {question}"])


def _is_faithful(rewritten: str, question: str, history: Sequence[Turn]) -> bool:
    """Whether it says more than the question, points back no more, keeps its words and adds only the conversation's."""
    said = " ".join([question, *(f"{turn.question} {turn.answer}" for turn in history[-_REMEMBERED_TURNS:])])
    new = _content_words(rewritten)
    kept = {word for word in _content_words(question) if not _POINTS_BACK.fullmatch(word)}
    return bool(new - _content_words(question)) and new <= _content_words(said) and kept <= new


def _content_words(text: str) -> set[str]:
    """Words of the text but those of grammar, a possessive's ending off."""
    words = (word.removesuffix("'s").removesuffix("’s") for word in re.findall(r"\w+(?:['’]s)?", text.lower()))
    return {word for word in words if word not in FUNCTION_WORDS and not _PRONOUN.fullmatch(word)}


def is_follow_up(question: str) -> bool:
    """Whether the question points back at what was said, or is too bare to stand alone."""
    return bool(_OPENING.match(question) or _POINTS_BACK.search(question) or _is_bare(question))


def _is_bare(question: str) -> bool:
    """Whether at most one word of the question says what it is about ("in which year?")."""
    return sum(word not in FUNCTION_WORDS for word in re.findall(r"\w+", question.lower())) <= 1
