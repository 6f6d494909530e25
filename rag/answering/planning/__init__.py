"""Find out what a question asks for: its kind, its parts, the length and the section that it names."""
