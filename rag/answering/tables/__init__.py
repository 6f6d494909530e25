"""Answer a question about figures from tables by code: to a request, to cells, to a calculation, to a sentence."""
