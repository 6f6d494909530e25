"""One thing that was looked at, and whether it is as it should be."""

from dataclasses import dataclass
from typing import Literal

State = Literal["fine", "attention", "fault"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`text` says what was found; `advice` what to do about it, "" where nothing is to be done.

    `attention`: it works, but slowly, not safely, or not for long. `fault`: something cannot work.
    """

    about: str
    state: State
    text: str
    advice: str = ""
