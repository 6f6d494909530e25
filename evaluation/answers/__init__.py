"""Measure answers: right, wrong and refused, citations, seconds."""
