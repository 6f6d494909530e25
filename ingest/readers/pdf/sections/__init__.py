"""Find the headings of PDFs, and their levels.

`finder` conducts: `candidates` are the lines of a page that look like headings, judged by type, place and `line_text`;
`outline` has what the file's bookmarks name; `levels` orders the kinds of headings of the whole document.
"""
