"""Models behind the OpenAI protocol: addresses and keys, the client, embedder and reranker, token counts."""
