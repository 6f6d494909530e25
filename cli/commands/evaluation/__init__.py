"""`citewell eval`: one measurement a file."""
