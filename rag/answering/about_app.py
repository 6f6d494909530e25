"""Answer what needs no search: small talk, questions about Citewell itself, and questions about nothing."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from difflib import get_close_matches

from rag.text.message_catalogues import messages_in, to_translate
from rag.types import Answer, Plan, Timings, Turn
from rag.understanding.conversation_references import refers_to_nothing

ABOUT = to_translate(
    "I answer questions about the documents that you have added, and show for every sentence where it stands in them. "
    "Ask for a fact, a list, an explanation, a comparison or a summary: “Summarise this document”, “List all …”, “What "
    "is the difference between … and …?”"
)

NOTHING_BEFORE = to_translate(
    "I cannot tell what this refers to: it is the first question of this conversation. Ask again, and name what you "
    "mean."
)

TOO_MANY = to_translate(
    "There are {number} documents here, too many for one summary. Name one of them or a subject, or choose documents "
    "in the list of sources: “Summarise {name}”, “Summarise what they say about …”."
)

NO_SUCH_DOCUMENT = to_translate(
    "There is no document “{name}” among those that I was to search, and none of them mentions it."
)

MEANT = to_translate("Did you mean “{name}”?")


def about_app(question: str, plan: Plan, history: Sequence[Turn], seconds: float) -> Answer:
    """Return what Citewell does as an answer, or that a question has nothing to refer to ("And the second one?")."""
    text = NOTHING_BEFORE if refers_to_nothing(question, [turn.question for turn in history]) else ABOUT
    return _unsearched(messages_in(plan.language).gettext(text), question, plan, history, seconds)


def narrow_down(names: Collection[str], question: str, plan: Plan, history: Sequence[Turn], seconds: float) -> Answer:
    """Return the request to say which of many documents, of these names, a summary is to be about."""
    text = messages_in(plan.language).gettext(TOO_MANY).format(number=len(names), name=min(names))
    return _unsearched(text, question, plan, history, seconds)


def no_such_document(
    missing: str, names: Collection[str], question: str, plan: Plan, history: Sequence[Turn], seconds: float
) -> Answer:
    """Return that none of the documents, of these names, is the `missing` one, and which one may have been meant."""
    translate = messages_in(plan.language).gettext
    text = translate(NO_SUCH_DOCUMENT).format(name=missing)
    if alike := get_close_matches(missing, sorted(names), n=1):
        text = f"{text} {translate(MEANT).format(name=alike[0])}"
    return _unsearched(text, question, plan, history, seconds)


def _unsearched(text: str, question: str, plan: Plan, history: Sequence[Turn], seconds: float) -> Answer:
    """Return a text as the answer; the conversation goes on as if its question had not been asked."""
    return Answer(
        question=question,
        query="",
        text=text,
        sentences=(),
        abstained=False,
        passages=(),
        dropped=(),
        timings=Timings(total_s=seconds),
        stop_reason="end",
        forgotten_turns=0,
        turns=tuple(history),
        language=plan.language,
        plan=replace(plan, kind="about_app"),
    )
