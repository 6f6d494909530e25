"""Measure retrieval and answers on a user's own questions, through the real library; the product imports none of it."""
