"""The files of weights that a loader reads from a model folder, and their headers. No weight is read."""

from dataclasses import dataclass
from math import prod
from pathlib import Path

from safetensors import SafetensorError, safe_open

from rag.models.catalog import BLOCK_INDEX, BLOCK_WEIGHTS, INT8_INDEX
from rag.models.model_source import ModelSource, shown

_SINGLE = "model.safetensors"
_INDEX = "model.safetensors.index.json"
_PICKLED = {".bin", ".pt", ".pth", ".ckpt", ".pkl"}
_FLOATS = {"F64", "F32", "F16", "BF16"}


@dataclass(frozen=True, slots=True)
class TensorHeader:
    """Number format and shape of a stored tensor."""

    format: str
    shape: tuple[int, ...]

    @property
    def elements(self) -> int:
        """Number of elements."""
        return prod(self.shape)


def weight_files(folder: Path) -> list[Path]:
    """Return the files of weights that a loader would read, not others that lie beside them.

    Raises:
        ModelError: the index of the files is damaged.
    """
    if (folder / BLOCK_INDEX).is_file():
        return [folder / BLOCK_WEIGHTS]
    if (folder / INT8_INDEX).is_file():
        return sorted(folder.glob("*.safetensors"))
    if (folder / _SINGLE).is_file():
        return [folder / _SINGLE]
    return [folder / shard for shard in _shards(ModelSource(folder, str(folder)))]


def require_weights(source: ModelSource) -> dict[str, TensorHeader]:
    """Return the headers of all tensors of a model folder.

    Raises:
        ModelError: the folder has no weights in safetensors format, they are incomplete or damaged, or quantised.
    """
    folder = source.path
    files = [_SINGLE] if (folder / _SINGLE).is_file() else _shards(source)
    if not files:
        raise _no_weights(source)
    tensors: dict[str, TensorHeader] = {}
    for file in files:
        if not (folder / file).is_file():
            raise source.refusal(f"lacks {shown(file)}, which {_INDEX} lists. Fetch or copy the missing file.")
        tensors |= _headers(source, folder / file)
    for name, tensor in tensors.items():
        if name.endswith("weight") and len(tensor.shape) > 1 and tensor.format not in _FLOATS:
            raise source.refusal(
                f"has quantised weights ({shown(tensor.format)}), which Citewell does not compute with. Choose the "
                "original weights (float16, bfloat16 or float32) or a GGUF file of the model."
            )
    return tensors


def _shards(source: ModelSource) -> list[str]:
    """Return the files that the index of a folder names, none without an index."""
    index = source.read_object(_INDEX)
    if not index:
        return []
    names = index.get("weight_map")
    if not isinstance(names, dict) or not names:
        raise source.damaged(_INDEX)
    shards = sorted({str(name) for name in names.values()})
    if any(Path(shard).name != shard or not shard.endswith(".safetensors") for shard in shards):
        raise source.damaged(_INDEX)
    return shards


def _no_weights(source: ModelSource) -> Exception:
    files = sorted(path.name for path in source.path.iterdir())
    if gguf := next((name for name in files if name.endswith(".gguf")), None):
        return source.refusal(f"has no {_SINGLE}, but a GGUF file. Name the file itself: {shown(gguf)} in that folder.")
    if pickled := next((name for name in files if Path(name).suffix in _PICKLED), None):
        return source.refusal(
            f"has only pickled weights ({shown(pickled)}) and no {_SINGLE}: a pickle can run code when it is opened, "
            "so Citewell opens none. Choose the model in safetensors format."
        )
    return source.refusal(f"has no weights: {_SINGLE} is missing. Fetch or copy the model again, or choose another.")


def _headers(source: ModelSource, file: Path) -> dict[str, TensorHeader]:
    try:
        with safe_open(file, framework="pt") as opened:
            slices = {name: opened.get_slice(name) for name in opened.keys()}  # noqa: SIM118  no mapping
            return {name: TensorHeader(part.get_dtype(), tuple(part.get_shape())) for name, part in slices.items()}
    except (SafetensorError, OSError, ValueError) as error:
        raise _unusable(source, file) from error


def _unusable(source: ModelSource, file: Path) -> Exception:
    """Return the error for a file that the library could not read; it calls one without permission absent."""
    try:
        file.open("rb").close()
    except PermissionError:
        return source.unreadable(file.name)
    return source.refusal(
        f"has a damaged or incomplete {shown(file.name)}. Fetch or copy that file again (a clone needs 'git lfs pull')."
    )
