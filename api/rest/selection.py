"""The circumstances of a question: a restriction to some documents, settings, and the turns before it."""

from typing import Annotated, Any

from pydantic import Field, create_model

from api.question import Selection
from api.rest.common import Strict
from rag.types import Turn

MAX_QUESTION = 100_000
"""Beyond the setting `max_question_chars` a question is refused in a sentence; beyond this, before it is looked at."""

_Text = Annotated[str, Field(max_length=300)]
_Texts = Annotated[list[_Text], Field(max_length=100)]


class Within(Strict):
    """Restricts a question to documents that have one of the `names`, one of the `kinds`, and so on.

    Names may be patterns with `*` and `?`; a year may be a range.
    """

    documents: Annotated[list[Annotated[int, Field(ge=1, lt=2**63)]], Field(max_length=5000)] | None = None
    names: _Texts = Field(default=[])
    collections: _Texts = Field(default=[])
    kinds: _Texts = Field(default=[])
    years: _Texts = Field(default=[])
    languages: _Texts = Field(default=[])

    def selection(self, excluded: frozenset[int] = frozenset()) -> Selection:
        """Return the restriction, without the `excluded` documents of a conversation."""
        ids = None if self.documents is None else frozenset(self.documents)
        return Selection(ids=ids, excluded=excluded, **self.model_dump(exclude={"documents"}))


class Exchange(Strict):
    """A question and its answer, before this one."""

    question: Annotated[str, Field(max_length=MAX_QUESTION)]
    answer: Annotated[str, Field(max_length=MAX_QUESTION)]

    def turn(self) -> Turn:
        """Return it as a prompt has it."""
        return Turn(self.question, self.answer)


def _bounded(kind: Any, **bounds: Any) -> tuple[Any, None]:
    return (Annotated[kind, Field(**bounds)] | None, None)


ChosenSettings: Any = create_model(
    "ChosenSettings",
    __base__=Strict,
    __doc__="Settings of `docs/settings.md` for this question; what is left out stays as it is.",
    model=_bounded(str, max_length=300),
    passages=_bounded(int, ge=1, le=50),
    strictness=_bounded(float, ge=0.0, le=1.0),
    system_prompt=_bounded(str, max_length=8000),
    max_new_tokens=_bounded(int, ge=1, le=100_000),
    temperature=_bounded(float, ge=0.0, le=5.0),
    top_k=_bounded(int, ge=0, le=1_000_000),
    top_p=_bounded(float, gt=0.0, le=1.0),
    beams=_bounded(int, ge=1, le=16),
    repetition_penalty=_bounded(float, ge=0.5, le=2.0),
    max_repeats=_bounded(int, ge=0, le=100),
    seed=_bounded(int, ge=0, lt=2**63),
    stop=_bounded(list[Annotated[str, Field(min_length=1, max_length=300)]], max_length=16),
    thinking_tokens=_bounded(int, ge=0, le=100_000),
)
