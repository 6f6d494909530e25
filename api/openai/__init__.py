"""The face for OpenAI's clients under `/v1`: models, chat completions, responses, embeddings, files, vector stores."""
