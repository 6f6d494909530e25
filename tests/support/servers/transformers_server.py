"""`transformers serve`, the server that transformers brings, in a process of its own, on a free port."""

import subprocess
from pathlib import Path
from sysconfig import get_path

import httpx
import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from tests.support.servers.llama_server import free_port
from tests.support.waiting import until

_START_S = 120


class TransformersServer:
    """A running server; `address` is the base of its API. It serves any model whose folder a request names."""

    def __init__(self) -> None:
        self.address = f"http://127.0.0.1:{free_port()}/v1"
        program, port = Path(get_path("scripts"), "transformers"), httpx.URL(self.address).port
        options = ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu", "--dtype", "float32"]
        self._process = subprocess.Popen(
            [str(program), "serve", *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self._answers, _START_S)

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        assert self._process.poll() is None, "the server ended"
        try:
            return httpx.get(f"{self.address}/models").is_success
        except httpx.TransportError:
            return False


def transformers_folder(gguf: Path, folder: Path) -> Path:
    """Write the model of a GGUF file as transformers has it, with full weights, and return its folder."""
    packed = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.bfloat16)
    model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(gguf.parent, gguf_file=gguf.name))
    model.load_state_dict(packed.state_dict())
    model.to(torch.bfloat16).save_pretrained(folder)  # a model that calls itself GGUF cannot be saved
    AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(folder)
    return folder
