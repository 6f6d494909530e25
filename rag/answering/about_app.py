"""Answer small talk, and questions about Citewell itself: nothing is searched for, and nothing is cited (pure)."""

from collections.abc import Sequence

from rag.text.messages.message_catalogues import messages_in, to_translate
from rag.types import Answer, Plan, Timings, Turn

ABOUT = to_translate(
    "I answer questions about the documents that you have added, and show for every sentence where it stands in them. "
    "Ask for a fact, a list, an explanation, a comparison or a summary: “Summarise this document”, “List all …”, “What "
    "is the difference between … and …?”"
)


def about_app(question: str, plan: Plan, history: Sequence[Turn], seconds: float) -> Answer:
    """Return what Citewell does as an answer; the conversation goes on as if it had not been asked."""
    return Answer(
        question=question,
        query="",
        text=messages_in(plan.language).gettext(ABOUT),
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
