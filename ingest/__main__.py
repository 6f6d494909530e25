"""`python -m ingest PATH...`: the same as `citewell ingest`."""

import sys

from cli import main

sys.argv.insert(1, "ingest")
main()
