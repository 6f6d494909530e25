"""Answers, quotes, pages and conversations as HTML, Markdown, pictures and files."""
