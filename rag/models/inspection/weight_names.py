"""A model's weights against its class: an empty model is filled by transformers, whose loading info says what fits."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from rag.models.inspection.model_source import ModelSource, first_line, shown
from rag.models.inspection.weight_files import TensorHeader
from rag.runtime.compute_thread import computing


@computing  # transformers sets torch's default number format while it builds a model
def require_all_weights(
    source: ModelSource, model_class: Any, config: Any, tensors: dict[str, TensorHeader], unused: str | None = None
) -> Any:
    """Return the model of a folder without its weights; names that contain `unused` may be missing.

    Raises:
        ModelError: the model cannot be built, or its weights do not fit or lack some.
    """
    layers = getattr(config.get_text_config(), "num_hidden_layers", 0)
    if isinstance(layers, int) and layers > len(tensors):
        raise source.refusal(
            f"has weights for fewer layers than the {layers} of its config.json. Fetch or copy the model again."
        )
    model, info = _empty_model(source, model_class)
    missing = [name for name in info["missing_keys"] if unused is None or unused not in name]
    if missing:
        raise source.refusal(
            f"lacks weights of a {type(model).__name__} ({_some(missing)}), which would be random. Choose a complete "
            "model of that kind."
        )
    if info["mismatched_keys"]:
        names = [key[0] if isinstance(key, tuple) else key for key in info["mismatched_keys"]]
        raise source.refusal(
            f"has weights of another shape than its config.json says ({_some(names)}). Fetch or copy the model again, "
            "or choose another."
        )
    return model


def _empty_model(source: ModelSource, model_class: Any) -> tuple[Any, dict[str, Any]]:
    import torch

    try:
        with _quiet():
            model, info = model_class.from_pretrained(
                str(source.path),
                device_map="meta",
                dtype=torch.float32,
                attn_implementation="eager",
                use_safetensors=True,
                local_files_only=True,
                trust_remote_code=False,
                ignore_mismatched_sizes=True,
                output_loading_info=True,
            )
    except Exception as error:
        raise source.refusal(
            f"cannot be built by transformers ({first_line(error)}). Fetch or copy the model again, or choose another."
        ) from error
    return model, info


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers' own table of missing weights from the terminal."""
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    logger = logging.getLogger("transformers")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _some(names: Iterable[str]) -> str:
    first, *others = sorted(names)
    return shown(first) + (f" and {len(others)} more" if others else "")
