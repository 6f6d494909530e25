"""Find the probes that were fitted to a model, and say what is wrong with a file of one; nothing here loads any."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from safetensors import SafetensorError

from rag.errors import ModelError
from rag.models.catalog import find_spec
from rag.models.named_models import canonical_name

PROBES = files(__package__) / "probes"


def own_probe(model: str, models: Path) -> Path:
    """Return where the user's probe of a model is kept, whether or not there is one.

    A local model's probe is named after its files too: another model in the same place does not inherit it.
    """
    path = Path(model).expanduser()
    name = f"{path.name}-{_fingerprint(path)}" if path.exists() else canonical_name(model).replace("/", "--")
    return models / "probes" / f"{name}.safetensors"


def _fingerprint(path: Path) -> str:
    weights = [path] if path.is_file() else [*path.glob("*.safetensors"), *path.glob("config.json")]
    known = sorted((file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in weights)
    return hashlib.sha256(repr(known).encode()).hexdigest()[:8]


def find_probe(model: str, models: Path) -> Traversable:
    """Return the file of a model's probe, the user's own before the packaged one; there may be none."""
    own, spec = own_probe(model, models), find_spec(model)
    return PROBES / f"{spec.name}.safetensors" if spec and not own.is_file() else own


def find_claim_probe(model: str) -> Traversable | None:
    """Return the file of a model's probe for claims; None if it has none."""
    return _packaged(model, "claims")


def find_yes_no_probe(model: str) -> Traversable | None:
    """Return the file of a model's probe for yes/no questions; None if it has none."""
    return _packaged(model, "yes-no")


@contextmanager
def explained(file: Traversable) -> Iterator[None]:
    """Read a probe within: what is wrong with its file is said in a sentence.

    Raises:
        ModelError: the file is damaged.
    """
    try:
        yield
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise ModelError(f"The probe {file} cannot be read: {error}. {_again(file)}") from error


def made_for_another_model(file: Traversable) -> ModelError:
    """Return the error of a probe whose tensors do not fit the model."""
    return ModelError(f"The probe {file} is made for another model. {_again(file)}")


def _again(file: Traversable) -> str:
    if file in PROBES.iterdir():
        return "Install Citewell again."
    return "Remove it, and fit it again with 'citewell eval probe'."


def _packaged(model: str, purpose: str) -> Traversable | None:
    spec = find_spec(model)
    file = PROBES / f"{spec.name}-{purpose}.safetensors" if spec else None
    return file if file and file.is_file() else None
