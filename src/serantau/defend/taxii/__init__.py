"""Threat objects over HTTP (OASIS TAXII): the parts of the protocol that need no server."""
