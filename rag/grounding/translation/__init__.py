"""Check sentences in another language than their sources, by their translation."""
