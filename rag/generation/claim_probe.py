"""Read from the model's hidden states whether a quote says what a claim says.

Asked outright, a small model often answers wrongly what its hidden states tell rightly (Orgad et al. 2024, 2410.02707,
"LLMs Know More Than They Show"). The claim is put to the model with its quote, and a small network reads the verdict
from the state at the end of that prompt; no token is generated. It is fitted to one model and this prompt by
`python -m benchmarks.quality.fit_support`.
"""

from dataclasses import dataclass
from importlib.resources import as_file
from importlib.resources.abc import Traversable

import torch
from safetensors import safe_open
from torch.nn.functional import gelu

from rag.generation.probe_files import explained, made_for_another_model
from rag.interfaces import Message
from rag.types import ClaimVerdict

_INSTRUCTION = (
    "You check claims against a quote. Answer yes if the quote says what the claim says, in whatever words; no if the "
    "quote says otherwise; unclear if the quote does not say it."
)

_EXAMPLES = (
    ("The shop opens at nine and closes at five.", "At noon the shop is open.", "yes"),
    ("Maria Lopez hired Tom Reed in May.", "Tom Reed hired Maria Lopez.", "no"),
    ("The pump may fail in frost.", "The pump fails in every frost.", "unclear"),
    ("Die Frist beträgt zwei Wochen.", "Man hat 14 Tage Zeit.", "yes"),
    ("Pets are not allowed in the building.", "You may keep a dog in your flat.", "no"),
    ("The museum is free on Sundays.", "The museum is free on Sundays and closed on Mondays.", "unclear"),
)
"""Quotes, claims and what to say of them. Without them the verdicts are somewhat worse, more so in other languages."""


def claim_messages(claim: str, quote: str) -> list[Message]:
    """Return what the model reads, at whose end the probe looks; a change asks for a new fit."""
    messages: list[Message] = [{"role": "system", "content": _INSTRUCTION}]
    for shown, said, verdict in _EXAMPLES:
        messages += [{"role": "user", "content": _asked(said, shown)}, {"role": "assistant", "content": verdict}]
    return [*messages, {"role": "user", "content": _asked(claim, quote)}]


def _asked(claim: str, quote: str) -> str:
    return f"Quote: {quote}\nClaim: {claim}\nDoes the quote say so?"


@dataclass(frozen=True, slots=True, eq=False)
class ClaimProbe:
    """A network of one inner layer over the output of `layer` (from 0) of the model.

    `inner` has shape (units, hidden), `inner_bias` (units,), `weights` (2, units), `bias` (2,). Its outputs are
    log-odds: that the quote says the claim; and if it does not, that it says otherwise.
    """

    layer: int
    inner: torch.Tensor
    inner_bias: torch.Tensor
    weights: torch.Tensor
    bias: torch.Tensor

    def verdict(self, state: torch.Tensor) -> ClaimVerdict:
        """Return the verdict of a state, shape (hidden,)."""
        units = gelu(self.inner @ state.to("cpu", torch.float32) + self.inner_bias)
        supported, otherwise = map(float, (self.weights @ units + self.bias).sigmoid())
        return ClaimVerdict(supported, (1 - supported) * otherwise, (1 - supported) * (1 - otherwise))


_TENSORS = ("inner", "inner_bias", "weights", "bias")


def load_claim_probe(file: Traversable, hidden: int) -> ClaimProbe:
    """Load the probe in a file.

    Raises:
        ModelError: the file is damaged, or made for a model with another hidden size.
    """
    with explained(file), as_file(file) as path, safe_open(path, framework="pt") as opened:
        inner, inner_bias, weights, bias = (opened.get_tensor(name).float() for name in _TENSORS)
        layer = int((opened.metadata() or {})["layer"])
    units = len(inner_bias)
    if (inner.shape, weights.shape, bias.shape) != ((units, hidden), (2, units), (2,)):
        raise made_for_another_model(file)
    return ClaimProbe(layer, inner, inner_bias, weights, bias)
