"""Kernels of our own, in C: what decides how fast a language model answers on a plain CPU."""
