"""`python -m cli`: the same as `citewell`."""

from cli.main import main

main()
