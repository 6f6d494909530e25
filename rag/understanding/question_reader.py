"""Read what a question asks for, and whether it needs the conversation before it, by a model learned from questions.

A linear map of what a small encoder makes of the question. The weights are made by
`python -m benchmarks.quality.fit_questions`; benchmarks/RESULTS.md says how right they are on other questions.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file
from threadpoolctl import ThreadpoolController

from rag.errors import ModelError
from rag.understanding.question_encoder import QuestionEncoder, Weights

Asked = Literal[
    "fact",
    "yes_no",
    "list",
    "count",
    "summary",
    "comparison",
    "explanation",
    "why",
    "parts",
    "table",
    "calculation",
    "chat",
]
"""What a question wants: "parts" are several questions in one, "chat" is what no document answers."""

ASKED: tuple[Asked, ...] = get_args(Asked)
WEIGHTS = Path(__file__).with_name("question_weights.safetensors")

_REMEMBERED = 256

LEAST_NEED = 0.2
"""Every ninth question in training needs a conversation, and of those asked within one at least every third: by Bayes'
rule .2 among the former is even odds among the latter."""


@dataclass(frozen=True, slots=True)
class QuestionReading:
    """The probability of each thing that a question may ask for, and that it needs the conversation before it."""

    asked: dict[Asked, float]
    needs_conversation: float

    @property
    def likeliest(self) -> Asked:
        """What it most probably asks for."""
        return max(self.asked, key=self.asked.__getitem__)


class QuestionReader:
    """The encoder with the map of its output, from the tensors of a weights file; see `QuestionEncoder`."""

    def __init__(self, stored: Weights) -> None:
        self.encoder = QuestionEncoder(stored)
        self._head, self._bias = (stored[name].astype(np.float32) for name in ("head.weights", "head.bias"))
        if self._bias.shape != (len(ASKED) + 1,):
            raise ValueError(f"a head for {self._bias.shape} things")

    def read(self, question: str) -> QuestionReading:
        """Return what is read in a question."""
        logits = self._head @ self.encoder.encode(question) + self._bias
        powers = np.exp(logits[:-1] - logits[:-1].max())
        shares = powers / powers.sum()
        return QuestionReading(dict(zip(ASKED, map(float, shares), strict=True)), float(1 / (1 + np.exp(-logits[-1]))))


@lru_cache(_REMEMBERED)
def read_question(question: str) -> QuestionReading:
    """Return what a question asks for, and whether it needs the conversation before it."""
    return _model().read(question)


def needs_conversation(question: str) -> bool:
    """Return whether a question cannot be understood, or searched for, without the conversation before it."""
    return read_question(question).needs_conversation >= LEAST_NEED


@cache
def _model() -> QuestionReader:
    """Return the model of the package.

    Raises:
        ModelError: its file is missing or damaged.
    """
    _multiply_in_one_thread()
    try:
        return QuestionReader(load_file(WEIGHTS))
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise ModelError(f"{WEIGHTS} is missing or damaged. Install Citewell anew.") from error


def _multiply_in_one_thread() -> None:
    """Keep numpy's products in one thread: those of a question are small, and each waits for its slowest part.

    On a busy machine a question took up to .48 s to read in two threads, in one at most .05.
    """
    ThreadpoolController().select(prefix="libscipy_openblas").limit(limits=1)  # as it is called in numpy's wheels
