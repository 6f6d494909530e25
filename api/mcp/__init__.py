"""The face for the Model Context Protocol: tools by which a language model elsewhere uses the library."""
