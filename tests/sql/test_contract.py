"""A database holds what every sink has to."""

from pathlib import Path

from psycopg import sql

from twitch_clips.export import Sql
from twitch_clips.testing import check_sink

from .conftest import Place, PostgresServer


def read(target: str) -> list[str]:
    """The ids in it, as others see them."""
    place = Place(target)
    return place.column("id") if place.left()[0] else []


async def test_a_file_of_sqlite_holds_what_every_sink_has_to(tmp_path: Path) -> None:
    """Each place is a file."""

    def target(place: str) -> str:
        return str(tmp_path / f"{place}.sqlite")

    await check_sink(lambda place: Sql(target(place)), lambda place: read(target(place)))


async def test_a_postgresql_holds_what_every_sink_has_to(postgres: PostgresServer) -> None:
    """Each place is a schema."""
    database = postgres.create()

    def target(place: str) -> str:
        return f"{database}?options=-csearch_path%3D{place}"

    def make(place: str) -> Sql:
        schema = sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(place))
        postgres.tell(schema, database=database.rpartition("/")[2])
        return Sql(target(place))

    await check_sink(make, lambda place: read(target(place)))
