"""Fit what reads questions: `python -m benchmarks.quality.fit_questions [--public DIR] [--squad2 DIR] [--check FILE]`.

The first layers of multilingual-e5-small (MIT), with its more frequent tokens, are trained on the questions beside this
file, which were written for it in sixteen languages, with `--public` on those of published sets under MIT (QALD-9,
StrategyQA, NF-CATS, TAT-QA), and with `--squad2` on those of SQuAD 2.0 (CC BY-SA 4.0) about articles that no
benchmark here asks about: facts, asked in the roundabout way of examinations. The lower layers stay as they are: they
know words that no training question has. A question whose label allows several kinds counts as right with any of them.
Certainty is scaled on questions left out.

`--check` says how right the weights of the package are on labelled questions that no training saw (JSON lines with
question, language, kind or kinds, needs_conversation), with the reliability of their certainty.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from sklearn.metrics import f1_score
from torch import nn
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

from benchmarks.machine import describe
from evaluation.probe_cases import articles_held_out, read_squad2
from evaluation.set_files import read_json_lines
from rag.models.resolve import resolve_model
from rag.settings import load_settings
from rag.understanding.planner import form_of
from rag.understanding.question_encoder import GROUP, HEADS, MAX_TOKENS, QuestionEncoder
from rag.understanding.question_reader import ASKED, LEAST_NEED, WEIGHTS, QuestionReading, read_question

_HERE = Path(__file__).parent
_FIXED, _LAYERS = 4, 8
"""Lower layers that stay as they are; layers in all, of twelve."""

_VOCABULARY = 26_000
"""Tokens that are kept by their frequency; so are all of one character, and all of the training questions."""

_BATCH = 32
_EPOCHS = 3
_RATE, _HEAD_RATE, _WARMING = 1e-4, 1e-3, 200
_DROPOUT = 0.1
_LEFT_OUT = 0.06
_LONG_EVERY, _AT_THE_END = 15, 0.7

_LIST = 5
"""Answers from which a question is sure to want them all."""

_SHORT_ANSWER = 8
"""Words. What has a longer answer may ask for an explanation."""

_LONG = ("list", "summary", "comparison", "explanation", "why", "parts")
_MOST = 7
_HALF = 8


@dataclass(frozen=True, slots=True)
class Row:
    """A question, the kinds that it may be (none: unknown), and whether it needs the conversation."""

    question: str
    kinds: tuple[str, ...]
    needs_conversation: bool


_PUBLIC: dict[str, tuple[int, dict[str, tuple[str, ...]]]] = {
    "qald9": (4400, {"fact": ("fact",), "list": ("list",), "yes_no": ("yes_no",), "count": ("count",)}),
    "strategyqa": (1000, {"yes_no": ("yes_no",)}),
    "nf_cats": (
        4000,
        {
            "INSTRUCTION": ("explanation",),
            "REASON": ("why",),
            "COMPARISON": ("comparison",),
            "FACTOID": ("fact", "list", "count", "yes_no"),
        },
    ),
    "tatqa_questions": (
        800,
        {
            "arithmetic": ("calculation", "table"),
            "count": ("count",),
        },
    ),
}
"""Folders of published sets, how many of their questions are taken, and what their labels may be here. Others of their
labels are other things, or too often wrong."""


def training_rows(public: Path | None, squad2: Path | None, left_out: Collection[str]) -> list[Row]:
    """Return the questions written for this project, those of published sets, and some of them beside a longer text."""
    asked = [*_asked(public), *(_of_squad2(squad2) if squad2 else ())]
    rows = [row for row in asked if _plain(row.question) not in left_out]
    return [*rows, *_beside_text([row for row in rows if row.kinds and not row.needs_conversation])]


def _beside_text(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield every `_LONG_EVERY`th question before or after sentences that ask for nothing."""
    chance = random.Random(0)
    quotes = [row["quote"] for row in read_json_lines(_HERE / "support.jsonl")]
    for row in rows[::_LONG_EVERY]:
        text = " ".join(chance.sample(quotes, chance.randint(1, 9)))
        joined = f"{text} {row.question}" if chance.random() < _AT_THE_END else f"{row.question}\n\n{text}"
        yield replace(row, question=joined)


def _asked(public: Path | None) -> Iterator[Row]:
    for row in read_json_lines(_HERE / "questions.jsonl"):
        kind = row.get("kind", ())
        yield Row(row["question"], (kind,) if isinstance(kind, str) else tuple(kind), row["needs_conversation"])
        if row.get("standalone"):
            yield Row(row["standalone"], (), needs_conversation=False)
    if public is None:
        return
    for name, (most, labels) in _PUBLIC.items():
        files = sorted((public / name).glob("*.jsonl.gz"))
        read = (row for file in files for row in read_json_lines(file))
        of_set = [row for row in read if row["label"] in labels and row["split"] != "test"]
        random.Random(0).shuffle(of_set)
        for row in of_set[:most]:
            # QALD-9 calls a list what has more than one answer in its knowledge base: "Who created Batman?"
            is_short = row["label"] == "list" and row["n_answers"] < _LIST
            yield Row(row["question"], ("list", "fact") if is_short else labels[row["label"]], needs_conversation=False)


def _of_squad2(folder: Path) -> Iterator[Row]:
    """Yield the questions of articles that are not held out: facts, unless they ask why or the answer is enumerated."""
    contexts, questions = read_squad2(folder)
    held_out = articles_held_out(contexts)
    used = {context["_id"] for context in contexts if context["title"] not in held_out}
    chosen = [row for row in questions if row["context_id"] in used and row["answers"]]
    for row in chosen:
        answer = row["answers"][0]
        if len(answer.split()) > _SHORT_ANSWER or row["question"].lower().startswith("why"):
            continue
        kinds = ("fact", "count", "list") if "," in answer or " and " in answer else ("fact", "count")
        yield Row(row["question"], kinds, needs_conversation=False)


class Trainer:
    """The layers in training, over the states of the lower ones, which are computed once for each question."""

    def __init__(self, folder: Path) -> None:
        torch.manual_seed(0)
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.base = AutoModel.from_pretrained(folder, dtype=torch.float32, hidden_act="gelu_pytorch_tanh")
        self.layers = self.base.encoder.layer[:_LAYERS]
        self.head = nn.Linear(self.base.config.hidden_size, len(ASKED) + 1)
        self.base.eval()
        self._states: dict[str, torch.Tensor] = {}
        self._kept: list[int] = []

    def keep_tokens(self, questions: Iterable[str]) -> list[int]:
        """Choose the vocabulary; return the kept tokens in the order of their new numbers."""
        pieces = [piece for piece, _ in json.loads(self.tokenizer.backend_tokenizer.to_str())["model"]["vocab"]]
        seen = {token for ids in self.tokenizer(["query: " + each for each in questions])["input_ids"] for token in ids}
        single = {token for token, piece in enumerate(pieces) if len(piece.removeprefix("▁")) <= 1}
        self._kept = sorted({*range(_VOCABULARY), *single, *seen} - {len(pieces) - 1})
        return self._kept

    def _tokens(self, question: str) -> list[int]:
        ids: list[int] = self.tokenizer("query: " + question)["input_ids"]
        return ids if len(ids) <= MAX_TOKENS else ids[: MAX_TOKENS // 2] + ids[-MAX_TOKENS // 2 :]

    @torch.no_grad()
    def read_lower(self, questions: Iterable[str]) -> None:
        """Compute the states below the layers that are trained."""
        ordered = sorted({*questions} - self._states.keys(), key=len)
        for at in range(0, len(ordered), 2 * _BATCH):
            texts = ordered[at : at + 2 * _BATCH]
            tokens = [torch.tensor(self._tokens(text)) for text in texts]
            padded = nn.utils.rnn.pad_sequence(tokens, batch_first=True, padding_value=1)
            mask = _mask([len(each) for each in tokens])
            states = self.base.embeddings(input_ids=padded, token_type_ids=torch.zeros_like(padded))
            states = _through(self.layers[:_FIXED], states, mask)
            for text, state, own in zip(texts, states, tokens, strict=True):
                self._states[text] = state[: len(own)].to(torch.bfloat16)

    def logits(self, questions: Sequence[str], *, training: bool = False) -> torch.Tensor:
        """Return the logits of questions whose lower states are known, shape (questions, kinds + 1)."""
        states = [self._states[question].float() for question in questions]
        mask = _mask([len(each) for each in states])
        upper = _through(self.layers[_FIXED:], nn.utils.rnn.pad_sequence(states, batch_first=True), mask)
        is_token = (mask[:, 0, 0] == 0).float()
        mean = (upper * is_token[..., None]).sum(1) / is_token.sum(1, keepdim=True)
        result: torch.Tensor = self.head(functional.dropout(mean, _DROPOUT, training))
        return result

    def train(self, rows: Sequence[Row]) -> None:
        """Train the upper layers and the head."""
        self.layers[_FIXED:].train()
        upper = [*self.layers[_FIXED:].parameters()]
        groups = [{"params": upper, "lr": _RATE}, {"params": [*self.head.parameters()], "lr": _HEAD_RATE}]
        optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
        steps = _EPOCHS * (len(rows) // _BATCH + 1)
        rate = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min(1.0, (step + 1) / _WARMING) * max(0.0, 1 - step / steps)
        )
        begun, done = time.perf_counter(), 0
        for epoch in range(_EPOCHS):
            for batch in _batches(rows, epoch):
                loss = _loss(self.logits([row.question for row in batch], training=True), batch)
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_([*upper, *self.head.parameters()], 1.0)
                optimizer.step()
                rate.step()
                done += 1
                if done % 50 == 0:
                    left = (steps - done) * (time.perf_counter() - begun) / done
                    print(f"\r{done} of {steps} steps, {left:.0f} s left ", end="", file=sys.stderr)
        print(file=sys.stderr)
        self.layers.eval()

    @torch.no_grad()
    def scale(self, rows: Sequence[Row]) -> None:
        """Scale the head so that it is as certain as it is right on questions that were left out of training."""
        logits = torch.cat(
            [self.logits([row.question for row in rows[at : at + 64]]) for at in range(0, len(rows), 64)]
        )
        factors = np.linspace(0.3, 1.5, 61)
        for chosen, part in ((slice(0, -1), 0), (slice(-1, None), 1)):
            losses = [_losses(float(factor) * logits, rows)[part] for factor in factors]
            best = float(factors[int(np.argmin(losses))])
            print(f"{('kinds', 'need')[part]}: certainty times {best:.2f}")
            self.head.weight[chosen] *= best
            self.head.bias[chosen] *= best

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Return what is stored, as `QuestionEncoder` and `QuestionReader` read it."""
        vocabulary = json.loads(self.tokenizer.backend_tokenizer.to_str())["model"]["vocab"]
        embeddings = self.base.embeddings
        words = embeddings.word_embeddings.weight[self._kept].detach()
        positions = embeddings.position_embeddings.weight[:MAX_TOKENS] + embeddings.token_type_embeddings.weight[0]
        codes, scales = _in_four_bits(words)
        stored = {
            "pieces": np.frombuffer("\n".join(vocabulary[token][0] for token in self._kept).encode(), np.uint8),
            "scores": np.array([vocabulary[token][1] for token in self._kept], np.float32),
            "embedding.codes": codes,
            "embedding.scales": scales,
            "positions": _half(positions),
            "embedding.norm": _norm(embeddings.LayerNorm),
            "norms": np.stack(
                [np.stack([_norm(e.attention.output.LayerNorm), _norm(e.output.LayerNorm)]) for e in self.layers]
            ),
            "head.weights": _half(self.head.weight),
            "head.bias": _half(self.head.bias),
        }
        for name, parts in _products(self.layers).items():
            weights = torch.stack([torch.cat([part.weight for part in of_layer]) for of_layer in parts])
            bias = torch.stack([torch.cat([part.bias for part in of_layer]) for of_layer in parts])
            scales_8 = weights.abs().amax(-1).clamp_min(1e-8) / 127
            stored[f"{name}.weights"] = (weights / scales_8[..., None]).round().to(torch.int8).numpy(force=True)
            stored[f"{name}.scales"], stored[f"{name}.bias"] = scales_8.numpy(force=True), _half(bias)
        return {name: np.ascontiguousarray(each) for name, each in stored.items()}


def _products(layers: Iterable[Any]) -> dict[str, list[list[Any]]]:
    """Return the linear maps of each layer by their name in the file; those of one name are one product."""
    return {
        "attention": [[getattr(each.attention.self, name) for name in ("query", "key", "value")] for each in layers],
        "attention_output": [[each.attention.output.dense] for each in layers],
        "intermediate": [[each.intermediate.dense] for each in layers],
        "output": [[each.output.dense] for each in layers],
    }


def _in_four_bits(weights: torch.Tensor) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    """Return codes, two in a byte, and a scale for each `GROUP` of a row."""
    groups = weights.reshape(len(weights), -1, GROUP)
    scales = (groups.abs().amax(-1) / _MOST).clamp_min(1e-6).to(torch.float16)
    codes = (groups / scales.float()[..., None]).round().clamp(-_HALF, _MOST).to(torch.int16) + _HALF
    flat = codes.reshape(len(weights), -1).numpy().astype(np.uint8)
    return np.asarray(flat[:, 0::2] | flat[:, 1::2] << 4, np.uint8), np.asarray(scales.numpy(), np.float16)


def _norm(norm: nn.LayerNorm) -> NDArray[np.float32]:
    return torch.stack([norm.weight, norm.bias]).numpy(force=True)


def _half(weights: torch.Tensor) -> NDArray[np.float16]:
    return weights.to(torch.float16).numpy(force=True)


def _mask(lengths: Sequence[int]) -> torch.Tensor:
    """Return what is added to the logits of attention: 0 for tokens, and for padding what leaves it no weight."""
    is_padding = torch.arange(max(lengths))[None] >= torch.tensor(lengths)[:, None]
    return is_padding[:, None, None].float() * torch.finfo(torch.float32).min


def _through(layers: Iterable[nn.Module], states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        for layer in layers:
            found = layer(states, mask)
            states = found[0] if isinstance(found, tuple) else found
    return states.float()


def _batches(rows: Sequence[Row], epoch: int) -> list[list[Row]]:
    """Return batches of questions of similar length, in an order of the epoch's own."""
    chance = random.Random(epoch)
    shuffled = chance.sample(rows, len(rows))
    batches = []
    for at in range(0, len(shuffled), 20 * _BATCH):
        near = sorted(shuffled[at : at + 20 * _BATCH], key=lambda row: len(row.question))
        batches += [near[begin : begin + _BATCH] for begin in range(0, len(near), _BATCH)]
    return chance.sample(batches, len(batches))


def _loss(logits: torch.Tensor, rows: Sequence[Row]) -> torch.Tensor:
    kinds, need = _losses(logits, rows)
    return kinds + need


def _losses(logits: torch.Tensor, rows: Sequence[Row]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return minus the log of the probability of the kinds that are right, and of the need, each a mean."""
    right = torch.tensor([[kind in row.kinds for kind in ASKED] for row in rows])
    known = right.any(1)
    logs = logits[known, :-1].log_softmax(-1).masked_fill(~right[known], -torch.inf)
    kinds = -logs.logsumexp(-1).mean() if known.any() else logits.new_zeros(())
    needed = torch.tensor([float(row.needs_conversation) for row in rows])
    return kinds, functional.binary_cross_entropy_with_logits(logits[:, -1], needed)


def fit(rows: Sequence[Row], folder: Path, out: Path) -> None:
    """Train on the rows, and write the weights."""
    shuffled = random.Random(0).sample(rows, len(rows))
    left_out = int(_LEFT_OUT * len(rows))
    trainer = Trainer(folder)
    kept = trainer.keep_tokens(row.question for row in rows)
    trainer.read_lower(row.question for row in rows)
    trainer.train(shuffled[left_out:])
    trainer.scale(shuffled[:left_out])
    tensors = trainer.tensors()
    QuestionEncoder(tensors).encode("Is it whole?")
    save_file(tensors, out, {"base": "multilingual-e5-small, MIT", "layers": str(_LAYERS), "heads": str(HEADS)})
    print(f"{len(rows)} questions, {len(kept)} tokens: {out.stat().st_size / 1e6:.1f} MB")


def report(readings: Sequence[QuestionReading], labelled: Sequence[dict[str, Any]]) -> None:
    """Print how right the readings are."""
    decided = [index for index, row in enumerate(labelled) if "not decided" not in row.get("note", "")]
    kinds = [_true_kind(row["kind"], reading) for row, reading in zip(labelled, readings, strict=True)]
    english = {index for index in decided if labelled[index]["language"] == "en"}
    for name, chosen in (("English", english), ("others", set(decided) - english)):
        true = [kinds[index] for index in chosen]
        found = [readings[index].likeliest for index in chosen]
        long = [index for index in chosen if kinds[index] in _LONG]
        short = sum(readings[index].likeliest not in _LONG for index in long) / len(long)
        print(f"{name}: macro-F1 {f1_score(true, found, average='macro'):.3f}, long told as short {short:.3f}")
    is_searched = [form_of(reading) != "about_app" for reading in readings]
    talk = [index for index, kind in enumerate(kinds) if kind == "chat"]
    others = [index for index, kind in enumerate(kinds) if kind != "chat"]
    right, taken = sum(readings[i].likeliest == kinds[i] for i in others), sum(not is_searched[i] for i in others)
    print(f"small talk searched for: {sum(is_searched[i] for i in talk)} of {len(talk)}")
    print(f"other questions: kind right {right} of {len(others)}, taken for small talk {taken}")
    needs = [row["needs_conversation"] for row in labelled]
    told = [reading.needs_conversation >= LEAST_NEED for reading in readings]
    hard = [index for index, row in enumerate(labelled) if "hard negative" in row.get("note", "")]
    wrong = sum(told[index] for index in hard) / max(1, len(hard))
    f1 = f1_score(needs, told, zero_division=1.0)
    print(f"needs the conversation: F1 {f1:.3f}, hard negatives wrong {wrong:.3f}")
    sure = [(readings[i].asked[readings[i].likeliest], readings[i].likeliest == kinds[i]) for i in decided]
    print(f"certainty of the kind: {_reliability(sure)}")
    needed = [reading.needs_conversation for reading in readings]
    print(f"certainty of the need: {_reliability(zip(needed, needs, strict=True))}")


def _true_kind(labelled: str | Sequence[str], reading: QuestionReading) -> str:
    """Return the kind of a question: of several that it may be, the one that was read, if it is among them."""
    kinds = [labelled] if isinstance(labelled, str) else labelled
    return reading.likeliest if reading.likeliest in kinds else kinds[0]


def _reliability(said: Iterable[tuple[float, bool]]) -> str:
    """Return how often what is said with so much certainty is so, in fifths."""
    fifths: list[list[bool]] = [[] for _ in range(5)]
    for certainty, is_so in said:
        fifths[min(4, int(certainty * 5))].append(is_so)
    shown = (f"{np.mean(each):.2f} of {len(each)}" if each else "-" for each in fifths)
    return ", ".join(f"{n * 20} to {n * 20 + 20} %: {each}" for n, each in enumerate(shown))


def main() -> int:
    """Fit, or check; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", type=Path, help="labelled questions to report on")
    parser.add_argument("--leave-out", type=Path, nargs="*", default=[], help="files of questions not to train on")
    parser.add_argument("--public", type=Path, help="folder with the published sets")
    parser.add_argument("--squad2", type=Path, help="folder with SQuAD 2.0")
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    print(describe())
    if arguments.check:
        labelled = list(read_json_lines(arguments.check))
        report([read_question(row["question"]) for row in labelled], labelled)
        return 0
    kept_apart = {_plain(row["question"]) for file in arguments.leave_out for row in read_json_lines(file)}
    fit(
        training_rows(arguments.public, arguments.squad2, kept_apart),
        resolve_model("multilingual-e5-small", "embedder", load_settings().models),
        arguments.output,
    )
    return 0


def _plain(question: str) -> str:
    return question.lower().strip(" ?.!¿¡？。！")


if __name__ == "__main__":
    sys.exit(main())
