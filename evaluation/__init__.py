"""Measures quality on labelled sets, through the real library and retriever. Nothing in the product imports it."""
