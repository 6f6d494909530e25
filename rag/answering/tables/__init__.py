"""Answer a question about a table by code: the model says what is asked of which cells, and the cells are computed."""
