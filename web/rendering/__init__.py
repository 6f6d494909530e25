"""Answers, quotes, pages and conversations as HTML, Markdown, images and files."""
