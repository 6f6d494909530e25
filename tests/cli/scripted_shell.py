"""`citewell` with a scripted model: `python -m tests.cli.scripted_shell ANSWER PAUSE COMMAND...`.

It answers with the text of the file ANSWER, a word in PAUSE seconds; tests run it in a pseudo-terminal of its own.
"""

import fcntl
import os
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cli.main import main
from rag.interfaces import Message, TextDelta
from rag.services import Services
from rag.types.decoding import Decoding
from tests.support.fakes import ScriptedGenerator, WordEmbedder


class SlowGenerator(ScriptedGenerator):
    def __init__(self, script: str, pause: float) -> None:
        super().__init__(script, context_tokens=4096)
        self._pause = pause

    def stream(self, messages: Sequence[Message], decoding: Decoding, *more: Any) -> Iterator[TextDelta]:
        for piece in super().stream(messages, decoding, *more):
            yield piece
            time.sleep(self._pause)


if __name__ == "__main__":
    if os.isatty(0):
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C arrives
    script, pause = Path(sys.argv[1]).read_text(encoding="utf-8"), float(sys.argv[2])
    generator, embedder = SlowGenerator(script, pause), WordEmbedder()
    setattr(Services, "generator", property(lambda _: generator))  # noqa: B010  mypy knows it as read-only
    setattr(Services, "embedder_name", "words")  # noqa: B010
    setattr(Services, "embedder", property(lambda _: embedder))  # noqa: B010
    sys.argv[1:] = sys.argv[3:]
    main()
