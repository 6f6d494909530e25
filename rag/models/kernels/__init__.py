"""Kernels of our own, in C, and the linear layers and checkpoints in four and eight bits that call them.

They decide how fast a language model answers on a plain CPU.
"""
