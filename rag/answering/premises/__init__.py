"""Correct what a question takes for granted by what the documents say."""
