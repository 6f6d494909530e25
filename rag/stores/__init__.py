"""Anything that keeps chunks: the library (the truth) and the indexes derived from it."""
