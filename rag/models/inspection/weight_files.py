"""The files of weights that a loader reads from a model folder, and their headers. No weight is read."""

import re
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open

from rag.models.catalog import BLOCK_INDEX, BLOCK_WEIGHTS, INT8_INDEX
from rag.models.inspection.model_source import ModelSource, shown

_SINGLE = "model.safetensors"
_INDEX = "model.safetensors.index.json"
_DISTRIBUTED = re.compile(r"shard-\d{5}-model-\d{5}-of-\d{5}\.safetensors")
"""Files that transformers prefers to all others, and reads by another way."""

_PICKLED = {".bin", ".pt", ".pth", ".ckpt", ".pkl"}
_FLOATS = {"F64", "F32", "F16", "BF16"}
_LFS_POINTER = b"version https://git-lfs"


@dataclass(frozen=True, slots=True)
class TensorHeader:
    """Number format and shape of a stored tensor."""

    format: str
    shape: tuple[int, ...]

    @property
    def elements(self) -> int:
        """Number of elements."""
        product = 1
        for size in self.shape:
            product *= size
        return product


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
    tensors: dict[str, TensorHeader] = {}
    for file in _required_files(source):
        tensors |= _headers(source, file)
    for name, tensor in tensors.items():
        if name.endswith("weight") and len(tensor.shape) > 1 and tensor.format not in _FLOATS:
            raise source.refusal(
                f"has quantised weights ({shown(tensor.format)}), which Citewell does not compute with. Choose the "
                "original weights (float16, bfloat16 or float32) or a GGUF file of the model."
            )
    return tensors


def _required_files(source: ModelSource) -> list[Path]:
    folder = source.path
    if any(_DISTRIBUTED.fullmatch(path.name) for path in folder.iterdir()):
        raise source.refusal(
            "is a checkpoint of a distributed training. Save it with save_pretrained as model.safetensors first."
        )
    if (folder / _SINGLE).is_file():
        return [folder / _SINGLE]
    shards = _shards(source)
    if not shards:
        raise _no_weights(source)
    for shard in shards:
        if not (folder / shard).is_file():
            raise source.refusal(
                f"lacks {shown(shard)}, which {_INDEX} lists as a part of the weights. Fetch or copy the missing file."
            )
    return [folder / shard for shard in shards]


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
    if stray := next((name for name in files if name.endswith(".safetensors")), None):
        return source.refusal(
            f"has {shown(stray)}, but neither {_SINGLE} nor {_INDEX}, so its weights are not in the layout of "
            "transformers. Choose the model in that layout."
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
        with file.open("rb") as opened:
            is_pointer = opened.read(len(_LFS_POINTER)) == _LFS_POINTER
    except PermissionError:
        return source.unreadable(file.name)
    if is_pointer:
        return source.refusal(
            f"has a pointer of Git LFS in place of {shown(file.name)}. Run 'git lfs pull' in its folder."
        )
    return source.refusal(f"has a damaged or incomplete {shown(file.name)}. Fetch or copy that file again.")
