"""Figures from the cells of tables, and calculations with them by code instead of by the language model (pure)."""
