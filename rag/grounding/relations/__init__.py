"""Check that a quote states the relation of a claim, not only its words: English grammar by rule."""
