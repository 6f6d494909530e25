"""How a question is answered: its kind, its parts, where to look, and the form of the answer."""

from dataclasses import dataclass
from typing import Literal

QuestionKind = Literal["fact", "yes_no", "list", "explanation", "comparison", "summary", "table", "parts", "about_app"]
"""Kind of a question: "table" asks for figures, "parts" asks several things, "about_app" is what needs no search:
small talk, a question about Citewell itself, or one that has to be asked more exactly."""

Length = Literal["", "short", "long"]


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things a question asks or compares: `text` names it, `query` is what to search for."""

    text: str
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The plan for one question.

    `parts` are the things asked or compared, each searched for by itself; none if the question is searched for whole.
    `length`, `sentences` and `steps` are as the question asks for; 0 sentences if it does not. `counts` if it asks how
    many there are. `section` is the one it names ("6", "chapter 3"), "" if none. `language` is the language of the
    answer, "" if unknown.
    """

    kind: QuestionKind = "fact"
    parts: tuple[Part, ...] = ()
    length: Length = ""
    sentences: int = 0
    steps: bool = False
    counts: bool = False
    section: str = ""
    language: str = ""

    @property
    def is_short_answer(self) -> bool:
        """True if one short sentence answers it."""
        return self.kind in ("fact", "yes_no", "about_app") and self.length != "long"

    @property
    def is_gathered(self) -> bool:
        """True if the answer gathers points, of which unsupported ones are left out instead of marked."""
        return self.kind in ("list", "explanation", "comparison", "summary") or self.length == "long"


FACT_PLAN = Plan()
"""The plan of a plain question of fact."""
