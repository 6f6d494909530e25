"""Find calls of tools in what a model writes: one module for each format, and a scanner that they share."""
