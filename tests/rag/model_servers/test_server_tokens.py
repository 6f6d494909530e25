"""Counts of tokens: by servers' own tokenizers, and bounds that hold for real ones."""

from collections.abc import Callable

import pytest
from transformers import AutoTokenizer

from rag.generation.generator import LocalGenerator
from rag.model_servers.server_tokens import least_tokens, most_tokens, prompt_counter, text_counter
from rag.models.resolve import resolve_model
from tests.support.paths import MODELS, ROOT, SAMPLES
from tests.support.servers.llama_server import LlamaServer, client_of
from tests.support.servers.scripted_server import ScriptedServer, as_json

TEXTS = {
    "prose": (SAMPLES / "debian-constitution.txt").read_text(encoding="utf-8"),
    "code": (ROOT / "rag" / "services.py").read_text(encoding="utf-8"),
    "JSON": (ROOT / "package-lock.json").read_text(encoding="utf-8"),
    "figures": "\n".join(" | ".join(f"{n * 1234.5678:,.2f}" for n in range(start, start + 6)) for start in range(500)),
    "hashes": " ".join(f"{pow(7, n, 2**127 - 1):032x}" for n in range(300)),
    "scripts": "Größe und Straße, naïve café, Київ, Αθήνα, 東京都, 서울, القاهرة, हिन्दी 👩‍👩‍👧 " * 20,
}

Tokenise = Callable[[str], int]


@pytest.fixture(scope="module", params=["smollm2-135m", "minilm"])
def tokenise(request: pytest.FixtureRequest) -> Tokenise:
    folder = MODELS / "minilm"
    if request.param == "minilm":
        resolve_model("minilm", "embedder", MODELS)
    else:
        folder = resolve_model("tiny", "generator", MODELS, weights="int8")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    return lambda text: len(tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])


@pytest.mark.slow
@pytest.mark.model
@pytest.mark.parametrize("kind", TEXTS)
def test_the_bounds_hold_for_real_tokenizers(tokenise: Tokenise, kind: str) -> None:
    assert least_tokens(TEXTS[kind]) <= tokenise(TEXTS[kind]) <= most_tokens(TEXTS[kind])


def test_the_bound_from_above_is_no_more_than_the_bytes() -> None:
    for text in (*TEXTS.values(), "", " ", "a", "\n\n\n", "ﷺ"):
        assert most_tokens(text) <= len(text.encode())


@pytest.mark.model
def test_llama_cpp_counts_as_the_same_model_does_here(tiny_server: LlamaServer, tiny: LocalGenerator) -> None:
    with client_of(tiny_server.address) as client:
        of_text, of_prompt = text_counter(client, "llama.cpp"), prompt_counter(client, "llama.cpp")
        assert of_text
        assert of_prompt
        assert of_text("Größe 12,345") == len(tiny._template.tokenise("Größe 12,345"))
        messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "12,345 Größe?"}]
        assert of_prompt(messages) == tiny.count_tokens(messages)


def test_vllm_is_asked_for_text_and_messages_in_its_own_way(server: ScriptedServer) -> None:
    server.on("/tokenize", as_json({"count": 7, "max_model_len": 100}))
    with client_of(server.address) as client:
        of_text, of_prompt = text_counter(client, "vllm"), prompt_counter(client, "vllm")
        assert of_text
        assert of_prompt
        assert (of_text("a b"), of_prompt([{"role": "user", "content": "Hi"}])) == (7, 7)
    bodies = [request.body for request in server.to("/tokenize")]
    assert bodies[-2] == {"model": "model", "prompt": "a b", "add_special_tokens": False}
    assert bodies[-1]["messages"] == [{"role": "user", "content": "Hi"}]


@pytest.mark.parametrize("kind", ["llama.cpp", "vllm", "ollama", ""])
def test_a_server_without_a_tokenizer_does_not_count(server: ScriptedServer, kind: str) -> None:
    server.on("/apply-template", as_json({"prompt": None}))
    server.on("/tokenize", as_json({"tokens": "none"}))
    with client_of(server.address) as client:
        assert text_counter(client, kind) is None  # type: ignore[arg-type]
        assert prompt_counter(client, kind) is None  # type: ignore[arg-type]
