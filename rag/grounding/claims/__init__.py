"""Claims of sentences, as far as words tell: their facts, the signs of their numbers, opposites (pure)."""
