"""The generator over a model behind the OpenAI protocol: requests, streamed answers, token counts of prompts."""
