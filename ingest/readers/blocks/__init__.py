"""From what a file says (headings, paragraphs, tables) to pages of clean text with their structure.

`block` makes blocks, `table_blocks` those of tables, whose rows `tables` writes, and `maths` formulas. `captions` finds
what stands above or below tables and figures, `assembly` places blocks on pages, `pages` cleans what is stored.
"""
