"""A tokenizer is there and fits the weights; a chat template is where a tokenizer looks for it."""

import json
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer
from tokenizers.models import Unigram
from transformers import AutoConfig, AutoTokenizer

from rag.models.inspection.model_source import ModelSource
from rag.models.inspection.tokenizer_files import require_chat_template, require_tokenizer
from tests.rag.models.inspection.conftest import WORDS, Trap, edit_json, refusal

CONFIG: Any = AutoConfig.for_model("llama")


def judge(rows: int | None) -> Any:
    return lambda source: require_tokenizer(source, CONFIG, rows)


def add_token(folder: Path, content: str, id_: int) -> None:
    file = folder / "tokenizer.json"
    tokens = json.loads(file.read_text())["added_tokens"]
    edit_json(file, added_tokens=[*tokens, tokens[0] | {"id": id_, "content": content}])


def test_a_tokenizer_as_large_as_the_embedding_fits(chat_model: Path) -> None:
    judge(WORDS)(ModelSource(chat_model, "x"))
    assert len(AutoTokenizer.from_pretrained(chat_model)) == WORDS


def test_a_tokenizer_larger_than_the_embedding_is_refused(chat_model: Path) -> None:
    refusal(judge(WORDS - 1), chat_model, f"tokenizer of {WORDS} tokens, more than the {WORDS - 1} of its weights")


def test_an_added_token_beyond_the_embedding_is_refused_if_prompts_use_it(chat_model: Path) -> None:
    add_token(chat_model, "<image>", WORDS)
    judge(WORDS)(ModelSource(chat_model, "x"))
    (chat_model / "chat_template.jinja").write_text("<image>")
    refusal(judge(WORDS), chat_model, f"tokenizer of {WORDS + 1} tokens")


def test_an_end_token_beyond_the_embedding_is_refused(chat_model: Path) -> None:
    edit_json(
        chat_model / "tokenizer_config.json",
        eos_token={"content": "<end>"},
        added_tokens_decoder={str(WORDS + 4): {"content": "<end>"}},
    )
    refusal(judge(WORDS), chat_model, f"tokenizer of {WORDS + 5} tokens")


def test_a_vocabulary_in_a_list_is_counted(chat_model: Path) -> None:
    Tokenizer(Unigram([("a", -1.0), ("b", -2.0)], 0)).save(str(chat_model / "tokenizer.json"))
    judge(2)(ModelSource(chat_model, "x"))
    refusal(judge(1), chat_model, "tokenizer of 2 tokens")


def test_a_folder_without_a_tokenizer_is_refused(chat_model: Path) -> None:
    (chat_model / "tokenizer.json").unlink()
    refusal(judge(None), chat_model, "has no tokenizer")


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"model": 3}', '{"model": {"type": "WordLevel", "vocab": {"a": "x"}}}']
)
def test_a_damaged_tokenizer_is_refused(chat_model: Path, content: str) -> None:
    (chat_model / "tokenizer.json").write_text(content)
    refusal(judge(None), chat_model, "damaged tokenizer.json")


def test_code_of_a_tokenizer_is_never_run(chat_model: Path, trap: Trap) -> None:
    (chat_model / "tokenization_own.py").write_text(trap.code)
    edit_json(
        chat_model / "tokenizer_config.json",
        tokenizer_class="OwnTokenizer",
        auto_map={"AutoTokenizer": ["tokenization_own.OwnTokenizer", None]},
    )
    refusal(judge(None), chat_model, "trust_remote_code", "never runs")
    known: Any = AutoConfig.for_model("qwen2")
    require_tokenizer(ModelSource(chat_model, "x"), known, None)  # transformers has a tokenizer for this type of model
    assert not trap.marker.exists()


def test_a_chat_template_in_any_place_of_a_tokenizer_counts(chat_model: Path) -> None:
    source = ModelSource(chat_model, "x")
    require_chat_template(source)
    template = (chat_model / "chat_template.jinja").rename(chat_model / "moved").read_text()
    edit_json(chat_model / "tokenizer_config.json", chat_template=template)
    require_chat_template(source)
    edit_json(chat_model / "tokenizer_config.json", chat_template=[{"name": "default", "template": template}])
    require_chat_template(source)
    edit_json(chat_model / "tokenizer_config.json", chat_template=[{"name": "rag", "template": template}])
    refusal(require_chat_template, chat_model, "chat templates (rag)", "chat_template.jinja")


def test_a_model_that_was_not_trained_to_answer_is_refused(chat_model: Path) -> None:
    (chat_model / "chat_template.jinja").unlink()
    refusal(require_chat_template, chat_model, "has no chat template", "instruct")
    (chat_model / "chat_template.json").write_text('{"chat_template": "x"}')
    refusal(require_chat_template, chat_model, "in chat_template.json, where tokenizers do not look")


def test_a_template_that_is_no_text_is_named_itself(chat_model: Path) -> None:
    (chat_model / "chat_template.jinja").write_bytes('{{ "é" }}'.encode("latin-1"))
    refusal(lambda source: require_tokenizer(source, None, None), chat_model, "has a damaged chat_template.jinja")
