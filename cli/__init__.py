"""The `citewell` command: `main` parses and calls, `commands` has one command a file, `output*` prints."""
