"""Serve the web app: `python app.py` is the same as `citewell serve`."""

import sys

from cli.main import main

if __name__ == "__main__":
    sys.argv.insert(1, "serve")
    main()
