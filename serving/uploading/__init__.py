"""Files and addresses that users send, from their acceptance until they are stored."""
