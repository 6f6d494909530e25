"""The form of an answer by what its question asks for. What goes with a form is in `Plan` and the form's prompt."""

from rag.types.plans import QuestionKind
from rag.understanding.question_reader import Asked, QuestionReading

FORMS: dict[Asked, QuestionKind] = {
    "fact": "fact",
    "yes_no": "yes_no",
    "count": "fact",
    "list": "list",
    "summary": "summary",
    "comparison": "comparison",
    "explanation": "explanation",
    "why": "explanation",
    "parts": "parts",
    "table": "table",
    "calculation": "table",
    "chat": "about_app",
}

_LONG: tuple[Asked, ...] = ("list", "summary", "comparison", "explanation", "why", "parts")
_LEAST_SHORT = 0.6
"""Less certain that a short answer is wanted, the form is a longer one: that serves who wanted a fact as well."""

_LEAST_CERTAIN: dict[Asked, float] = {"chat": 0.6, "summary": 0.6}
"""What costs most where it is wrong takes certainty: nothing is looked up, or a whole document is read."""


def form_of(reading: QuestionReading) -> QuestionKind:
    """Return the form of the answer to a question."""
    asked = {kind: share for kind, share in reading.asked.items() if share >= _LEAST_CERTAIN.get(kind, 0)}
    is_long = sum(reading.asked[kind] for kind in _LONG) > 1 - _LEAST_SHORT
    among = [kind for kind in _LONG if kind in asked] if is_long and "chat" not in asked else [*asked]
    best = max(among, key=asked.__getitem__)
    # A list of what most likely is one fact has things in it that nobody asked for: a complete answer serves both.
    return "explanation" if is_long and asked.get("fact", 0) > asked[best] else FORMS[best]
