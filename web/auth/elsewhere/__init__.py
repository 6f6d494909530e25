"""Sign-in at another place than here: OpenID Connect, and a proxy that names the user in a header."""
