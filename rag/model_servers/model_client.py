"""The client that models behind the OpenAI protocol are asked by: of one server, or of several with the same model."""

from rag.model_servers.protocol_client import ServerClient
from rag.model_servers.replicated_client import ReplicatedClient

ModelClient = ServerClient | ReplicatedClient
"""Sends requests to the model that a setting names. Every method raises a `CitewellError` where it fails."""
