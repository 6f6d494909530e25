"""Fit the probe that judges claims: `python -m benchmarks.quality.fit_support [--check FILE …]`.

The default model reads each claim with its quote, as in the product, and a small network is fitted to its hidden
states: whether the claim is supported, and if not, whether it is contradicted. The layer is chosen by cross-validation
that leaves out whole quotes, and the certainty is scaled to what it is on quotes left out.

The claims are those of support.jsonl, written for this project in eight languages under its own licence, and each of
its quotes as a claim about itself. A third of the quotes stand behind the title and heading of their document, as in
the product; of the last 365 the claims that are not stated have nearly all their words from the quote. Samples of
published sets (PAWS, HANS, ConjNLI and others) beside them made it no better at claims about quotes in their contexts,
and worse at sentences of real answers.

`--check` says how right the probe of the package is on labelled pairs that no training saw: JSON lines with quote (or
premise), claim, label (supported, contradicted or not_stated; support, or anything else), language. A `context` says
whose quote it is, as in the product; pairs that have one are judged without it, too. In quotes_in_context.jsonl there
are 1,260 claims about 230 quotes, by four who had not seen the judge: 54 of the first 60 quotes and half of the next
120 do not name their subject ("we", "it", "their"), and 50 of the last 110 are in five other languages than English.
The claims of the last 50 that are not stated are near misses: a careless reader would take them for said.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import GroupKFold
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from benchmarks.machine import describe
from evaluation.set_files import read_json_lines
from rag.generation.claim_probe import claim_messages
from rag.generation.forward import ForwardInput, ModelRunner, States
from rag.generation.generator import LocalGenerator
from rag.generation.kv_cache import KVCache
from rag.generation.loading import best_device
from rag.generation.probe_files import PROBES
from rag.grounding.scorers import in_context
from rag.interfaces import ClaimJudge, Message
from rag.runtime.compute_thread import on_compute_thread
from rag.services import Services
from rag.settings import load_settings

_HERE = Path(__file__).parent
LABELS = ("supported", "contradicted", "not_stated")
LAYERS = (16, 18)
"""Layers to try, of 28."""

_UNITS = 64
_DROPOUT = 0.3
_EPOCHS = 24
_BATCH = 256
_RATE = 2e-3
"""The network and its training."""

_FOLDS = 3
_QUOTES_TOGETHER = 8
_MOST_ROWS = 400

Pair = dict[str, Any]


def written_pairs() -> list[Pair]:
    """Return the claims written for this project, with labels and quotes in their contexts, and quotes as claims."""
    found: list[Pair] = []
    for row in read_json_lines(_HERE / "support.jsonl"):
        quote = in_context(row["quote"], row.get("context", ""))
        claims = [(claim, label) for label in LABELS for claim in row.get(label, ())]
        for claim, label in [*claims, (row["quote"], "supported")]:
            found.append({"quote": quote, "claim": claim, "label": label})
    return found


class StateReader:
    """Reads the states at the end of the prompts of many claims; a quote's claims share what it takes to read it.

    `messages` makes the prompt of a claim and its quote.
    """

    def __init__(
        self,
        generator: LocalGenerator,
        layers: Sequence[int],
        messages: Callable[[str, str], list[Message]] = claim_messages,
    ) -> None:
        self._generator = generator
        self._messages = messages
        del generator.model.base_model.layers[max(layers) + 1 :]  # what comes after is not looked at
        generator.model.config.num_hidden_layers = max(layers) + 1
        self._runner = ModelRunner(generator.model, best_device(), layers)
        self._layers = layers
        beginning = [self._prompt({"claim": "", "quote": quote}) for quote in ("a", "b")]
        self._beginning = beginning[0][: _common(beginning)]
        self._begun = self._runner.new_cache(len(self._beginning))
        on_compute_thread(self._runner.forward, [ForwardInput(self._begun, self._beginning, 0)])

    def read(self, pairs: Sequence[Pair]) -> NDArray[np.float16]:
        """Return states, shape (pairs, layers, hidden)."""
        groups: dict[str, list[int]] = {}
        for index, pair in enumerate(pairs):
            groups.setdefault(pair["quote"], []).append(index)
        states = np.zeros((len(pairs), len(self._layers), self._generator.model.config.hidden_size), np.float16)
        quotes = [*groups.values()]
        for at in range(0, len(quotes), _QUOTES_TOGETHER):
            waiting = self._inputs(pairs, quotes[at : at + _QUOTES_TOGETHER])
            for batch in _batches(waiting):
                inputs = [_input(states, *each) for each in batch]
                on_compute_thread(self._runner.forward, inputs)
            print(f"\r{sum(map(len, quotes[: at + _QUOTES_TOGETHER]))} of {len(pairs)}", end="", file=sys.stderr)
        print(file=sys.stderr)
        return states

    def _inputs(
        self, pairs: Sequence[Pair], groups: Sequence[Sequence[int]]
    ) -> Iterator[tuple[int, KVCache, list[int]]]:
        """Yield what is left to read of each prompt, and the cache of what all those of its quote begin with."""
        prompts = [[self._prompt(pairs[index]) for index in indices] for indices in groups]
        shared = [_common(of_quote) for of_quote in prompts]
        caches = [self._begun.copy(self._begun.length, length) for length in shared]
        quotes = [
            ForwardInput(cache, of_quote[0][cache.length : length], 0)
            for cache, of_quote, length in zip(caches, prompts, shared, strict=True)
        ]
        on_compute_thread(self._runner.forward, quotes)
        for indices, cache, of_quote, length in zip(groups, caches, prompts, shared, strict=True):
            yield from ((index, cache, prompt[length:]) for index, prompt in zip(indices, of_quote, strict=True))

    def _prompt(self, pair: Pair) -> list[int]:
        return self._generator.prompt_tokens(self._messages(pair["claim"], pair["quote"]))


def _input(states: NDArray[np.float16], index: int, cache: KVCache, tokens: list[int]) -> ForwardInput:
    """Return the input of what is left of a prompt, whose states are kept at its index."""

    def keep(found: States) -> None:
        states[index] = torch.stack(list(found.values())).numpy()

    return ForwardInput(cache.copy(cache.length, cache.length + len(tokens)), tokens, 0, keep, len(tokens) - 1)


def _common(prompts: Sequence[list[int]]) -> int:
    """Return how many tokens all prompts begin with; all but the last of a single one."""
    shortest = min(map(len, prompts)) - 1
    return next((at for at in range(shortest) if len({prompt[at] for prompt in prompts}) > 1), shortest)


def _batches(
    waiting: Iterable[tuple[int, KVCache, list[int]]],
) -> Iterator[list[tuple[int, KVCache, list[int]]]]:
    batch: list[tuple[int, KVCache, list[int]]] = []
    for each in waiting:
        if batch and sum(len(tokens) for *_, tokens in batch) + len(each[2]) > _MOST_ROWS:
            yield batch
            batch = []
        batch.append(each)
    if batch:
        yield batch


def _network(inputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Dropout(_DROPOUT), nn.Linear(inputs, _UNITS), nn.GELU(), nn.Dropout(_DROPOUT), nn.Linear(_UNITS, 2)
    )


def _trained(states: torch.Tensor, targets: torch.Tensor) -> nn.Sequential:
    """Return a network for states; the second target is nan where it does not apply."""
    torch.manual_seed(0)
    network = _network(states.shape[1])
    steps = _EPOCHS * (len(states) // _BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=0.1)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=steps + 1)
    for _ in range(_EPOCHS):
        for batch in torch.randperm(len(states))[: len(states) // _BATCH * _BATCH].split(_BATCH):
            logits, wanted = network(states[batch]), targets[batch]
            known = ~wanted.isnan()
            losses = binary_cross_entropy_with_logits(
                logits, wanted.nan_to_num(), weight=known.float(), reduction="none"
            )
            loss = (losses.sum(0) / known.sum(0).clamp_min(1) * torch.tensor([1.0, 0.5])).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            rate.step()
    return network.eval()


def fit(states: NDArray[np.float16], pairs: Sequence[Pair], out: Path) -> None:
    """Choose the layer, fit the network on all pairs, and write the probe."""
    labels, quotes = np.array([pair["label"] for pair in pairs]), np.array([pair["quote"] for pair in pairs])
    supported = labels == "supported"
    otherwise = np.where(supported, np.nan, labels == "contradicted")
    targets = torch.tensor(np.stack([supported, otherwise], axis=-1), dtype=torch.float32)
    tried = {place: _held_out(states[:, place], targets, quotes) for place in range(len(LAYERS))}
    aucs = {place: float(roc_auc_score(supported, logits[:, 0])) for place, logits in tried.items()}
    for place, auc in aucs.items():
        print(f"layer {LAYERS[place]}: AUC {auc:.4f} on quotes left out")
    best = max(aucs, key=aucs.__getitem__)
    # As certain as it is right on quotes left out.
    factors = [_factor(tried[best][:, 0], supported), _factor(tried[best][~supported, 1], otherwise[~supported] == 1)]
    stored = _stored(states[:, best], targets, torch.tensor(factors, dtype=torch.float32))
    about = {"layer": str(LAYERS[best]), "auc": f"{aucs[best]:.4f}", "claims": str(len(labels))}
    save_file({name: np.ascontiguousarray(each.numpy(force=True)) for name, each in stored.items()}, out, about)
    print(f"{out.name}: {about}; on quotes left out:")
    report_certainty(_share(factors[0] * tried[best][:, 0]), supported)


def _held_out(states: NDArray[np.float16], targets: torch.Tensor, quotes: NDArray[Any]) -> NDArray[np.float32]:
    """Return the logits of each pair by a network that was not trained on its quote, shape (pairs, 2)."""
    logits = np.zeros((len(states), 2), np.float32)
    for train, test in GroupKFold(_FOLDS).split(states, groups=quotes):
        mean, deviation = _spread(states[train])
        network = _trained((torch.tensor(states[train]).float() - mean) / deviation, targets[train])
        with torch.no_grad():
            logits[test] = network((torch.tensor(states[test]).float() - mean) / deviation).numpy()
    return logits


def _spread(states: NDArray[np.float16]) -> tuple[torch.Tensor, torch.Tensor]:
    wide = torch.tensor(states).float()
    return wide.mean(0), wide.std(0) + 1e-6


def _factor(logits: NDArray[np.float32], labels: NDArray[np.bool_]) -> float:
    return float(LogisticRegression(C=1e6).fit(logits[:, None], labels).coef_[0, 0])


def _stored(states: NDArray[np.float16], targets: torch.Tensor, factors: torch.Tensor) -> dict[str, torch.Tensor]:
    """Return the tensors of a network for states as they are, scaled to its certainty."""
    mean, deviation = _spread(states)
    network = _trained((torch.tensor(states).float() - mean) / deviation, targets)
    inner, outer = (each for each in network if isinstance(each, nn.Linear))
    weights = inner.weight / deviation
    return {
        "inner": weights,
        "inner_bias": inner.bias - weights @ mean,
        "weights": outer.weight * factors[:, None],
        "bias": outer.bias * factors,
    }


def _share(logits: NDArray[Any]) -> NDArray[Any]:
    shares: NDArray[Any] = 1 / (1 + np.exp(-logits))
    return shares


def report_certainty(said: NDArray[Any], is_so: NDArray[np.bool_]) -> None:
    """Print how often what is called supported with so much certainty is so, in tenths."""
    for low in range(10):
        within = (said * 10).astype(int).clip(0, 9) == low
        if within.any():
            print(f"  {low * 10} to {low * 10 + 10} %: {is_so[within].mean():.2f} of {within.sum()}")


def check(judge: ClaimJudge, file: Path) -> None:
    """Print how right the verdicts on labelled pairs are, in their contexts if they have them, and without."""
    rows = list(read_json_lines(file))
    if any(row.get("context") for row in rows):
        print("in its context")
        _check(judge, file.name, [{**row, "quote": in_context(row["quote"], row["context"])} for row in rows])
        print("alone")
    _check(judge, file.name, rows)


def _check(judge: ClaimJudge, name: str, rows: Sequence[dict[str, Any]]) -> None:
    """Print how right verdicts are, beside the share of a claim's words that its quote has."""
    verdicts = [judge.judge_claim(row["claim"], row.get("quote") or row["premise"]) for row in rows]
    supported = np.array([row["label"] in ("supported", "support") for row in rows])
    said = np.array([verdict.supported for verdict in verdicts])
    words = np.array([_overlap(row["claim"], row.get("quote") or row["premise"]) for row in rows])
    languages = np.array([row.get("language", "en") == "en" for row in rows])
    for language, chosen in (("English", languages), ("other languages", ~languages)):
        if len(set(supported[chosen])) > 1:
            auc, plain = (roc_auc_score(supported[chosen], each[chosen]) for each in (said, words))
            print(f"{name}, {language}: AUC {auc:.3f}, of words {plain:.3f} ({chosen.sum()} pairs)")
    if {row["label"] for row in rows} == set(LABELS):
        true = [row["label"] for row in rows]
        found = [max(LABELS, key=lambda label: getattr(verdict, label)) for verdict in verdicts]
        print(f"  three classes: macro-F1 {f1_score(true, found, average='macro'):.3f}")
    report_certainty(said, supported)


def _overlap(claim: str, quote: str) -> float:
    words = set(claim.lower().split())
    return len(words & set(quote.lower().split())) / max(1, len(words))


def main() -> int:
    """Fit or check; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", type=Path, nargs="+", help="labelled pairs to report on")
    parser.add_argument("--states", type=Path, help="file to keep the states in, so that a fit can be repeated (.npy)")
    arguments = parser.parse_args()
    print(describe())
    pairs = written_pairs()
    if not arguments.check and arguments.states and arguments.states.is_file():
        states = np.load(arguments.states)
    else:
        with Services(load_settings(model="default")) as services:
            generator = services.generator
            if not isinstance(generator, LocalGenerator):
                raise TypeError("the default model runs in this process")
            if arguments.check:
                for file in arguments.check:
                    check(generator, file)
                return 0
            states = StateReader(generator, LAYERS).read(pairs)
        if arguments.states:
            np.save(arguments.states, states)
    fit(states, pairs, Path(str(PROBES / "qwen2.5-coder-1.5b-claims.safetensors")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
