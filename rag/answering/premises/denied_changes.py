"""Find in tables that what a question takes for granted moved the other way ("Why did sales fall?") (pure; English)."""

import re
from collections.abc import Sequence

from rag.text.numbers.computing import PageOf, compute
from rag.types import Passage
from rag.types.computed import Computed

_RISES = r"rise|rose|risen|grow|grew|grown|increase|improve|go up|gone up|raise"
_FALLS = r"fall|fell|fallen|decline|decrease|drop|shrink|go down|gone down|reduce|lower|cut"
_AUXILIARY = r"(?:do|does|did|is|are|was|were|has|have|had)"
_MOVED = re.compile(
    rf"^(?:and |but |so )?(?:why|how come) {_AUXILIARY} (?P<thing>[^,;]{{3,80}}?)"
    rf" (?:(?P<rose>{_RISES})|{_FALLS})(?:d|ed)?"
    r"(?P<rest>(?: (?:in|from|during|between|over|since|for) [^,;]{2,60})?)$",
    re.IGNORECASE,
)
_MOVES = re.compile(
    rf"^(?:and |but |so )?(?:why|how come) {_AUXILIARY} (?P<who>[^,;]{{2,60}}?) (?:manage to |have to |able to )?"
    rf"(?:(?P<rose>{_RISES})|{_FALLS}) (?:its|their) (?P<thing>[^,;]{{3,60}}?)"
    r"(?P<rest>(?: (?:in|from|during|between|over|since|for) [^,;]{2,60})?)$",
    re.IGNORECASE,
)


def asks_why_it_moved(question: str) -> bool:
    """Return whether a question asks why something rose or fell."""
    return _match(question) is not None


def denied_change(question: str, passages: Sequence[Passage], page_of: PageOf) -> Computed | None:
    """Return the change that tables have of what a question says to have moved, if it is the opposite; else None."""
    match = _match(question)
    if match is None:
        return None
    who = match.groupdict().get("who")
    thing = f"{who}'s {match['thing']}" if who else match["thing"]
    computed = compute(f"By how much did {thing} change{match['rest']}?", passages, page_of)
    if computed is None or computed.kind != "change":
        return None
    fell = computed.expression.rpartition("= ")[2].startswith("−")
    return computed if fell == bool(match["rose"]) else None


def _match(question: str) -> re.Match[str] | None:
    text = " ".join(question.split()).rstrip(" ?.!")
    return _MOVES.match(text) or _MOVED.match(text)
