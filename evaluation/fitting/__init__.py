"""Fit what decides about refusals: the answerability probe, the confidence."""
