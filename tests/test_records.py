"""Records are values."""

import copy
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from twitch_clips import Clip, ClipPage, End, Game, RateHeaders, RateStatus, StreamStats, User, Window, records

CLIP = Clip(
    id="BriskAmberOtter",
    url="https://clips.twitch.tv/BriskAmberOtter",
    broadcaster_id="1000001",
    title="an invented moment",
    view_count=10,
    created_at=datetime(2026, 3, 13, 17, 8, 46, tzinfo=UTC),
)
USER = User(id="1000001", login="example_streamer", display_name="Example_Streamer", created_at=CLIP.created_at)
RECORDS = [
    CLIP,
    USER,
    Game(id="509658", name="Just Chatting"),
    ClipPage(clips=(CLIP,), cursor="eyJiIjpudWxsfQ", fetched_at=CLIP.created_at),
    RateHeaders(limit=800, remaining=799, reset_at=1_781_653_392),
    RateStatus(limit=800, remaining=799, waiting=0, retry_after=0.0),
    StreamStats(requests=2, pages=1, clips=100, duplicates=0, invalid=0, waited=0.0),
    Window(started_at=CLIP.created_at, ended_at=CLIP.created_at + timedelta(hours=1)),
]


def test_what_helix_may_leave_out_has_an_empty_default() -> None:
    """Eleven of the seventeen fields: `None` stands for no place in a VOD alone, where 0 is one."""
    empty = [field.default for field in attrs.fields(Clip)[6:]]
    assert empty == ["", "", "", "", "", "", "", "", 0.0, None, False]
    assert (CLIP.game_id, CLIP.language, CLIP.duration, CLIP.vod_offset, CLIP.is_featured) == ("", "", 0.0, None, False)


def test_a_clip_has_the_seventeen_fields_of_helix() -> None:
    """Under Helix's own names, the six that are always there first."""
    assert len(attrs.fields(Clip)) == 17
    required = [field.name for field in attrs.fields(Clip) if field.default is attrs.NOTHING]
    assert required == ["id", "url", "broadcaster_id", "title", "view_count", "created_at"]


def test_every_record_is_looked_at_here() -> None:
    """A new one is to be added."""
    kinds = {name for name, kind in vars(records).items() if attrs.has(kind)}
    assert {type(record).__name__ for record in RECORDS} == kinds


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_is_a_value(record: Any) -> None:
    """Frozen, hashable, equal to its like; it pickles and copies."""
    name = record.__attrs_attrs__[0].name
    for twin in (attrs.evolve(record), copy.deepcopy(record), pickle.loads(pickle.dumps(record))):  # noqa: S301  (our own bytes)
        assert {record, twin} == {record}
    assert attrs.evolve(record, **{name: None}) != record
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(record, name, None)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_has_its_fields_and_no_more(record: Any) -> None:
    """Slotted: thousands of them are held at once. By name: fields may come, in any order."""
    assert not hasattr(record, "__dict__")
    with pytest.raises(TypeError, match="positional"):
        type(record)(*attrs.astuple(record, recurse=False))


def test_a_record_of_other_values_is_another_one() -> None:
    """Views move: the same clip later is not the same record."""
    assert attrs.evolve(CLIP, view_count=11) != CLIP
    assert len({CLIP, attrs.evolve(CLIP, view_count=11)}) == 2


def test_an_end_is_written_in_one_word() -> None:
    """For logs and databases."""
    assert [end.value for end in End] == ["exhausted", "limit", "capped", "closed"]
    assert End("capped") is End.CAPPED


@pytest.mark.parametrize(
    ("video_id", "vod_offset", "url"),
    [
        ("3000000001", 3725, "https://www.twitch.tv/videos/3000000001?t=1h2m5s"),
        ("3000000001", 59, "https://www.twitch.tv/videos/3000000001?t=0h0m59s"),
        ("3000000001", 360_000, "https://www.twitch.tv/videos/3000000001?t=100h0m0s"),
        ("3000000001", 0, "https://www.twitch.tv/videos/3000000001?t=0h0m0s"),
        ("3000000001", None, None),
        ("", 3725, None),
        ("", None, None),
    ],
)
def test_the_vod_is_linked_at_the_clips_moment(video_id: str, vod_offset: int | None, url: str | None) -> None:
    """Offset 0 is a moment like any other; without a VOD or an offset there is no link."""
    assert attrs.evolve(CLIP, video_id=video_id, vod_offset=vod_offset).vod_url == url
