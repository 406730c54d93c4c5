"""What the sandbox takes in only when it is asked for."""

from collections.abc import Iterable, Mapping

from twitch_clips.testing import light_clips
from twitch_clips.testing.archive import Archive
from twitch_clips.testing.light_clips import PREFIX


def test_an_id_that_cannot_be_there_takes_nothing_in() -> None:
    """A look-up of any other id need not wait for a large channel to be made."""
    made: list[str] = []

    def clips() -> Iterable[Mapping[str, object]]:
        made.append("made")
        return light_clips([1_000], [7])

    archive = Archive()
    archive.add_later({("broadcaster_id", "1000001")}, PREFIX, clips)
    assert archive.by_id("NoSuchOtter", now=2_000) is None
    assert not made
    [clip] = light_clips([1_000], [7])
    assert archive.by_id(str(clip["id"]), now=2_000) is not None
    assert archive.by_id(f"{PREFIX}0", now=2_000) is None
    assert made == ["made"]
