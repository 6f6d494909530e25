"""A causal language model as transformers computes it: loaded whole, and its logits to measure other ways against.

Nothing that a model's folder brings along is executed, and pickled weights are not opened.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING
from transformers.utils import logging

from rag.errors import ModelError
from rag.models import hardware
from rag.text.characters import shortened

SAMPLE_TOKENS = 64
"""Number of tokens that are measured, unless a sliding window needs more."""

_MAX_MEASURED_WINDOW = 2048
"""A sliding window up to this many tokens is measured past its border; prefilling a longer one would take minutes."""

_MAX_REASON = 160

_SAMPLE = (
    "The harbour museum opens at nine in the morning and closes at half past five. Children under six enter free; "
    "everybody else pays 12 euros. In 1987 the old lighthouse was moved two hundred metres inland, because the cliff "
    "below it had begun to crumble. Guided tours leave from the main gate every hour, except on Mondays and in January."
)


def load_whole(folder: Path, *, attention: str | None = None, gguf: str | None = None) -> Any:
    """Load a language model with all its weights, in the number format of generators.

    `attention` is transformers' name of an attention implementation, `gguf` that of a GGUF file in the folder.

    Raises:
        ModelError: weights are missing.
        OSError, ValueError, KeyError, RuntimeError: a file is missing or damaged.
    """
    if attention is None and not gguf:  # named here, or a folder could name one that fetches a kernel
        attention = "sdpa" if model_class(folder)._supports_sdpa else "eager"
    chosen: dict[str, Any] = {} if attention is None else {"attn_implementation": attention}
    model, report = AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=hardware.GENERATOR_DTYPE,
        local_files_only=True,
        trust_remote_code=False,
        output_loading_info=True,
        **({"gguf_file": gguf} if gguf else {"use_safetensors": True}),
        **chosen,
    )
    # transformers has filled them with random numbers.
    if missing := sorted(report["missing_keys"]):
        raise ModelError(
            f"The model in {folder} is no complete language model: it lacks {len(missing)} weights, such as "
            f"{missing[0]}. Choose a chat model with all its weights."
        )
    return model.eval()


def model_class(folder: Path) -> Any:
    """Return transformers' class for the language model in a folder.

    Raises:
        OSError, ValueError: the configuration is missing or damaged, or it is no language model's.
    """
    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    if type(config) not in MODEL_FOR_CAUSAL_LM_MAPPING:
        raise ValueError(f"a model of type {config.model_type} does not write text")
    return MODEL_FOR_CAUSAL_LM_MAPPING[type(config)]


def can_set_attention(model: Any) -> bool:
    """Return True if a model (or its class) looks its attention up by name, so that another can take its place."""
    return bool(model._can_set_attn_implementation()) and bool(model._supports_attention_backend)


def use_own_attention(model: Any) -> None:
    """Set the attention that transformers would choose; the plain one where scores are capped, which others ignore."""
    if can_set_attention(model):
        capped = getattr(model.config.get_text_config(), "attn_logit_softcapping", None)
        model.set_attn_implementation("eager" if capped or not model._supports_sdpa else "sdpa")


def plain_logits(model: Any, tokens: Sequence[int], keep: int) -> torch.Tensor:
    """Return the last `keep` logits of one plain forward pass, shape (keep, vocabulary)."""
    wanted = {"logits_to_keep": keep} if model._supports_logits_to_keep() else {}
    device = next((parameter.device for parameter in model.parameters()), None)  # a model all in int8 has none
    with torch.inference_mode():
        out = model(input_ids=torch.tensor([list(tokens)], device=device), use_cache=False, **wanted)
        logits: torch.Tensor = out.logits[0, -keep:].float()
    return logits


def trained_window(text_config: Any) -> int | None:
    """Return the number of tokens a model was trained for; None if its architecture knows no limit."""
    for name in ("max_position_embeddings", "n_positions", "max_seq_len", "seq_length", "max_sequence_length"):
        if isinstance(limit := getattr(text_config, name, None), int) and limit > 0:
            return limit
    return None


def mean_error(found: torch.Tensor, exact: torch.Tensor) -> float:
    """Return the relative error of logits, shape (rows, vocabulary): the mean of all rows. NaN counts as infinite."""
    rows = (found - exact).norm(dim=-1) / exact.norm(dim=-1).clamp_min(1e-6)
    return float(rows.mean().nan_to_num(nan=torch.inf))


def relative_error(found: torch.Tensor, exact: torch.Tensor) -> float:
    """Return the relative error of logits, shape (rows, vocabulary): the mean of the rows of the worst quarter.

    By quarters, because an error may begin at some position; the mean, because rounding sends single rows of a mixture
    of experts another way.
    """
    parts = zip(*(logits.tensor_split(4) for logits in (found, exact)), strict=True)
    return max(mean_error(*part) for part in parts)


def sample_tokens(tokenizer: Any, model: Any) -> list[int]:
    """Return tokens to measure a model with: of ordinary text, enough to pass the border of a sliding window."""
    text_config = model.config.get_text_config()
    window = getattr(text_config, "sliding_window", None) or 0
    count = SAMPLE_TOKENS if window > _MAX_MEASURED_WINDOW else max(SAMPLE_TOKENS, window + SAMPLE_TOKENS // 2)
    text: list[int] = tokenizer(_SAMPLE, add_special_tokens=False, verbose=False)["input_ids"]
    if len(set(text)) < SAMPLE_TOKENS // 4:  # a vocabulary that does not have these words
        generator = torch.Generator().manual_seed(0)
        text = torch.randint(
            min(len(tokenizer), text_config.vocab_size), (SAMPLE_TOKENS,), generator=generator
        ).tolist()
    return (text * (count // len(text) + 1))[:count]


def brief(error: BaseException) -> str:
    """Return the first line of an error, shortened and without a full stop; its type if it says nothing."""
    first = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return shortened(first, _MAX_REASON).rstrip(".")


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """Keep transformers from logging what a measurement tries."""
    level = logging.get_verbosity()
    logging.set_verbosity(logging.CRITICAL)
    try:
        yield
    finally:
        logging.set_verbosity(level)
