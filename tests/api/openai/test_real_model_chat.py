"""A real model and embedder answer OpenAI's client, and the stream is the whole answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from openai import OpenAI

from ingest.pipeline import open_ingestor
from rag.generation.generator import LocalGenerator
from rag.models.embedder import SentenceTransformerEmbedder
from rag.services import Services
from rag.settings import load_settings
from tests.api.openai.openai_clients import messages, openai_client
from tests.support.servers.api_server import serving_api

pytestmark = pytest.mark.model

DOG = "The dog of the house is called Rex. It barks at night."
QUESTION = "What is the name of the dog?"


@pytest.fixture
def opened(tmp_path: Path, tiny: LocalGenerator, minilm: SentenceTransformerEmbedder) -> Iterator[OpenAI]:
    file = tmp_path / "pets.txt"
    file.write_text(f"{DOG}\n")
    with Services(load_settings(port=0, strictness=0.0, max_new_tokens=60)) as services:
        services.__dict__.update(generator=tiny, embedder=minilm)
        list(open_ingestor(services).ingest([str(file)]))
        with serving_api(services) as running, openai_client(running, timeout=200) as client:
            yield client


def test_a_real_answer_is_cited_whole_and_streamed(opened: OpenAI) -> None:
    asked = {"model": "citewell", "messages": messages(QUESTION)}
    whole = opened.chat.completions.create(**asked)  # type: ignore[call-overload]
    chunks = opened.chat.completions.create(**asked, stream=True)  # type: ignore[call-overload]
    text = whole.choices[0].message.content
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == text
    assert whole.usage.completion_tokens > 0
    for annotation in whole.choices[0].message.annotations:
        cited = annotation.url_citation
        assert text[cited.start_index : cited.end_index] == "[1]"
        assert annotation.citewell["quote"] in DOG

    seeded = {**asked, "temperature": 1.0, "seed": 4, "max_tokens": 12}
    first, second = (opened.chat.completions.create(**seeded).choices[0].message.content for _ in range(2))  # type: ignore[call-overload]
    assert first == second
    title = opened.chat.completions.create(model="citewell/tasks", messages=messages("Name a dog."), max_tokens=8)
    assert title.choices[0].message.content
    vectors = opened.embeddings.create(model="citewell/embeddings", input=["a dog", "a cat"], encoding_format="float")
    assert len(vectors.data[0].embedding) == 384
