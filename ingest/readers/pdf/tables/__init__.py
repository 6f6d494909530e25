"""Find the tables on the pages of PDFs, and write them into the pages' text: a line a row, each value after its head.

`table_finder` conducts. `page_words` cuts lines into words, rows and segments. `ruled` finds tables with rulings,
`aligned` those without: rows that share columns. Both make a `grid`, which writes itself as text. `heads` names its
columns and rows, and `placement` puts the written tables where their lines stood.
"""
