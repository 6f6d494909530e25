"""Who gets in, and what is theirs."""
