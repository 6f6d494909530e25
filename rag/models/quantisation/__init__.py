"""Weights of language models in eight and four bits: products, and the files that hold them."""
