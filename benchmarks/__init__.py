"""Measure speed and robustness, each alternative in the same run. No test depends on it; RESULTS.md has the figures."""
