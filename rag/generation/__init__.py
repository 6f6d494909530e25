"""Generate text: tokenisation, forward pass with KV cache, decoding, delivery."""
