"""Decoding: from logits to tokens, by choice, by beams, by drafts, and within what the sources say."""
