"""Models on servers that speak the OpenAI protocol or those of rerankers: generator, embedder, reranker, HTTP."""
