"""Who calls, from where, and what of the library is theirs."""
