"""This machine: what it has, how fast it computes in a short measurement, and what that means for a model."""
