"""What a question asks for and whether it stands alone: learned from questions, in any language."""
