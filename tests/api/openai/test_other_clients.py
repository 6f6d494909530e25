"""Programs of others ask as their users would: `pytest -m clients` installs each into an environment of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.standalone import RunningApi
from tests.api.openai.openai_clients import ASKED, SAID
from tests.support.paths import ROOT

pytestmark = [pytest.mark.clients, pytest.mark.timeout(1800)]

ANSWER = f"{SAID} [1]"

LANGCHAIN = """
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
chat = ChatOpenAI(base_url=BASE, api_key="none", model="citewell")
print(chat.invoke(ASKED).content)
print("".join(chunk.content for chunk in chat.stream(ASKED)))
(part,) = ChatOpenAI(base_url=BASE, api_key="none", model="citewell", use_responses_api=True).invoke(ASKED).content
print(part["text"])
assert part["annotations"][0]["filename"] == "fees.txt"
given = {"base_url": BASE, "api_key": "none", "model": "citewell/embeddings", "check_embedding_ctx_length": False}
assert len(OpenAIEmbeddings(**given).embed_query("heron")) == 48
"""
LLAMA_INDEX = """
from llama_index.core.llms import ChatMessage
from llama_index.llms.openai_like import OpenAILike
llm = OpenAILike(api_base=BASE, api_key="none", model="citewell", is_chat_model=True, context_window=4096)
asked = [ChatMessage(role="system", content="Be brief."), ChatMessage(role="user", content=ASKED)]
print(llm.complete(ASKED).text)
print(llm.chat(asked).message.content)
print("".join(chunk.delta for chunk in llm.stream_chat(asked)))
"""


def environment(request: pytest.FixtureRequest, *packages: str) -> Path:
    """Return the programs of an environment that has these packages, made once; skip unless clients are asked for."""
    if "clients" not in request.config.option.markexpr:
        pytest.skip("only with -m clients: it installs their packages")
    folder = ROOT / f".venv-clients-{packages[0]}"
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    if not (folder / "installed").is_file():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([programs / "python", "-m", "pip", "install", "--quiet", *packages], check=True)
        (folder / "installed").touch()
    return programs


def printed(*command: str | Path, **variables: str) -> list[str]:
    """Run a program, and return the lines it prints."""
    done = subprocess.run(
        command, env={**os.environ, **variables}, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def documented(heading: str) -> list[str]:
    """Return the Python code of a section of docs/api.md."""
    _, _, section = (ROOT / "docs/api.md").read_text(encoding="utf-8").partition(f"## {heading}\n")
    return [part.partition("```")[0] for part in section.partition("\n## ")[0].split("```python\n")[1:]]


def test_llm_at_the_shell(request: pytest.FixtureRequest, running: RunningApi, tmp_path: Path) -> None:
    program = environment(request, "llm") / "llm"
    described = f"- model_id: citewell\n  model_name: citewell\n  api_base: {running.url}v1\n"
    (tmp_path / "extra-openai-models.yaml").write_text(described)
    for options in ([], ["--no-stream"], ["--continue"], ["-o", "temperature", "0.2", "-s", "Be brief."]):
        assert printed(program, "-m", "citewell", *options, ASKED, LLM_USER_PATH=str(tmp_path)) == [ANSWER]


@pytest.mark.parametrize(
    ("package", "code"), [("langchain-openai", LANGCHAIN), ("llama-index-llms-openai-like", LLAMA_INDEX)]
)
def test_a_library(request: pytest.FixtureRequest, running: RunningApi, package: str, code: str) -> None:
    python = environment(request, package) / "python"
    begin = f"BASE, ASKED = {running.url + 'v1'!r}, {ASKED!r}\n"
    assert printed(python, "-c", begin + code) == [ANSWER] * 3


@pytest.mark.parametrize(
    ("package", "which", "use"),
    [
        ("langchain-core", 0, "found = [(each.page_content, each.metadata) for each in retriever.invoke(ASKED)]"),
        ("llama-index-core", 1, "found = [(each.text, each.node.metadata) for each in retriever.retrieve(ASKED)]"),
    ],
)
def test_a_documented_retriever(
    request: pytest.FixtureRequest, running: RunningApi, package: str, which: int, use: str
) -> None:
    python = environment(request, package, "httpx") / "python"
    begin = f"ASKED, retriever = {ASKED!r}, CitewellRetriever(address={running.url.rstrip('/')!r})\n"
    end = "text, known = found[0]\nprint(SAID in text, known['document'], known['page'], known['url'][:4])"
    code = f"{documented('Retrievers for LangChain and LlamaIndex')[which]}\nSAID = {SAID!r}\n{begin}{use}\n{end}"
    assert printed(python, "-c", code) == ["True fees.txt 1 http"]
