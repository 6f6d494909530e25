"""`python -m ingest PATH...`: the same as `citewell ingest`."""

import sys

from cli.main import main

sys.argv.insert(1, "ingest")
main()
