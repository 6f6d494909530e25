"""Tie each sentence of an answer to its source, and decide whether the answer stands."""
