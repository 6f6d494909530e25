"""Conversion: done once, and again when the model changes; a crash leaves nothing half-written."""

import os
import threading
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import torch
from transformers import AutoTokenizer

from rag.errors import ModelError
from rag.generation.generator import LocalGenerator
from rag.models.catalog import BLOCK_INDEX, INT8_INDEX, WeightFormat
from rag.models.convert import verify_converted
from rag.models.converted_sums import SUMS
from rag.models.resolve import resolve_model
from rag.types.decoding import Decoding
from tests.rag.models.conftest import WHOLE, Converter, find, write_chat_model
from tests.support.kernels.instruction_levels import needs_kernels
from tests.support.paths import MODELS
from tests.support.random_models import needs_int8, random_model

HALF = 'mkdir "$OUT" && echo half > "$OUT/int8-00001.safetensors"'


def files_in(models: Path) -> list[str]:
    """Return the names of all files but locks and sums."""
    others = (path for path in models.rglob("*") if path.is_file() and path.name != SUMS)
    return [path.name for path in others if path.suffix != ".lock"]


def test_a_folder_is_converted_once_and_found_again(my_model: Path, models: Path, converter: Converter) -> None:
    folder = find(my_model, models)
    assert (folder / INT8_INDEX).read_text() == f"int8 of {my_model}\n"
    assert find(my_model, models) == folder
    assert len(converter.asked) == 1
    assert files_in(models) == [INT8_INDEX]
    assert not (my_model / INT8_INDEX).exists()


@pytest.mark.parametrize("change", ["date", "another file"])
def test_it_is_converted_again_when_its_files_change(
    my_model: Path, models: Path, converter: Converter, change: str
) -> None:
    before = find(my_model, models)
    if change == "date":
        os.utime(my_model / "model.safetensors", (1, 1))
    else:
        (my_model / "model-00002.safetensors").write_bytes(b"more")
    after = find(my_model, models)
    assert after != before
    assert find(my_model, models) == after
    assert len(converter.asked) == 2
    assert [path.name for path in (models / "converted").iterdir()] == [after.parent.name]  # the older one is removed


def test_two_folders_of_the_same_name_are_two_models(tmp_path: Path, models: Path, converter: Converter) -> None:
    one, other = write_chat_model(tmp_path / "one" / "model"), write_chat_model(tmp_path / "other" / "model")
    found = find(one, models), find(other, models)
    assert found[0] != found[1]
    write_chat_model(one, num_hidden_layers=3)
    assert find(one, models) not in found
    assert [folder.is_dir() for folder in found] == [False, True]


def test_weights_in_our_own_format_are_loaded_only_where_they_were_made(
    my_model: Path, models: Path, converter: Converter
) -> None:
    for index in (INT8_INDEX, BLOCK_INDEX):
        (my_model / index).write_text("{}")
        with pytest.raises(ModelError, match="own format, which it loads only where it has made them itself"):
            find(my_model, models)
        (my_model / index).unlink()
    assert converter.asked == []


@pytest.mark.parametrize(
    ("crash", "reason"),
    [
        ("exit 2", "exit code 2"),
        ("echo 'a warning' >&2; echo 'the disk is full' >&2; exit 1", "the disk is full"),
        ("echo 'use dtype' >&2; kill -9 $$", r"the system ended it \(signal 9\), most likely for want of memory"),
        ("echo 'use dtype' >&2; kill -4 $$", "it was ended by signal 4"),
    ],
)
def test_a_crash_leaves_nothing_half_written_and_the_next_attempt_succeeds(
    my_model: Path, models: Path, converter: Converter, crash: str, reason: str
) -> None:
    converter.does(f"{HALF}\n{crash}")
    with pytest.raises(ModelError, match=rf"my-model could not be converted: {reason}\..*'--model tiny' needs"):
        find(my_model, models)
    assert files_in(models) == []
    converter.does(WHOLE)
    assert files_in(find(my_model, models)) == [INT8_INDEX]


def test_leftovers_of_a_killed_program_are_not_used(my_model: Path, models: Path, converter: Converter) -> None:
    converter.does("exit 1")
    with pytest.raises(ModelError):
        find(my_model, models)
    (left,) = map(Path, converter.asked)
    left.mkdir()
    (left / "int8-00007.safetensors").write_text("half")
    converter.does(WHOLE)
    assert files_in(find(my_model, models)) == files_in(models) == [INT8_INDEX]


def test_a_model_that_int8_does_not_suit_stays_as_it_is_and_is_not_tried_again(
    my_model: Path, models: Path, converter: Converter, caplog: pytest.LogCaptureFixture
) -> None:
    converter.does(f"{HALF}; echo 'the logits differ' >&2; exit 3")
    assert find(my_model, models) == my_model
    assert "my-model stays in bfloat16, twice as large and slower: the logits differ." in caplog.text
    assert find(my_model, models) == my_model
    assert len(converter.asked) == 1
    assert files_in(models) == ["int8-3-unsuitable.txt"]


def test_a_model_too_large_for_memory_is_not_begun(
    my_model: Path, models: Path, converter: Converter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=100_000_000))
    with pytest.raises(ModelError, match=r"Converting my-model to int8 needs about 0\.3 GB.* 0\.1 GB is free"):
        find(my_model, models)
    assert converter.asked == []
    assert files_in(models) == []


def test_several_threads_wait_for_one_conversion(my_model: Path, models: Path, converter: Converter) -> None:
    found: list[Path] = []
    threads = [threading.Thread(target=lambda: found.append(find(my_model, models))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(found) == 3
    assert len(set(found)) == len(converter.asked) == 1


@pytest.mark.model
@pytest.mark.parametrize(
    ("weights", "index"),
    [
        pytest.param("int4", BLOCK_INDEX, marks=needs_kernels),
        pytest.param("int8", INT8_INDEX, marks=(needs_int8, pytest.mark.slow)),
    ],
)
def test_a_real_folder_is_converted_and_answers(
    weights: WeightFormat, index: str, tmp_path: Path, models: Path
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(resolve_model("tiny", "generator", MODELS, weights=weights))
    model = random_model(vocab_size=len(tokenizer), dtype=torch.bfloat16)
    model.save_pretrained(tmp_path / "plain")
    tokenizer.save_pretrained(tmp_path / "plain")
    folder = resolve_model(str(tmp_path / "plain"), "generator", models, weights=weights)
    assert (folder / index).is_file()
    assert not list(folder.glob("model*.safetensors"))
    assert (folder / SUMS).is_file()
    assert verify_converted(folder).startswith("every file matches the sum")
    plain, converted = (LocalGenerator(path, context_tokens=512) for path in (tmp_path / "plain", folder))
    messages = [{"role": "user", "content": "Name three animals."}]
    assert plain.prompt_tokens(messages) == converted.prompt_tokens(messages)
    *_, last = converted.stream(messages, Decoding(max_new_tokens=5))
    assert (last.tokens, last.stop_reason) == (5, "length")
