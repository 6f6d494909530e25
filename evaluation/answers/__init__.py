"""Measure answers: right, wrong and refused ones, citations, seconds."""
