"""Answer with a model that several processes share: `torchrun … -m tests.support.labels.ranks FOLDER RANKS`."""

import json
import sys
from pathlib import Path
from unittest.mock import patch

import torch

from rag.generation.generator import LocalGenerator
from rag.models import hardware
from rag.types.decoding import Decoding

QUESTIONS = ("Name three animals.", "Name three animals that live in water.")


def answers(folder: Path, ranks: int) -> list[str]:
    """Answer greedily, with a common prefix, and by beam search, which copies caches.

    In float32: in bfloat16, sums over two processes round differently, and a random model's text is sensitive to it.
    """
    with patch.object(hardware, "GENERATOR_DTYPE", torch.float32):
        generator = LocalGenerator(folder, context_tokens=512, tensor_parallel=ranks)
    decodings = (Decoding(max_new_tokens=10), Decoding(max_new_tokens=6, beams=2))
    return [
        "".join(delta.text for delta in generator.stream([{"role": "user", "content": question}], decoding))
        for decoding in decodings
        for question in QUESTIONS
    ]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(answers(Path(sys.argv[1]), int(sys.argv[2]))) + "\n")
