"""Say in a few words how a question is being answered, while it is, in its language."""

from rag.text.message_catalogues import messages_in
from rag.types import Plan, PromptRead

_MAX_NAMES = 80


def describe(plan: Plan) -> str:
    """Return the plan for people: "Comparing the old lease and the new lease …"."""
    messages = messages_in(plan.language)
    gettext, number = messages.gettext, len(plan.parts)
    if plan.kind == "summary":
        if plan.section:
            return gettext("Reading {section} …").format(section=plan.section)
        return gettext("Reading the document from beginning to end …")
    if plan.kind == "comparison" and plan.parts:
        names = [part.text for part in plan.parts]
        if number == 2 and sum(map(len, names)) <= _MAX_NAMES:
            return gettext("Comparing {one} and {other} …").format(one=names[0], other=names[1])
        return messages.ngettext("Comparing {number} thing …", "Comparing {number} things …", number).format(
            number=number
        )
    if plan.parts:
        return messages.ngettext(
            "Searching for the answer to {number} question …",
            "Searching for the answers to {number} questions …",
            number,
        ).format(number=number)
    return gettext("Gathering the list …") if plan.kind == "list" else gettext("Searching …")


def describe_reading(read: PromptRead) -> str:
    """Return how far the model has read, for shell and programs: "Reading: 40%, about 12 s to the first word"."""
    return f"Reading: {read.share:.0%}, about {max(1, round(read.seconds_left))} s to the first word"
