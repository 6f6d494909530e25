"""Anything with weights: where they come from, how they are loaded, what they compute."""
