"""Small model folders made on the spot, faults put into them, and the sentence that refuses them."""

import errno
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from gguf import GGUFWriter
from safetensors.torch import load_file, save_file
from transformers import BertForSequenceClassification

from rag.errors import ModelError
from rag.models.catalog import INT8_INDEX
from rag.models.model_source import ModelSource
from rag.models.resolve import resolve_model
from tests.support.random_models import save_bert, save_model, word_tokenizer

LONGEST = 300
WORDS = 32
"""Tokens of the tokenizer of these models."""


def write_tokenizer(folder: Path) -> None:
    tokenizer = word_tokenizer()
    tokenizer.pad_token = "<unk>"
    tokenizer.save_pretrained(folder)


def write_chat_model(folder: Path, **changes: Any) -> Path:
    save_model(folder, **changes)
    write_tokenizer(folder)
    return folder


def write_cross_encoder(folder: Path, labels: int = 1) -> Path:
    return save_bert(folder, BertForSequenceClassification, num_labels=labels)


def write_embedder(folder: Path) -> Path:
    """Save a sentence-transformers model of a transformer, pooling and a dense layer."""
    save_bert(folder)
    parts = ("base.modules.transformer.Transformer", "sentence_transformer.modules.pooling.Pooling")
    names = [f"sentence_transformers.{part}" for part in (*parts, "base.modules.dense.Dense")]
    paths = ("", "1_Pooling", "2_Dense")
    entries = [
        {"idx": n, "name": str(n), "path": path, "type": name}
        for n, (path, name) in enumerate(zip(paths, names, strict=True))
    ]
    (folder / "modules.json").write_text(json.dumps(entries))
    for path in paths[1:]:
        (folder / path).mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({"embedding_dimension": 32, "pooling_mode": "mean"}))
    dense = {"in_features": 32, "out_features": 8, "activation_function": "torch.nn.modules.linear.Identity"}
    (folder / "2_Dense" / "config.json").write_text(json.dumps(dense))
    save_file(
        {"linear.weight": torch.zeros(8, 32), "linear.bias": torch.zeros(8)}, folder / "2_Dense/model.safetensors"
    )
    return folder


def write_out(writer: GGUFWriter) -> None:
    """Write a GGUF file whose values and tensors were added."""
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def edit_json(file: Path, **changes: Any) -> None:
    """Change entries of a JSON file, which need not exist; None removes one."""
    content = json.loads(file.read_text()) if file.is_file() else {}
    content |= changes
    file.write_text(json.dumps({key: value for key, value in content.items() if value is not None}))


def edit_weights(file: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    """Change the tensors of a safetensors file in place."""
    tensors = load_file(file)
    change(tensors)
    save_file(tensors, file, metadata={"format": "pt"})


def refusal(check: Callable[[ModelSource], object], path: Path, *said: str) -> str:
    """Return the sentence that refuses a model: short, with its name, the parts in `said`, and what to do."""
    with pytest.raises(ModelError) as caught:
        check(ModelSource(path, "~/my model"))
    message = str(caught.value)
    assert message.startswith("'~/my model' ")
    assert len(message) <= LONGEST
    assert "\n" not in message
    assert [part for part in said if part not in message] == [], message
    remedies = ("hoose ", "ive ", "etch ", "emove ", "erge ", "ave ", "oin ", "ame the ", "Run ", "newer Citewell")
    assert any(remedy in message for remedy in remedies), message
    return message


class Trap:
    """Content that writes a marker file when it is unpickled or its code is run."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.write_text, (self.marker, "ran")

    @property
    def code(self) -> str:
        return f"open({str(self.marker)!r}, 'w').write('ran')\n"


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    return Trap(tmp_path / "marker")


@pytest.fixture(scope="session")
def _chat_template_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_chat_model(tmp_path_factory.mktemp("chat"))


def close(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the permission to read a file, or a folder and what is in it, as it is for all but the superuser."""

    def refusing(method: Callable[..., Any]) -> Callable[..., Any]:
        def run(asked: Path, *rest: Any, **named: Any) -> Any:
            if path in asked.parents or (asked == path and method.__name__ != "stat"):
                raise PermissionError(errno.EACCES, "Permission denied", str(asked))
            return method(asked, *rest, **named)

        return run

    for method in (Path.stat, Path.open, Path.iterdir):
        monkeypatch.setattr(Path, method.__name__, refusing(method))


@pytest.fixture
def my_model(_chat_template_folder: Path, tmp_path: Path) -> Path:
    """The folder of a small chat model, to be changed."""
    return Path(shutil.copytree(_chat_template_folder, tmp_path / "my-model"))


WHOLE = f'mkdir "$OUT" && echo "$WEIGHTS of $SOURCE" > "$OUT/{INT8_INDEX}"'


class Converter:
    """A shell script in place of the Python that converts; it logs the folders it should write."""

    def __init__(self, folder: Path) -> None:
        self.program = folder / "python"
        self._log = folder / "asked"

    def does(self, script: str) -> None:
        arguments = f'SOURCE="$4" OUT="$5" WEIGHTS="$6"\necho "$OUT" >> "{self._log}"'
        self.program.write_text(f"#!/bin/sh\n{arguments}\n{script}\n")
        self.program.chmod(0o755)

    @property
    def asked(self) -> list[str]:
        return self._log.read_text().splitlines() if self._log.exists() else []


@pytest.fixture
def converter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Converter:
    converter = Converter(tmp_path)
    converter.does(WHOLE)
    monkeypatch.setattr(sys, "executable", str(converter.program))
    return converter


def find(source: Path, models: Path) -> Path:
    return resolve_model(str(source), "generator", models, weights="int8")
