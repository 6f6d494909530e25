"""Plant errors of relation by rule (pure): all words of a statement stay those of the passage, what they say does not.

Written independently of the checker in `rag/grounding/relations`, so that it can miss some of them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Literal

from evaluation.citation_check.planted_errors import Context

RelationKind = Literal["year of another event", "role of another", "possible told as certain"]

_YEAR = re.compile(r"(?<![\w.,/$€£-])(?:1\d|20)\d\d(?![\w/]|[.,-]\d)")
_ROLES = re.compile(
    r"\b(?:actor|actress|admiral|ambassador|architect|archbishop|author|bishop|captain|chairman|chief|coach|commander|"
    r"composer|designer|director|doctor|duke|earl|editor|emperor|engineer|founder|general|governor|historian|husband|"
    r"inventor|judge|king|leader|manager|mathematician|mayor|minister|owner|painter|philosopher|poet|pope|president|"
    r"priest|prince|princess|producer|professor|queen|scientist|secretary|senator|singer|sister|teacher|theologian|"
    r"winner|wife|writer)(?= [A-Z])"
)
_ANY_ROLES = ("governor", "painter", "teacher")
"""Roles for passages that have no other."""

_POSSIBLE = re.compile(r"\b(?:may|might|could|would)( not)? (have been|have|be|[a-z]+)\b")
_CERTAIN = {"have been": "was", "have": "had", "be": "is"}
_BELIEVED = re.compile(
    r"\b(is|are|was|were) (?:believed|thought|expected|said|assumed|rumou?red|supposed|likely) to be\b"
)


def relation_changes(kind: RelationKind, text: str, context: Context) -> list[str]:
    """Return all changes of this kind that differ from the text."""
    return [changed for changed in dict.fromkeys(_RULES[kind](text, context)) if changed != text]


def _year_of_another_event(text: str, context: Context) -> Iterator[str]:
    """Yield the text with a year of the passage in another's place, or with two of its own exchanged."""
    own = list(dict.fromkeys(_YEAR.findall(text)))
    for index, one in enumerate(own):
        for other in own[index + 1 :]:
            exchanged = {one: other, other: one}
            yield re.sub(rf"\b(?:{one}|{other})\b", partial(_other_of, exchanged), text)
    known = [year for year in dict.fromkeys(_YEAR.findall(context.gold)) if year not in own]
    for year in own:
        yield from (re.sub(rf"\b{year}\b", other, text) for other in known)


def _other_of(exchanged: Mapping[str, str], match: re.Match[str]) -> str:
    return exchanged[match[0]]


def _role_of_another(text: str, context: Context) -> Iterator[str]:
    """Yield the text with another role before a name, one that the passage gives to somebody else."""
    own = list(dict.fromkeys(_ROLES.findall(text)))
    known = [role for role in dict.fromkeys(_ROLES.findall(context.gold)) if role not in own]
    for role in own:
        yield from (re.sub(rf"\b{role}(?= [A-Z])", other, text) for other in known or _ANY_ROLES)


def _certain(text: str, _context: Context) -> Iterator[str]:
    """Yield the text without a "may" or a "believed to be"."""
    for match in _POSSIBLE.finditer(text):
        verb = _CERTAIN.get(match[2], f"does {match[2]}")
        yield f"{text[: match.start()]}{verb}{match[1] or ''}{text[match.end() :]}"
    for match in _BELIEVED.finditer(text):
        yield f"{text[: match.start()]}{match[1]}{text[match.end() :]}"


_RULES: dict[RelationKind, Callable[[str, Context], Iterator[str]]] = {
    "year of another event": _year_of_another_event,
    "role of another": _role_of_another,
    "possible told as certain": _certain,
}
RELATION_KINDS: tuple[RelationKind, ...] = tuple(_RULES)
"""All kinds of changed relations."""
