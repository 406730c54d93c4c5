"""What Helix says, without any I/O: a question to query parameters, an answer to records or a typed error."""
