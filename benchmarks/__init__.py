"""Measure speed, robustness and quality, each alternative in the same run. RESULTS.md has the figures."""
