"""What a question asks for, learned from questions in any language: kind, parts, length, and what it refers to."""
