"""Answer a question about figures from tables by code: its words to a request, cells, a calculation, a sentence."""
