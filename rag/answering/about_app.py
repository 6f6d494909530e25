"""Answer what needs no search (pure): small talk, questions about Citewell itself, and questions about nothing."""

from collections.abc import Sequence

from rag.retrieval.conversation_references import refers_to_nothing
from rag.text.messages.message_catalogues import messages_in, to_translate
from rag.types import Answer, Plan, Timings, Turn

ABOUT = to_translate(
    "I answer questions about the documents that you have added, and show for every sentence where it stands in them. "
    "Ask for a fact, a list, an explanation, a comparison or a summary: “Summarise this document”, “List all …”, “What "
    "is the difference between … and …?”"
)

NOTHING_BEFORE = to_translate(
    "I cannot tell what this refers to: it is the first question of this conversation. Ask again, and name what you "
    "mean."
)


def about_app(question: str, plan: Plan, history: Sequence[Turn], seconds: float) -> Answer:
    """Return what Citewell does as an answer, or that a question has nothing to refer to ("And the second one?").

    The conversation goes on as if it had not been asked.
    """
    text = NOTHING_BEFORE if refers_to_nothing(question, [turn.question for turn in history]) else ABOUT
    return Answer(
        question=question,
        query="",
        text=messages_in(plan.language).gettext(text),
        sentences=(),
        abstained=False,
        passages=(),
        dropped=(),
        timings=Timings(total_s=seconds),
        stop_reason="end",
        forgotten_turns=0,
        turns=tuple(history),
        confidence=1.0,
        language=plan.language,
        plan=plan,
    )
