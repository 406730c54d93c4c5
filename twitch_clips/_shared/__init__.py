"""A bucket that several processes share: what one of them does with a server that counts for all; it knows no Redis."""
