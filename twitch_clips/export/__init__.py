"""Where clips go: files and databases, for streams and backfills. What a format needs is loaded when it is used."""

from .arrow_table import to_arrow
from .csv_file import Csv
from .dataset import ParquetDataset
from .json_lines import JsonLines, json_lines
from .parquet import Parquet
from .sink import Piece, Sink
from .sql import Sql
from .sync import Part, Synced, sync
from .write import sink_for, write

__all__ = [
    "Csv",
    "JsonLines",
    "Parquet",
    "ParquetDataset",
    "Part",
    "Piece",
    "Sink",
    "Sql",
    "Synced",
    "json_lines",
    "sink_for",
    "sync",
    "to_arrow",
    "write",
]
