"""Labelled sets as cases for `citewell eval answers`: each reads a folder, and is a pure function after that."""
