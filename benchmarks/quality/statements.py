"""Make true statements from labelled cases: right answers, in the forms that models give them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from evaluation.cases import Case
from evaluation.metrics import contains
from rag.text.sentences import sentence_spans

Form = Literal["sentence", "reworded", "answer", "short", "asked", "kept"]
"""The passage's sentence; that sentence lightly reworded; a sentence of a long gold answer; a short gold answer alone;
the question with the gold answer in it; a supported sentence of a stored answer."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim that the gold passages of a case support."""

    case: Case
    form: Form
    text: str


_OPENING = re.compile(
    r"^(?P<opening>(?:In|On|At|During|After|Before|By|From|Since|Until|Under|Within)(?: [^\s,.;:()]+){1,5}),\s+"
    r"(?P<rest>.+?)(?P<end>[.!?]?)$",
    re.DOTALL,
)
_PARENTHESIS = re.compile(r"\s*\([^()]*\)")
_NOT = re.compile(r"\b(is|are|was|were|did|does|do|has|have|had|would|could|should)\s+not\b", re.IGNORECASE)
_SMALL = "zero one two three four five six seven eight nine ten eleven twelve".split()
_NUMBER_WORD = re.compile(rf"\b({'|'.join(_SMALL[2:])})\b")
_SMALL_FIGURE = re.compile(r"(?<![\w.,$€£-])([2-9]|1[0-2])(?![\w%]|[.,-]\d)")
_MILLIONS = re.compile(r"(?<![\w.,])(\d{1,3}),(\d)00,000(?![\w,])")
_EVERYDAY = {
    "approximately": "about",
    "began": "started",
    "located": "situated",
    "called": "named",
    "known as": "called",
    "such as": "like",
    "numerous": "many",
    "received": "got",
    "large": "big",
    "however": "though",
    "often": "frequently",
    "due to": "because of",
    "primarily": "mainly",
    "for example": "for instance",
    "in order to": "to",
    "percent": "%",
    "built": "constructed",
    "obtained": "got",
    "whilst": "while",
}
_EVERYDAY_WORD = re.compile(rf"\b({'|'.join(_EVERYDAY)})\b")

_WH = re.compile(
    r"\b(?:(?:in|on|at|to|from|by|for|of|with|under|during|into)\s+)?(?:which|what|who|whom|whose|when|where|how\s+many|"
    r"how\s+much|how\s+long|how|why)\b(?:\s+(?:did|does|do|is|are|was|were|has|have|had|will|would|can|could))?",
    re.IGNORECASE,
)


def true_statements(case: Case) -> Iterator[Statement]:
    """Yield the true statements of a case; none if it has no answers or no gold passages."""
    if not case.answers or not case.gold_passages:
        return
    if case.long:
        answer = case.answers[0]
        for span in sentence_spans(answer):
            yield from _with_rewording(case, "answer", answer[span.start : span.end])
        return
    if sentence := _answering_sentence(case):
        yield from _with_rewording(case, "sentence", sentence)
    yield Statement(case, "short", case.answers[0])
    if asked := as_statement(case.question, case.answers[0]):
        yield Statement(case, "asked", asked)


def _with_rewording(case: Case, form: Form, text: str) -> Iterator[Statement]:
    yield Statement(case, form, text)
    if (other := reworded(text)) != text:
        yield Statement(case, "reworded", other)


def _answering_sentence(case: Case) -> str:
    """Return the first sentence of a gold passage that contains a gold answer; "" if there is none."""
    for text in (case.passages[index].text for index in case.gold_passages):
        for span in sentence_spans(text):
            if contains(text[span.start : span.end], case.answers):
                return text[span.start : span.end]
    return ""


def reworded(sentence: str) -> str:
    """Reword a sentence by rule: its opening at the end, no parentheses, figures and some words respelt."""
    text = _PARENTHESIS.sub("", sentence)
    if match := _OPENING.match(text):
        opening, rest = match["opening"], match["rest"]
        text = f"{rest[0].upper()}{rest[1:]} {opening[0].lower()}{opening[1:]}{match['end']}"
    text = _NOT.sub(lambda match: f"{match[1]}n't", text)
    text = _NUMBER_WORD.sub(lambda match: str(_SMALL.index(match[1])), text)
    if text == sentence:
        text = _SMALL_FIGURE.sub(lambda match: _SMALL[int(match[1])], text)
    text = _MILLIONS.sub(lambda match: f"{match[1]}.{match[2]} million", text)
    return _EVERYDAY_WORD.sub(lambda match: _EVERYDAY[match[1]], text)


def as_statement(question: str, answer: str) -> str:
    """Return the question as a statement, with the answer in place of what it asks for; "" if it asks nothing.

    "When was the tower built?" and "1889" become "1889 the tower built.": the words of a short answering sentence,
    though not its grammar.
    """
    text = question.strip().rstrip("?. ")
    match = _WH.search(text)
    if match is None:
        return ""
    before, after = text[: match.start()].strip(), text[match.end() :].strip()
    statement = " ".join(part for part in (before, answer.strip(" ."), after) if part)
    return f"{statement[0].upper()}{statement[1:]}."
