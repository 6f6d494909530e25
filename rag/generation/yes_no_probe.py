"""Read from the model's hidden states whether quotes answer a question with yes or with no.

A small model that answers a yes/no question begins with "Yes" whatever the sources say. Asked beside examples whether
it is yes or no, its hidden state tells better, as it does of claims (`claim_probe`), and tells of each quote whether it
decides the question at all: the sentence that does is often not the nearest one. The probe is fitted to one model and
this prompt by `python -m benchmarks.quality.fit_yes_no`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file
from importlib.resources.abc import Traversable

import torch
from safetensors import safe_open

from rag.generation.probe_files import explained, made_for_another_model
from rag.interfaces import Message
from rag.types import YesNoVerdict

_INSTRUCTION = "You answer questions by a quote with yes or no."

_EXAMPLES = (
    ("Pets must stay outside the grounds.", "Are dogs allowed in the garden?", "No"),
    ("Deliveries are made every day of the week.", "Do you deliver on Sundays?", "Yes"),
    ("Der Eintritt kostet 5 Euro.", "Ist der Eintritt frei?", "No"),
    ("We are open from Tuesday to Friday.", "Is the shop closed on Monday?", "Yes"),
    ("Se aceptan efectivo y tarjetas.", "¿Puedo pagar con tarjeta?", "Yes"),
    ("The deposit is due before the keys are handed over.", "Can the deposit be paid later?", "No"),
)
"""Quotes, questions and their answers."""


def yes_no_messages(question: str, quote: str) -> list[Message]:
    """Return what the model reads, at whose end the probe looks; a change asks for a new fit."""
    messages: list[Message] = [{"role": "system", "content": _INSTRUCTION}]
    for shown, asked, answer in _EXAMPLES:
        messages += [{"role": "user", "content": _asked(asked, shown)}, {"role": "assistant", "content": answer}]
    return [*messages, {"role": "user", "content": _asked(question, quote)}]


@dataclass(frozen=True, slots=True, eq=False)
class YesNoProbe:
    """Two directions in the output of `layer` (from 0) of the model: `weights` (2, hidden), `bias` (2,).

    They give log-odds of a quote: that it decides the question, and that it does so with yes.
    """

    layer: int
    weights: torch.Tensor
    bias: torch.Tensor

    def verdict(self, states: Sequence[torch.Tensor]) -> YesNoVerdict:
        """Return what quotes say of a question; each one's state has shape (hidden,).

        A quote counts by its odds of deciding the question, beside odds of 1 that none does, which is even.
        """
        decides, yes = (torch.stack([*states]).to("cpu", torch.float32) @ self.weights.T + self.bias).T
        shares = torch.cat((decides, torch.zeros(1))).softmax(0)[:-1]
        return YesNoVerdict(tuple(shares.tolist()), float((shares @ yes).sigmoid()))


def load_yes_no_probe(file: Traversable, hidden: int) -> YesNoProbe:
    """Load the probe in a file.

    Raises:
        ModelError: the file is damaged, or made for a model with another hidden size.
    """
    with explained(file), as_file(file) as path, safe_open(path, framework="pt") as opened:
        weights, bias = (opened.get_tensor(name).float() for name in ("weights", "bias"))
        layer = int((opened.metadata() or {})["layer"])
    if (weights.shape, bias.shape) != ((2, hidden), (2,)):
        raise made_for_another_model(file)
    return YesNoProbe(layer, weights, bias)


def _asked(question: str, quote: str) -> str:
    return f"Quote: {quote}\nQuestion: {question}"
