"""Small models of random weights with a tokenizer of words, and helpers that run them."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path
from string import ascii_lowercase
from threading import Event
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from rag.generation import attention
from rag.generation.chat_template import ChatTemplate
from rag.generation.decoding.speculation import Drafter
from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.kv_cache import KVCache
from rag.generation.native_runner import NativeRunner
from rag.generation.scheduler import Scheduler
from rag.generation.sequence import TokenSequence
from rag.runtime.compute_thread import on_compute_thread
from rag.types.decoding import Decoding

CPU = torch.device("cpu")
VOCABULARY = 97
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|> {{ message.role }} {{ message.content }} <|im_end|> {% endfor %}"
    "{% if add_generation_prompt %}<|im_start|> assistant {% endif %}"
)

needs_int8 = pytest.mark.skipif(
    not torch.backends.mkldnn.is_available(), reason="this build of torch has no products of int8"
)


def random_model(
    family: str = "llama",
    implementation: str = attention.NAME,
    dtype: torch.dtype = torch.float32,
    **changes: Any,
) -> Any:
    """Return a small model: the same weights for the same settings, biases and norms included, so that a loss shows.

    The weights are far apart, so that no two tokens are almost equally likely.
    """
    attention.register()
    settings: dict[str, Any] = {
        "vocab_size": VOCABULARY,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 2048,
        "tie_word_embeddings": False,
        "bos_token_id": None,
        "eos_token_id": None,
    }
    config = AutoConfig.for_model(family, **(settings | changes))
    model: Any = AutoModelForCausalLM.from_config(config, dtype=dtype, attn_implementation=implementation)
    generator = torch.Generator().manual_seed(1)
    for parameter in model.parameters():
        weights = torch.randn(parameter.shape, generator=generator) * 0.3 + (parameter.dim() == 1)
        parameter.data = weights.to(dtype)
    return model.eval()


def save_model(folder: Path, **changes: Any) -> Path:
    """Save a small model, without a tokenizer."""
    random_model(dtype=torch.bfloat16, **changes).save_pretrained(folder)
    return folder


def word_tokenizer(*extra: str, template: str | None = CHAT_TEMPLATE) -> Any:
    """Return a tokenizer of a few words and control tokens, with a chat template."""
    words = [*"<unk> <|im_start|> <|im_end|> system user assistant".split(), *ascii_lowercase, *extra]
    model = Tokenizer(WordLevel({word: id_ for id_, word in enumerate(words)}, unk_token="<unk>"))
    model.pre_tokenizer = Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=model,
        unk_token="<unk>",
        eos_token="<|im_end|>",
        additional_special_tokens=["<|im_start|>"],
    )
    tokenizer.chat_template = template
    return tokenizer


def chat_template(source: Any, *extra: str, thinking: bool = False, tokenizer: Any = None) -> ChatTemplate:
    """Return the chat template of a tokenizer, if none is given one of words and these more."""
    tokenizer = tokenizer or word_tokenizer(*extra)
    tokenizer.chat_template = source
    return ChatTemplate(tokenizer, "x", thinking=thinking)


def save_bert(folder: Path, architecture: type[PreTrainedModel] = BertModel, **changes: Any) -> Path:
    """Save a small BERT of random weights, with a tokenizer of words."""
    tokenizer = word_tokenizer(template=None)
    tokenizer.pad_token = "<unk>"
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    sizes: dict[str, Any] = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = BertConfig(vocab_size=len(tokenizer), intermediate_size=64, **sizes, **changes)
    architecture(config).save_pretrained(folder)
    return folder


class WatchedRunner(ModelRunner):
    """A runner that records the caches of each pass and their numbers of rows."""

    def __init__(self, model: Any, tapped_layers: Sequence[int] = ()) -> None:
        super().__init__(model, CPU, tapped_layers)
        self.passes: list[list[tuple[KVCache, int]]] = []

    def forward(self, inputs: Sequence[ForwardInput], until: int | None = None) -> list[torch.Tensor]:
        self.passes.append([(item.cache, len(item.tokens)) for item in inputs])
        return super().forward(inputs, until)


def logits_of(runner: ModelRunner | NativeRunner, *inputs: ForwardInput) -> list[torch.Tensor]:
    """Run one forward pass on the compute thread."""
    return on_compute_thread(runner.forward, inputs)


def make_scheduler(
    runner: ModelRunner | NativeRunner,
    *,
    slots: int = 4,
    queue: int = 8,
    prefix_bytes: int = 0,
    new_drafter: Callable[[], Drafter] | None = None,
    ends: Sequence[int] = (),
    max_step_s: float = 3600,
) -> Scheduler:
    return Scheduler(
        runner,
        ends,
        slots=slots,
        queue=queue,
        prefix_bytes=prefix_bytes,
        new_drafter=new_drafter,
        max_pause_s=3600,
        max_step_s=max_step_s,
    )


def submit(
    scheduler: Scheduler, prompt: list[int], decoding: Decoding | int, cancelled: Event | None = None
) -> tuple[TokenSequence, Generator[int]]:
    """Return a sequence and the iterator over its tokens; a number means that many greedy tokens."""
    if isinstance(decoding, int):
        decoding = Decoding(max_new_tokens=decoding)
    sequence = scheduler.submit(prompt, decoding, cancelled or Event())
    return sequence, generated(scheduler, sequence)


def generated(scheduler: Scheduler, sequence: TokenSequence) -> Generator[int]:
    """Yield the tokens of a sequence, without how far its prompt is read."""
    with closing(scheduler.tokens(sequence)) as tokens:
        yield from (token for token in tokens if isinstance(token, int))


def written(scheduler: Scheduler, prompt: list[int], decoding: Decoding | int) -> list[int]:
    """Return all tokens generated after a prompt."""
    return list(submit(scheduler, prompt, decoding)[1])


def write_entailment_model(folder: Path, preferred: str, *labels: str) -> Path:
    """Save a small cross-encoder that always predicts one of its labels: a trained one needs a model hub."""
    names = dict(enumerate(labels))
    ids = {label: index for index, label in names.items()}
    save_bert(folder, BertForSequenceClassification, id2label=names, label2id=ids)
    model = BertForSequenceClassification.from_pretrained(folder)
    with torch.no_grad():
        model.classifier.bias[ids[preferred]] = 9.0
    model.save_pretrained(folder)
    return folder
