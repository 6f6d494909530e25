"""Generate text with a local model: tokenisation, forward pass with KV cache, decoding, post-processing, delivery."""
