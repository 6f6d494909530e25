"""Find the tables on the pages of PDFs, and write them into the pages' text: a line a row, each value after its head.

`table_finder` conducts. `page_words` cuts lines into words, rows and segments. With rulings: `rulings` reads them from
the page, `ruled` makes cells of them. Without: `aligned` finds rows that share columns. Both make a `grid`. `heads`
tells which rows name columns, `labels` joins and completes the names of rows, `continuation` carries heads over pages,
and `placement` puts the written tables where their lines stood.
"""
