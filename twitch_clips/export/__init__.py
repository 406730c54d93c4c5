"""Where clips go: files and databases, for streams and backfills. Formats are extras; none is loaded before it is used."""

from .sink import Piece, Sink

__all__ = ["Piece", "Sink"]
