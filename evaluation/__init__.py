"""Measure quality on a user's own questions, through the real library and retriever; the product imports none of it."""
