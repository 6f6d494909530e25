"""Published data sets, converted to cases for `citewell eval answers` and to sets for `citewell eval retrieval`."""
