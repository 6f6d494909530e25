"""Correct a question whose premise the documents deny, with the statement that does (pure)."""

import re
from collections.abc import Sequence

from rag.grounding.premises.denials import find_denial
from rag.grounding.premises.stated_premises import read_premise
from rag.text.messages.message_catalogues import messages_in
from rag.types import Passage, Plan

_READABLE = ("", "en")
"""Languages in which premises can be read."""

_BULLET = re.compile(r"^(?:[-•*–]|\(?\d{1,3}[.)]|\[\d{1,3}\])\s+")


def correction(question: str, plan: Plan, passages: Sequence[Passage]) -> str:
    """Return what the documents say in place of what a question takes for granted; "" if they do not deny it."""
    if plan.kind in ("summary", "about_app") or plan.language not in _READABLE:
        return ""
    premise = read_premise(question)
    denial = find_denial(premise, passages) if premise else None
    if denial is None:
        return ""
    return otherwise(_BULLET.sub("", " ".join(denial.text.split())), plan.language)


def otherwise(statement: str, language: str) -> str:
    """Return a statement as the correction of a question, in the question's language."""
    return messages_in(language).gettext("The documents say otherwise:") + f"\n\n{statement}"
