"""Measure the support check: true statements, and the same with errors planted into them."""
