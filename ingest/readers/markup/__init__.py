"""Find structure in marked-up and plain text: HTML tables and metadata, Markdown, headings of plain text."""
