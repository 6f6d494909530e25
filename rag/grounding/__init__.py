"""Cite the evidence for each sentence of an answer, and decide whether the answer stands or is an abstention."""
