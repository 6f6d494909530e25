"""Fit the answerability probe of a model."""
