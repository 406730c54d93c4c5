"""Where clips go: files and databases, for streams and backfills. What a format needs is loaded when it is used.

`write` takes a path or a URL, and makes the sink that fits; `sync` has a database follow a channel or a game;
`to_arrow` gives a table for notebooks. Parquet and Arrow need the extra `parquet`, databases `sql` or `postgres`.
"""

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
