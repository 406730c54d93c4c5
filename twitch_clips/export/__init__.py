"""Where clips go: files and databases, for streams and backfills. What a format needs is loaded when it is used."""

from .csv_file import Csv
from .json_lines import JsonLines
from .sink import Piece, Sink
from .write import sink_for, write

__all__ = ["Csv", "JsonLines", "Piece", "Sink", "sink_for", "write"]
