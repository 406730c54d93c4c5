"""One listing, read over as many processes as it takes, and whether all of it came."""

from collections.abc import Iterable

from twitch_clips import AsyncClips, Checkpoint, Clip, ClipStream, CursorRejected, End, TwitchClipsError

from .world import Question, World

CAP = 900  # from so many on a listing may have been cut off


class Reading:
    """A listing that is read.

    Args:
        world: Whose.
        question: Which.

    Attributes:
        checkpoint: Where to go on, once it has begun.
    """

    def __init__(self, world: World, question: Question) -> None:
        """Nothing was read yet."""
        self.checkpoint: Checkpoint | None = None
        self._world = world
        self._question = question
        self._given: list[str] = []
        self._views: list[int] = []
        self._duplicates = 0
        self._has_begun_anew = False
        self._is_uncounted = False
        self._moved = world.moved
        self._listings_restarted = world.listings_restarted

    def begin(self, clips: AsyncClips) -> ClipStream:
        """A stream that begins it, or goes on with it."""
        if self.checkpoint is None:
            return self._question.ask(clips)
        self._world.counts["resumed"] += 1
        self._is_uncounted |= self._question.where is not None  # what it left out comes again, and nobody sees that
        return clips.resume(str(self.checkpoint), where=self._question.where, on_cap="ignore")

    def take(self, clips: Iterable[Clip], stream: ClipStream) -> None:
        """Some clips came, and the stream stands behind them."""
        for clip in clips:
            self._given.append(clip.id)
            self._views.append(clip.view_count)
        self.checkpoint = stream.checkpoint

    def leave(self, stream: ClipStream) -> None:
        """The stream is not read any more."""
        self._duplicates += stream.stats.duplicates

    def heed(self, error: TwitchClipsError) -> None:
        """Go on where an error says."""
        assert error.checkpoint is not None
        self._has_begun_anew |= isinstance(error, CursorRejected)
        self.checkpoint = error.checkpoint

    def check(self, end: End | None) -> None:
        """It is over: was that all, and how often did each come?"""
        counts, wanted, limit = self._world.counts, self._question.clips, self._question.limit
        counts["listings read"] += 1
        counts["clips read"] += len(self._given)
        assert set(self._given) <= wanted
        lacks = len(wanted) - len(set(self._given))
        twice = len(self._given) - len(set(self._given))
        if self._question.is_capped:
            assert end is End.CAPPED
            lacks = 1000 - len(set(self._given))
        elif limit is not None and len(self._given) >= limit:
            assert end is End.LIMIT
            assert len(self._given) == limit or self._has_begun_anew
            lacks = 0
        else:
            assert end is End.EXHAUSTED, end
        if self._moved != self._world.moved or self._world.is_moving:
            # Each clip that came twice stands for one that was skipped.
            is_counted = self._listings_restarted == self._world.listings_restarted and not self._is_uncounted
            assert lacks <= twice + self._duplicates or self._has_begun_anew or not is_counted, (lacks, twice)
            counts["listings read that moved"] += 1
        else:
            assert not lacks
            assert self._question.is_capped or not self._duplicates  # at the cap a page may come again
            is_exact = not twice and self._views == sorted(self._views, reverse=True)
            assert is_exact or self._has_begun_anew
