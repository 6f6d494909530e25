"""Measure quality on labelled sets, through the real library and retriever. The product imports nothing of it."""
