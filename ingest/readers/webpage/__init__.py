"""Pages fetched from the web: their main text, and the links of a page."""
