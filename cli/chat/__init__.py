"""`citewell chat`: a conversation in the terminal, its commands, and the lines that are typed."""
