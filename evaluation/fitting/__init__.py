"""Fit what decides whether to abstain: the answerability probe and the confidence."""
