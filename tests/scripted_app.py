"""`python -m tests.scripted_app DOCUMENT ANSWER`: the web app over a document, with a model that always says so."""

import sys
from pathlib import Path

import app
from ingest.factory import open_ingestor
from rag.factory import Services
from rag.settings import load_settings
from tests.fakes import ScriptedGenerator, WordEmbedder


def main(document: str, answer: str) -> None:
    """Serve until stopped; the address is the first line of output."""
    services = Services(load_settings(port=0))
    services.__dict__["embedder"] = WordEmbedder()
    services.__dict__["generator"] = ScriptedGenerator(Path(answer).read_text(encoding="utf-8"), context_tokens=4096)
    list(open_ingestor(services).ingest([document]))
    running = app.start(services)
    sys.stdout.write(running.url + "\n")
    running.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
