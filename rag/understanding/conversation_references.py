"""Find what a follow-up refers to: an item of the list before it ("the second one"), or nothing at all."""

import re
from collections.abc import Sequence

from rag.text.item_lists import list_items
from rag.text.stop_words import FUNCTION_WORDS
from rag.types import Turn

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_LIST = r"(?:them|these|those|(?:the|this|that|your) list)\b"
_OF_ANOTHER = rf"(?! (?:to|that|who|whom|whose|which|from|for|with|by|(?:in|on|at|of)(?! {_LIST}))\b)"
"""What follows says what it is an item of: "the first one to sign", "the last item on the agenda"."""
_BEFORE_NUMBER = (
    r"(?:\b(?:item|point)|(?:^|\b(?:about|is|was|of|for|on|with|and|or|explain|the|to|like) )(?:number|no\.?))"
)
"""Before a number that counts items: "about number 2", and not "flat number 2"."""
_ITEM = re.compile(
    rf"\b(?P<ordinal>{'|'.join(_ORDINALS)}|last) (?:(?:one|item|point|entry)\b{_OF_ANOTHER}|of {_LIST})"
    rf"|\b(?P<digits>\d{{1,2}})(?:st|nd|rd|th) (?:one|item|point|entry)\b{_OF_ANOTHER}"
    rf"|{_BEFORE_NUMBER} (?P<number>\d{{1,2}})(?=\W*$)",
    re.IGNORECASE,
)
_MAX_ITEM = 200

_REFERS = frozenset("it its they them their theirs he him his she her hers former latter one ones".split())
_SAYS_NOTHING = (
    FUNCTION_WORDS
    | _REFERS
    | frozenset(
        "and but or so then also tell me us more that there else again please item point entry number last".split()
    )
)


def referred_item(question: str, history: Sequence[Turn]) -> str:
    """Return the item of the last answer's list that a question names by its place; "" if there is none."""
    place = _place(question)
    if place is None or not history:
        return ""
    items = list_items(history[-1].answer)
    return items[place][:_MAX_ITEM] if -len(items) <= place < len(items) else ""


def refers_to_nothing(question: str, earlier: Sequence[str]) -> bool:
    """Return whether the first question of a conversation refers to what was said before, and to nothing else.

    "What is this?" is about the document that is open, and no such question.
    """
    if earlier:
        return False
    words = re.findall(r"[^\W_]+", question.lower())
    rest = {word for word in words if word not in _SAYS_NOTHING and word not in _ORDINALS and not word.isdigit()}
    return not rest and (_place(question) is not None or any(word in _REFERS for word in words))


def _place(question: str) -> int | None:
    """Return the place in a list that a question names, counted from 0; -1 for the last one, None if it names none."""
    match = _ITEM.search(question)
    if match is None:
        return None
    if ordinal := match["ordinal"]:
        return -1 if ordinal.lower() == "last" else _ORDINALS.index(ordinal.lower())
    number = int(match["digits"] or match["number"])
    return number - 1 if number else None
