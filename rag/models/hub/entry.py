"""Facts of a model of the hub that Citewell names."""

from dataclasses import dataclass
from typing import Literal

from rag.models.catalog import DecoderShape, Role

StoredFormat = Literal["bfloat16", "float32"]
_BYTES: dict[StoredFormat, int] = {"bfloat16": 2, "float32": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedModel:
    """A repository of the hub under a short name.

    `stored_parameters` are those in its files; `window` is the number of tokens it was trained to read; `thinks`: it
    may write its thoughts before the answer; `gated`: the hub asks for a login and the acceptance of a licence.
    """

    name: str
    repo: str
    role: Role
    family: str
    licence: str
    window: int
    stored_parameters: int
    stored_format: StoredFormat = "bfloat16"
    shape: DecoderShape | None = None
    thinks: bool = False
    gated: bool = False
    remark: str = ""

    @property
    def download_bytes(self) -> int:
        """Size of the weights as the hub has them."""
        return self.stored_parameters * _BYTES[self.stored_format]
