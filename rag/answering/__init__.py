"""Plan an answer, gather what it is written from, and check what it lists."""
