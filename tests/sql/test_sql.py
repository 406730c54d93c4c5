"""`Sql`: each clip once, with its latest values, in a file of SQLite and in a PostgreSQL."""

from datetime import datetime
from pathlib import Path

import attrs

from tests.backfill.conftest import ids_of, sandbox, spread
from tests.conftest import NOW
from twitch_clips import Clip, ClipPage
from twitch_clips.export import Sink, Sql, write
from twitch_clips.testing import Manners

from .conftest import HOUR, SECOND, T0, Place, clip, in_text, page

COLUMNS = [*(field.name for field in attrs.fields(Clip)), "fetched_at", "first_seen", "last_seen", "gone_at"]
FULL = clip(
    1,
    title='He said "クリア"; DROP TABLE clips;\n\'--',
    embed_url="e",
    broadcaster_name="試験配信",
    creator_id="2000001",
    creator_name="viewer_1",
    video_id="3000000001",
    game_id="509658",
    language="en-gb",
    thumbnail_url="t",
    duration=29.9,
    vod_offset=0,
    is_featured=True,
)


async def put(place: Place, *pages: ClipPage) -> None:
    """Write them as a stream's."""
    sink = Sql(place.target)
    await sink.open()
    for one in pages:
        await sink.write(one)
    await sink.commit()
    await sink.close()


def row(one: Clip, at: datetime, first_seen: datetime | None = None) -> tuple[object, ...]:
    """What the table has of a clip."""
    values = (in_text(value) if isinstance(value, datetime) else value for value in attrs.astuple(one))
    return (*values, in_text(at), in_text(first_seen or at), in_text(at), None)


async def test_every_field_has_its_column(place: Place) -> None:
    """Under its own name, in the order of `Clip`; then when it was fetched and seen. An offset of 0 is no NULL."""
    await put(place, ClipPage(clips=(FULL, clip(2)), cursor=None, fetched_at=T0))
    names = ", ".join(COLUMNS)
    assert sorted(place.ask(f"SELECT {names} FROM clips")) == [row(FULL, T0), row(clip(2), T0)]  # noqa: S608  (our own)
    assert place.ask("SELECT id FROM clips WHERE vod_offset IS NULL") == [("Otter-00002",)]


async def test_a_file_has_the_same_columns_and_no_others(tmp_path: Path) -> None:
    """`SELECT *` gives them in that order, and its times are read by SQLite's date functions."""
    place = Place(str(tmp_path / "clips.sqlite"))
    await put(place, page([1]))
    assert [name for _, name, *_ in place.ask("PRAGMA table_info(clips)")] == COLUMNS
    assert place.ask("SELECT unixepoch(created_at), date(fetched_at) FROM clips") == [
        (int((T0 - HOUR).timestamp()), "2026-06-01")
    ]


async def test_times_are_instants_in_postgresql(place: Place) -> None:
    """Of the type that has a time zone; a file's are texts."""
    await put(place, page([1]))
    is_file = "://" not in place.target
    told = "SELECT typeof(created_at) FROM clips" if is_file else "SELECT pg_typeof(created_at)::text FROM clips"
    assert place.ask(told) == [("text" if is_file else "timestamp with time zone",)]


async def test_views_move_and_nothing_doubles(place: Place) -> None:
    """What is fetched again replaces what was fetched before; when a clip was first seen stays."""
    await put(place, page([1, 2]))
    await put(place, page([2, 3], T0 + HOUR, view_count=50))
    names = ", ".join(COLUMNS)
    assert sorted(place.ask(f"SELECT {names} FROM clips")) == [  # noqa: S608  (our own)
        row(clip(1), T0),
        row(clip(2, view_count=50), T0 + HOUR, T0),
        row(clip(3, view_count=50), T0 + HOUR),
    ]


async def test_older_values_never_replace_newer_ones(place: Place) -> None:
    """Whichever are written last; of the same second, those that are written last."""
    await put(place, page([1], T0 + HOUR, view_count=50))
    await put(place, page([1], T0, view_count=40))
    assert place.column("view_count") == [50]
    assert place.column("last_seen") == place.column("fetched_at") == [in_text(T0 + HOUR)]
    await put(place, page([1], T0 + HOUR, view_count=60))
    assert place.column("view_count") == [60]


async def test_a_clip_that_comes_several_times_is_there_once(place: Place) -> None:
    """In one piece, and in several of one transaction: the latest stands."""
    await put(place, page([1, 1, 2], T0 + SECOND, view_count=7), page([1], T0, view_count=5), page([2], T0 + HOUR))
    assert place.ask("SELECT id, view_count, fetched_at FROM clips ORDER BY id") == [
        ("Otter-00001", 7, in_text(T0 + SECOND)),
        ("Otter-00002", 2, in_text(T0 + HOUR)),
    ]


async def test_a_clip_that_was_gone_and_is_seen_later_is_gone_no_more(place: Place) -> None:
    """One that was seen before it was found to be gone stays so, whenever that is written."""
    await put(place, page([1]))
    place.ask("UPDATE clips SET gone_at = ?", in_text(T0 + HOUR))
    await put(place, page([1], T0 + HOUR - SECOND))
    assert place.column("gone_at") == [in_text(T0 + HOUR)]
    await put(place, page([1], T0 + HOUR + SECOND))
    assert place.column("gone_at") == [None]


async def test_what_no_database_can_hold_is_replaced(place: Place) -> None:
    """A clip is not lost for a NUL, half of a surrogate pair, or a number that is too large; 😹 is no such thing."""
    odd = clip(1, title="a\0b\ud800c😹", creator_name="\udc00", view_count=2**70, vod_offset=2**64)
    await put(place, ClipPage(clips=(odd, clip(2, title="\0"), clip(3, title="試験😹")), cursor=None, fetched_at=T0))
    assert place.column("title") == ["a\ufffdb\ufffdc😹", "\ufffd", "試験😹"]
    assert place.ask("SELECT creator_name, view_count, vod_offset FROM clips WHERE id = 'Otter-00001'") == [
        ("\ufffd", 2**63 - 1, 2**63 - 1)
    ]


async def test_a_stream_stands_at_its_end(place: Place) -> None:
    """Until then nothing of it can be seen, and a run that ends before changes nothing."""
    await put(place, page([1]))
    sink = Sql(place.target)
    assert isinstance(sink, Sink)
    await sink.open()
    await sink.write(page([1], T0 + HOUR, view_count=9))
    await sink.write(page(range(2, 5002), T0 + HOUR))
    assert place.column("view_count") == [1]
    await sink.close()
    await sink.close()
    assert place.column("view_count") == [1]


async def test_a_long_stream_does_not_stay_in_memory(place: Place) -> None:
    """It is put down where nobody else sees it, and stands all at once, as a short one does."""
    await put(place, page([1], T0, view_count=9), page([2], T0 + HOUR, view_count=9))
    place.ask("UPDATE clips SET gone_at = ?", in_text(T0))
    sink = Sql(place.target)
    await sink.open()
    for start in (1, 6001, 5001):
        await sink.write(page(range(start, start + 6000), T0 + start * SECOND))
        assert place.ask("SELECT count(*) FROM clips") == [(2,)]
    await sink.write(page([1], T0 - HOUR))
    await sink.commit()
    assert place.ask("SELECT count(*), count(gone_at), sum(view_count) FROM clips") == [(12000, 1, 72006000 - 2 + 9)]
    await sink.write(page(range(1, 6001), T0 + 2 * HOUR))
    await sink.commit()
    assert place.ask("SELECT min(fetched_at) FROM clips WHERE id < 'Otter-06001'") == [(in_text(T0 + 2 * HOUR),)]
    await sink.close()


async def test_a_stream_is_written_in_a_line(place: Place) -> None:
    """`export.write` with the path or the URL, from Helix to the table; again, and the views have moved."""
    raw = spread(300)
    async with sandbox(raw) as box:
        stream = box.clips.by_broadcaster("1000001")
        assert await write(stream, place.target) == 300
        before = place.column("view_count")
        box.helix.manners = Manners(moving_views=300)
        await box.clips.by_broadcaster("1000001").first()
        box.helix.manners = Manners()
        assert await write(stream.restart(), place.target) == 300
    assert place.column("id") == ids_of(raw)
    assert set(place.column("first_seen")) == {in_text(NOW)}
    assert all(was < now for was, now in zip(before, place.column("view_count"), strict=True))


async def test_nothing_to_write_is_well(place: Place) -> None:
    """An empty stream makes the tables."""
    await put(place)
    await put(place, page([]))
    assert place.column("id") == []


async def test_others_can_read_a_new_file_while_it_is_written(tmp_path: Path) -> None:
    """It is in WAL mode; a file that was there stays as it is, with what else is in it."""
    place = Place(str(tmp_path / "clips.sqlite"))
    await put(place, page([1]))
    assert place.ask("PRAGMA journal_mode") == [("wal",)]
    there = Place(str(tmp_path / "theirs.db"))
    there.ask("CREATE TABLE notes (text)")
    await put(there, page([1]))
    assert there.ask("PRAGMA journal_mode") == [("delete",)]
    assert there.ask("SELECT * FROM notes") == []
    assert there.column("id") == ["Otter-00001"]


async def test_columns_of_ones_own_may_be_added(place: Place) -> None:
    """As long as they may be left out."""
    await put(place, page([1]))
    place.ask("ALTER TABLE clips ADD COLUMN note TEXT")
    await put(place, page([1, 2], T0 + HOUR))
    assert place.column("note") == [None, None]


def test_a_sink_names_its_database() -> None:
    """Without the password."""
    assert repr(Sql("postgres://bot:geheim@db.example:5433/clips?sslmode=require")) == (
        "Sql('postgresql://bot@db.example:5433/clips')"
    )
    assert repr(Sql(Path("clips.db"))) == "Sql('clips.db')"
    assert str(Sql("sqlite:///clips.db")) == "clips.db"
    assert str(Sql("postgresql://[::1]/clips")) == "postgresql://[::1]/clips"
