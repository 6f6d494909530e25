"""Words in the same place that mean the same: read from the embedder's view of them."""
